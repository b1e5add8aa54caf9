//! Importing what a build has made: a directory of packages, at once.

use std::io::Write as _;

use insta::assert_snapshot;

use crate::lint::tar;
use crate::server::Site;

/// A site with the packages of a build below `target`.
fn site() -> Site {
    let site = Site::start();
    std::fs::create_dir_all(site.environment.path("target/lib")).unwrap();
    let good = tar(&[("bin/shop", "#!/bin/sh\n")]);
    site.environment.write("target/shop-web-1.2.3.tar", &good);
    site.environment.write("target/lib/tool_2.0_7.tar", &good);
    site.environment.write("target/lib/jdk-6.18.bin", "#!/bin/sh\n");
    site.environment.write("target/README.md", "# build");
    site
}

#[test]
fn a_directory_of_packages_is_imported_once() {
    let site = site();
    let build = |more: &[&str]| site.run(&[&["import", "build", "target"], more].concat());
    assert_snapshot!(build(&[]).seen(), @r"
    exit 1
    --- stderr
    error: 3 files match, and at most 1 may
      target/lib/jdk-6.18.bin
      target/lib/tool_2.0_7.tar
      target/shop-web-1.2.3.tar
    hint: say --max 3, or --max 0 for any number, or narrow it by --filebase or --extension
    ");
    assert_snapshot!(build(&["-max", "0", "-dry-run", "-installrank", "4"]).seen(), @r"
    exit 0
    --- stdout
    imported   jdk@6.18  (bin)  rank 4  target/lib/jdk-6.18.bin
    imported   tool@2.0  (tar)  rank 4  target/lib/tool_2.0_7.tar
    imported   shop-web@1.2.3  (tar)  rank 4  target/shop-web-1.2.3.tar
    --- stderr
    processing 3 files in target, 4 at a time
    3 imported; 1 file not meant
    nothing was changed: this was a dry run
    ");
    assert_eq!(
        site.run(&["package", "list", "-o", "json"]).json().as_array().unwrap().len(),
        0,
        "a dry run changes nothing"
    );
    assert_snapshot!(build(&["-max", "0", "-installrank", "4", "-vendor", "We", "-jobs", "2"]).seen(), @r"
    exit 0
    --- stdout
    imported   jdk@6.18  (bin)  rank 4  target/lib/jdk-6.18.bin
    imported   tool@2.0  (tar)  rank 4  target/lib/tool_2.0_7.tar
    imported   shop-web@1.2.3  (tar)  rank 4  target/shop-web-1.2.3.tar
    --- stderr
    processing 3 files in target, 2 at a time
    3 imported; 1 file not meant
    ");
    assert_snapshot!(build(&["-max", "0", "-q"]).seen(), @r"
    exit 0
    --- stdout
    unchanged  jdk@6.18  (bin)  target/lib/jdk-6.18.bin
    unchanged  tool@2.0  (tar)  target/lib/tool_2.0_7.tar
    unchanged  shop-web@1.2.3  (tar)  target/shop-web-1.2.3.tar
    ");
    let again = build(&["-max", "0", "-installrank", "5", "-filebase", "tool", "-o", "json"]).json();
    assert_eq!(again["files"][0]["outcome"], "updated");
    assert_eq!(again["files"][0]["buildstamp"], "7");
    let shown = site.run(&["package", "show", "tool", "-o", "json"]).json();
    assert_eq!(shown["all_versions"][0]["installrank"], 5);
}

#[test]
fn every_failure_is_named_and_the_rest_is_imported() {
    let site = site();
    site.environment.write("target/a-1.0.zip", "no zip");
    site.environment.write("target/b-1.0.war", "no war");
    site.environment.write("target/lib/b-1.0.jar", "no jar");
    site.environment.write("target/nothing.zip", "no version");
    let run = site.run(&["import", "build", "target", "--max", "0"]);
    assert_snapshot!(run.seen(), @r"
    exit 1
    --- stdout
    failed     a@1.0  (zip)  target/a-1.0.zip
               the name says .zip, but the bytes are of no kind known here
               hint: rename the file to what it is, or pack it again in the format that its name says
    failed     target/b-1.0.war
               several files say that they are b@1.0: target/b-1.0.war, target/lib/b-1.0.jar
               hint: choose between them by --extension or --filebase
    failed     target/lib/b-1.0.jar
               several files say that they are b@1.0: target/b-1.0.war, target/lib/b-1.0.jar
               hint: choose between them by --extension or --filebase
    imported   jdk@6.18  (bin)  target/lib/jdk-6.18.bin
    imported   tool@2.0  (tar)  target/lib/tool_2.0_7.tar
    failed     target/nothing.zip
               its name says no version
               hint: say --version VERSION, or --version-pattern REGEX for where it stands in the name
    imported   shop-web@1.2.3  (tar)  target/shop-web-1.2.3.tar
    --- stderr
    processing 7 files in target, 4 at a time
    3 imported, 4 failed; 1 file not meant
    ");
    let one = site.run(&["package", "list", "-o", "jsonl"]).stdout.lines().count();
    assert_eq!(one, 3);
    site.environment.write("target/shop-web-1.2.3.tar", tar(&[("bin/shop", "#!/bin/bash\n")]));
    let changed = site.run(&["import", "build", "target", "--filebase", "shop-web"]);
    assert_eq!(changed.code, 1);
    assert!(changed.stdout.contains("shop-web@1.2.3 is there already, with other content"), "{}", changed.seen());
    assert_snapshot!(site.run(&["import", "build", "nowhere"]).seen(), @r"
    exit 1
    --- stderr
    error: could not read nowhere
      No such file or directory (os error 2)
    hint: name the directory that the build has written into
    ");
    assert_snapshot!(site.run(&["import", "build", "target", "--extension", "("]).seen(), @r#"
    exit 2
    --- stderr
    error: --extension "(" is no regular expression
      regex parse error:
          ^(?:()$
           ^
      error: unclosed group
    hint: write . * + ? ( ) [ ] { } ^ $ | with a \ before them where they mean themselves
    "#);
}

#[test]
fn a_build_says_its_own_in_a_properties_file() {
    let site = site();
    let mut file = std::fs::File::create(site.environment.path("build.properties")).unwrap();
    writeln!(file, "buildstamp = rel-9.1.2.3\nvendor = We").unwrap();
    let run = site.run(&[
        "import",
        "build",
        "-targetdir",
        "target",
        "-propfile",
        "build.properties",
        "-extension",
        "bin",
        "-filebase",
        "jdk.*",
        "-o",
        "json",
    ]);
    let report = run.json();
    assert_eq!(
        (&report["files"][0]["version"], &report["files"][0]["outcome"]),
        (&"9.1.2.3".into(), &"imported".into()),
        "{}",
        run.seen()
    );
    let installer = "#!/bin/sh\n";
    site.environment.write("target/lib/a_1.0_all.deb", installer);
    let refused = site.run(&["import", "build", "target", "-filebase", "a"]);
    assert!(refused.stdout.contains("the name says .deb, but the bytes are a program"), "{}", refused.seen());
}

#[test]
fn a_tree_of_objects_is_shown_both_ways() {
    let site = Site::start();
    let project = r#"<project>
      <package type="zip" name="late.zip" version="1.0" installrank="20"/>
      <package type="zip" name="early.zip" version="1.0" installrank="3"/>
      <deployment type="Service" name="shop"><resources><resource type="zip" name="late.zip"/><resource type="zip" name="early.zip"/>
        <resource type="Site" name="live"/></resources></deployment>
      <deployment type="Site" name="live"><resources><resource type="Service" name="shop"/></resources></deployment></project>"#;
    site.environment.write("site.xml", project);
    assert_eq!(site.run(&["import", "project", "site.xml"]).code, 0);
    assert_snapshot!(site.run(&["find", "-type", "Site", "-tree", "children"]).seen(), @r"
    exit 0
    --- stdout
    |
    |--(Site) live
    |  |--(Service) shop
    |  |  |--(zip) early.zip
    |  |  |--(zip) late.zip
    |  |  |--(Site) live …
    ");
    assert_snapshot!(site.run(&["find", "-name", "early", "-tree", "parents", "-depth", "1"]).seen(), @r"
    exit 0
    --- stdout
    |
    |--(zip) early.zip
    |  |--(Service) shop …
    ");
    let found = site.run(&["find", "-type", "Service", "-tree", "children", "-depth", "1", "-o", "json"]).json();
    assert_eq!(found[0]["related"][0]["name"], "early.zip");
    assert_snapshot!(site.run(&["package", "list"]).seen().replace(|c: char| c.is_ascii_digit(), "0"), @r"
    exit 0
    --- stdout
    NAME   KIND  LATEST      VERSIONS  INSTANCES  UPDATED   DESCRIPTION
    early  file  registered         0          0  just now
    late   file  registered         0          0  just now
    ");
    let shown = site.run(&["package", "show", "early"]);
    assert!(shown.stdout.contains("1 version only registered"), "{}", shown.seen());
}

#[test]
fn packages_are_described_and_listed_by_it() {
    let site = Site::start();
    for (name, manifest) in
        [("alpha_1.0.0.tar", "[metadata]\narch = 'x86_64'\n"), ("beta_2.0.0.tar", "tags = ['own']\n")]
    {
        site.environment.write(name, tar(&[("packhorse.toml", manifest)]));
        assert_eq!(site.run(&["package", "push", name, "-q"]).code, 0);
    }
    assert_snapshot!(site.run(&["package", "set", "alpha", "--description", "The orders", "--tag", "core", "--tag", "web"]).seen(), @r"
    exit 0
    --- stdout
    alpha
    The orders
    tags: core, web
    ");
    assert_snapshot!(site.run(&["package", "set", "alpha", "--untag", "web", "--tag", "late"]).seen(), @r"
    exit 0
    --- stdout
    alpha
    The orders
    tags: core, late
    ");
    assert_snapshot!(site.run(&["package", "set", "beta", "--tag", "mine"]).seen(), @r"
    exit 0
    --- stdout
    beta

    tags: mine, own
    ");
    assert_snapshot!(site.run(&["package", "set", "alpha"]).seen(), @r"
    exit 2
    --- stderr
    error: the following required arguments were not provided:
      <--description <TEXT>|--tag <TAG>|--untag <TAG>>

    Usage: packhorse package set <--description <TEXT>|--tag <TAG>|--untag <TAG>> <NAME>

    For more information, try '--help'.
    ");
    assert_snapshot!(site.run(&["package", "set", "alpha", "--tag", "a,b"]).seen(), @r#"
    exit 2
    --- stderr
    error: invalid value 'a,b' for '--tag <TAG>': "a,b" cannot be a tag: use 1 to 64 characters of any script, without comma, control characters and blanks at the ends

    For more information, try '--help'.
    "#);
    assert_snapshot!(site.run(&["package", "set", "nothing", "--tag", "a"]).seen(), @r"
    exit 4
    --- stderr
    error: there is no package nothing
    hint: `packhorse package list` shows what there is
    ");
    let names = |more: &[&str]| {
        let run = site.run(&[&["package", "list", "-o", "jsonl"], more].concat());
        assert_eq!(run.code, 0, "{}", run.seen());
        let names =
            run.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].clone());
        names.map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    for (more, found) in [
        (&[][..], "alpha beta"),
        (&["--sort", "-name"], "beta alpha"),
        (&["--sort", "-created"], "beta alpha"),
        (&["--sort", "kind"], "alpha beta"),
        (&["--search", "orders"], "alpha"),
        (&["--search", "eta"], "beta"),
        (&["--tag", "core", "--tag", "late"], "alpha"),
        (&["--tag", "core", "--tag", "mine"], ""),
        (&["--tag", "own"], "beta"),
        (&["--meta", "arch=x86_64"], "alpha"),
        (&["--creator", "admin", "--kind", "file"], "alpha beta"),
        (&["--kind", "script"], ""),
    ] {
        assert_eq!(names(more), found, "{more:?}");
    }
    assert_snapshot!(site.run(&["package", "list", "--sort", "size"]).seen(), @r"
    exit 2
    --- stderr
    error: invalid value 'size' for '--sort <[-]name|updated|created|versions|instances|kind>'
      [possible values: name, -name, updated, -updated, created, -created, versions, -versions, instances, -instances, kind, -kind]

    For more information, try '--help'.
    ");
    assert_snapshot!(site.run(&["package", "list", "--meta", "arch"]).seen(), @r"
    exit 2
    --- stderr
    error: invalid value 'arch' for '--meta <KEY=VALUE>': write it as KEY=VALUE, such as arch=x86_64

    For more information, try '--help'.
    ");
}
