//! Versions from the command line: listed, compared, read, withdrawn, deleted.

use insta::assert_snapshot;

use crate::lint::tar;
use crate::server::Site;

fn shop(text: &str) -> Vec<u8> {
    tar(&[
        ("packhorse.toml", "description = 'The shop'\n[[health]]\nport = 8080\n"),
        ("conf/app.toml", text),
        ("scripts/start.sh", "#!/bin/sh\n"),
        ("scripts/stop.sh", "#!/bin/sh\n"),
    ])
}

/// A site with `shop` in two versions.
fn site() -> Site {
    let site = Site::start();
    for (version, text) in [("1.0.0", "a = 1\nb = 2\nc = 3\n"), ("1.0.1", "a = 1\nb = 4\nc = 3\n")] {
        site.environment.write(&format!("shop_{version}.tar"), shop(text));
        let run = site.run(&["package", "push", &format!("shop_{version}.tar")]);
        assert_eq!(run.code, 0, "{}", run.seen());
    }
    site
}

#[test]
fn versions_are_compared_down_to_the_line() {
    let site = site();
    assert_snapshot!(site.run(&["package", "compare", "shop", "1.0.0", "1.0.1"]).seen(), @r"
    exit 0
    --- stdout
    CHANGE   MODE  SIZE  PATH
    changed  644   18 B  conf/app.toml
    --- stderr
    1 changed, 5 the same
    ");
    let expected = site.run(&["package", "compare", "shop", "1.0.0", "1.0.1", "--diff"]);
    assert_snapshot!(expected.seen(), @r"
    exit 0
    --- stdout
    --- conf/app.toml
    +++ conf/app.toml
    @@ -1,3 +1,3 @@
     a = 1
    -b = 2
    +b = 4
     c = 3
    ");
    let one = site.run(&["package", "compare", "shop", "1.0.0", "1.0.1", "--path", "conf/app.toml"]);
    assert_eq!(one.stdout, expected.stdout);
    let same = site.run(&["package", "compare", "shop", "1.0.0", "1.0.1", "--path", "scripts/start.sh"]);
    assert_eq!((same.code, same.stdout.as_str()), (0, ""));
    assert_eq!(site.run(&["package", "compare", "shop", "1.0.0", "1.0.1", "--path", "none"]).code, 4);
    assert_snapshot!(site.run(&["package", "compare", "shop", "1.0.0", "9.9"]).seen(), @r"
    exit 4
    --- stderr
    error: there is no version shop@9.9
    hint: `packhorse package show shop` lists its versions
    ");
}

#[test]
fn the_files_of_a_version_are_listed_read_and_packed_anew() {
    let site = site();
    assert_snapshot!(site.run(&["package", "files", "shop@1.0.0"]).seen(), @r"
    exit 0
    --- stdout
    MODE  SIZE  PATH
    755         conf/
    644   18 B  conf/app.toml
    644   48 B  packhorse.toml
    755         scripts/
    755   10 B  scripts/start.sh
    755   10 B  scripts/stop.sh
    ");
    assert_eq!(site.run(&["package", "cat", "shop@1.0.0", "conf/app.toml"]).stdout, "a = 1\nb = 2\nc = 3\n");
    assert_eq!(site.run(&["package", "cat", "shop@1.0.0", "none"]).code, 4);
    for (form, magic) in [("tar.gz", &[0x1f, 0x8b][..]), ("zip", b"PK")] {
        let run = site.run(&["package", "download", "shop@1.0.0", "--as", form]);
        assert_eq!(run.code, 0, "{}", run.seen());
        let bytes = std::fs::read(site.environment.path(&format!("shop_1.0.0.{form}"))).unwrap();
        assert_eq!(&bytes[..2], magic);
    }
}

#[test]
fn a_version_is_withdrawn_and_comes_back() {
    let site = site();
    assert_snapshot!(site.run(&["package", "yank", "shop@1.0.1", "--reason", "loses carts"]).seen(), @r"
    exit 0
    --- stdout
    shop@1.0.1: yanked
    ");
    assert_eq!(site.run(&["package", "show", "shop", "-o", "json"]).json()["latest"], "1.0.0");
    let yanked = site.run(&["package", "versions", "shop", "--state", "yanked", "-o", "jsonl"]);
    assert_eq!(yanked.stdout.lines().count(), 1, "{}", yanked.seen());
    assert_eq!(site.run(&["package", "unyank", "shop@1.0.1"]).stdout, "shop@1.0.1: published\n");
    assert_eq!(site.run(&["package", "ban", "shop@1.0.1"]).code, 2, "a ban says why");
    assert_eq!(site.run(&["package", "ban", "shop@1.0.1", "--reason", "leaks"]).stdout, "shop@1.0.1: banned\n");
    assert_eq!(site.run(&["package", "unban", "shop@1.0.1"]).stdout, "shop@1.0.1: published\n");
    let sorted = site.run(&["package", "versions", "shop", "--sort", "version", "--undeployed"]);
    let numbers: Vec<_> = sorted.stdout.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(numbers, ["1.0.0", "1.0.1"], "{}", sorted.seen());
}

#[test]
fn what_is_deleted_is_asked_for_and_what_is_protected_stays() {
    let site = site();
    assert_snapshot!(site.run(&["package", "delete", "shop@1.0.0"]).seen(), @r"
    exit 2
    --- stderr
    error: nobody can be asked: this is not a terminal
    hint: add --yes to do it without asking
    ");
    assert_eq!(site.run(&["package", "protect", "shop@1.0.0"]).stdout, "shop@1.0.0: published, protected\n");
    assert_snapshot!(site.run(&["package", "delete", "shop", "--yes"]).seen(), @r"
    exit 1
    --- stderr
    error: shop@1.0.0 is protected
    hint: `packhorse package unprotect shop@1.0.0` takes that back
    ");
    assert_eq!(site.run(&["package", "unprotect", "shop@1.0.0"]).code, 0);
    assert_eq!(site.run(&["package", "delete", "shop@1.0.0", "--yes"]).code, 0);
    assert_eq!(site.run(&["package", "cat", "shop@1.0.0", "conf/app.toml"]).code, 4);
    assert_eq!(site.run(&["package", "delete", "shop", "--yes"]).code, 0);
    assert_eq!(site.run(&["package", "show", "shop"]).code, 4);
}
