//! `package variables` and `package findings`, on a server.

use insta::assert_snapshot;

use crate::lint::tar;
use crate::server::Site;

#[test]
fn variables_are_listed_and_apart_what_only_looks_like_one() {
    let site = Site::start();
    let files = [
        ("conf/shop.conf", "ip=[@db_ip]\npattern=[%t] %m\npw=[!pw]\n"),
        ("packhorse.toml", "render = ['conf/shop.conf']\n"),
    ];
    site.environment.write("shop_1.0.0.tar", tar(&files));
    site.environment.write("none_1.0.0.tar", tar(&[("a.txt", "a")]));
    assert_eq!(site.run(&["package", "push", "shop_1.0.0.tar"]).code, 0);
    assert_eq!(site.run(&["package", "push", "none_1.0.0.tar"]).code, 0);
    assert_snapshot!(site.run(&["package", "variables", "shop", "1.0.0"]).seen(), @r"
    exit 0
    --- stdout
    VARIABLE  KIND       PLACE
    [@db_ip]  plain      conf/shop.conf:1:4
    [!pw]     encrypted  conf/shop.conf:3:4

    These only look like variables, and are left as they are:
    TEXT  PLACE               WHY
    [%t]  conf/shop.conf:2:9  it is a conversion of a log pattern
    ");
    assert_snapshot!(site.run(&["package", "variables", "none", "1.0.0"]).seen(), @r"
    exit 0
    --- stdout
    no variables
    ");
    assert_eq!(site.run(&["package", "variables", "none", "2.0.0"]).code, 4);
}

#[test]
fn a_published_version_is_looked_at_again() {
    let site = Site::start();
    let files = [("conf/shop.conf", "pattern=[%t] %m\n"), ("packhorse.toml", "render = ['conf/shop.conf']\n")];
    site.environment.write("shop_1.0.0.tar", tar(&files));
    assert_eq!(site.run(&["package", "push", "shop_1.0.0.tar"]).code, 0);
    assert_snapshot!(site.run(&["package", "findings", "shop@1.0.0"]).seen(), @r"
    exit 0
    --- stdout
    shop@1.0.0: 1 advice
    advice   NO_START  the package has no start command, so that a deployment only puts its files in place
             hint: add scripts/start.sh and scripts/stop.sh, or lifecycle.start to packhorse.toml
    ");
    assert_eq!(site.run(&["package", "findings", "shop@2.0.0"]).code, 4);
}
