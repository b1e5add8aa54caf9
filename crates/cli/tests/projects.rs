//! ControlTier's projects and their objects.

use insta::assert_snapshot;

use crate::server::Site;

const SHOP: &str = r#"<project>
  <package type="zip" name="apache-tomcat-5.5.26.zip" version="5.5.26"/>
  <deployment type="Service" name="shop"><resources><resource type="zip" name="apache-tomcat-5.5.26.zip"/></resources></deployment>
</project>"#;

#[test]
fn a_project_is_imported_found_and_exported() {
    let site = Site::start();
    site.environment.write("shop.xml", SHOP);
    assert_snapshot!(site.run(&["import", "project", "shop.xml"]).seen(), @r"
    exit 0
    --- stdout
    created   (zip) apache-tomcat-5.5.26.zip
    created   (Service) shop
              + (zip) apache-tomcat-5.5.26.zip
    ");
    assert_snapshot!(site.run(&["find", "-type", "zip", "-name", ".*"]).seen(), @r"
    exit 0
    --- stdout
    |
    |--(zip) apache-tomcat-5.5.26.zip
    ");
    let found = site.run(&["find", "-type", "Package", "-o", "json"]).json();
    assert_eq!(found[0]["package"], "apache-tomcat");
    let written = site.run(&["export", "project"]);
    site.environment.write("again.xml", &written.stdout);
    assert_snapshot!(site.run(&["import", "project", "again.xml", "--strict", "--replace"]).seen(), @r"
    exit 0
    --- stdout
    unchanged (zip) apache-tomcat-5.5.26.zip
    unchanged (Service) shop
    ");
    site.environment.write("wrong.xml", "<project>\n  <setting ... />\n</project>");
    assert_snapshot!(site.run(&["import", "project", "wrong.xml"]).seen(), @r#"
    exit 1
    --- stderr
    error: line 2, column 16: an attribute has no value: expected is name="value"
    hint: correct the file at that place; nothing was changed
    "#);
}
