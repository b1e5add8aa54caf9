//! `package lint` on archives that are made here.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use crate::environment::{Run, TestEnvironment};

/// A tar of these files; names that end in `.sh` may be run.
pub(crate) fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(if path.ends_with(".sh") { 0o755 } else { 0o644 });
        header.set_mtime(1_700_000_000);
        // The name is set as it is, since some of these archives are wrong on purpose.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn lint(name: &str, bytes: &[u8], args: &[&str]) -> Run {
    let environment = TestEnvironment::new();
    environment.write(name, bytes);
    environment.run(&[&["package", "lint", name], args].concat())
}

const GOOD: [(&str, &str); 3] = [
    ("packhorse.toml", "description = 'The shop'\n[[health]]\nport = 8080\n"),
    ("scripts/start.sh", "#!/bin/sh\n"),
    ("scripts/stop.sh", "#!/bin/sh\n"),
];

#[test]
fn a_good_package_is_not_complained_about() {
    assert_snapshot!(lint("shop_1.0.0_1.tar", &tar(&GOOD), &[]).seen(), @r"
    exit 0
    --- stdout
    shop_1.0.0_1.tar: nothing to complain about
    ");
    let wrapped = GOOD.map(|(path, text)| (format!("shop_1.0.0/{path}"), text));
    let wrapped: Vec<_> = wrapped.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    assert_eq!(lint("build.tar", &tar(&wrapped), &["--name", "shop", "--version", "1.0.0"]).code, 0);
}

#[test]
fn everything_that_is_wrong_is_named_by_rule() {
    let manifest = "render = ['conf/shop.conf']\n[lifecycle.start]\ncommand = 'bin/shop'\n[lifecycle.validate]\ncommand = 'scripts/check'\n";
    let files = [
        ("packhorse.toml", manifest),
        ("scripts/check", "#!/bin/sh\n"),
        ("scripts/stop.sh", "#!/bin/sh\n"),
        ("bin/stop.sh", "#!/bin/sh\n"),
    ];
    assert_snapshot!(lint("shop_1.0.tar", &tar(&files), &[]).seen(), @r#"
    exit 1
    --- stdout
    shop_1.0.tar: 3 errors, 1 warning, 2 advice
    error    COMMAND_MISSING  packhorse.toml: lifecycle.start: "bin/shop" is not a file of the package
             hint: correct the path, which is relative to the top of the package, or add the file
    error    RENDER_MISSING  packhorse.toml: "conf/shop.conf" is not a file of the package
             hint: correct the path, which is relative to the top of the package, or add the file
    error    COMMAND_MODE  scripts/check: lifecycle.validate: "scripts/check" may not be run by anyone
             hint: set its mode before packing: chmod 755
    warning  COMMAND_AMBIGUOUS  scripts/stop.sh: lifecycle.stop: "scripts/stop.sh" is used, and "bin/stop.sh" stands for the same
             hint: keep one of them, or name the command in packhorse.toml
    advice   NAME_VERSION  the version 1.0 is not of three groups of digits
             hint: number releases as 1.0.0 if tools of the application release specification read them
    advice   NAME_BUILD  the name does not say the build
             hint: add it behind the version, as in shop-web_1.0.0_20261101001.tar.gz, so that two builds can be told apart
    "#);
}

#[test]
fn a_manifest_that_cannot_be_read_is_named_with_its_line() {
    let json = lint("shop_1.0.0_1.tar", &tar(&[("packhorse.toml", "keep = 1\nlayuot = 'symlink'\n")]), &["-o", "json"]);
    assert_snapshot!(json.seen(), @r#"
    exit 1
    --- stdout
    {
      "file": "shop_1.0.0_1.tar",
      "package": "shop",
      "version": "1.0.0",
      "kind": "file",
      "findings": [
        {
          "rule": "MANIFEST_SYNTAX",
          "severity": "error",
          "place": {
            "path": "packhorse.toml",
            "line": 2
          },
          "message": "packhorse.toml, line 2: unknown field `layuot`, expected one of `description`, `layout`, `install_root`, `owner`, `render`, `variables`, `keep`, `data`, `lifecycle`, `health`, `process`, `cleanup`, `tags`, `metadata`, `needs`, `config`, `script`, `database`",
          "hint": "correct packhorse.toml at the top of the package"
        }
      ]
    }
    "#);
}

#[test]
fn archives_that_lie_or_attack_are_refused() {
    assert_snapshot!(lint("shop_1.0.0_1.zip", &tar(&GOOD), &[]).seen(), @r"
    exit 1
    --- stdout
    shop_1.0.0_1.zip: 1 error
    error    PKG_FORMAT  the name says .zip, but the bytes are an uncompressed tar (.tar)
             hint: rename the file to what it is, or pack it again in the format that its name says
    ");
    assert_snapshot!(lint("shop_1.0.0_1.tar", &tar(&[("../etc/passwd", "root")]), &[]).seen(), @r#"
    exit 1
    --- stdout
    shop_1.0.0_1.tar: 1 error
    error    PKG_PATH  the path "../etc/passwd" leaves the package by ".."
             hint: rename it, then pack the folder again from inside, with relative paths only
    "#);
    assert_snapshot!(lint("shop_1.0.0_1.rar", b"Rar!", &[]).seen(), @r#"
    exit 1
    --- stdout
    shop_1.0.0_1.rar: 1 error
    error    NAME_EXTENSION  the extension of "shop_1.0.0_1.rar" is not one of .tar .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst .zip .jar .war .ear .rpm .deb .pkg .bin
             hint: pack it as one of these; the extension must say what the bytes are
    "#);
    assert_snapshot!(lint("shop_1.0.0_1.tar", b"", &[]).seen(), @r"
    exit 1
    --- stdout
    shop_1.0.0_1.tar: 1 error
    error    PKG_EMPTY  there is nothing in it
             hint: check the folder that was packed
    ");
    assert_snapshot!(lint("shop.tar", &tar(&GOOD), &[]).seen(), @r#"
    exit 1
    --- stdout
    shop.tar: 1 error
    error    NAME_FORM  "shop.tar" does not say its name and version: use NAME_VERSION_BUILD.tar, as in shop-web_1.0.0_20261101001.tar, or give both
             hint: rename the file, or say both with --name and --version
    "#);
}

/// A folder that is to be packed, with things in it that can be mended and one that cannot.
fn folder(environment: &TestEnvironment) {
    for (path, text) in [
        ("dist/packhorse.toml", "[[health]]\nport = 8080\n"),
        ("dist/scripts/start.sh", "#!/bin/sh\r\necho on\r\n"),
        ("dist/scripts/stop.sh", "\u{feff}#!/bin/sh\n"),
        ("dist/scripts/more.sh", "#!/bin/sh\n"),
        ("dist/conf/a b.json", "{\n"),
    ] {
        let path = environment.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    }
}

#[test]
fn a_folder_is_judged_and_mended() {
    let environment = TestEnvironment::new();
    folder(&environment);
    assert_snapshot!(environment.run(&["package", "lint", "dist"]).seen(), @r#"
    exit 1
    --- stdout
    dist: 2 errors, 3 warnings, 2 advice
    error    COMMAND_MODE  scripts/start.sh: lifecycle.start: "scripts/start.sh" may not be run by anyone
             hint: set its mode before packing: chmod 755
    error    COMMAND_MODE  scripts/stop.sh: lifecycle.stop: "scripts/stop.sh" may not be run by anyone
             hint: set its mode before packing: chmod 755
    warning  CONFIG_SYNTAX  conf/a b.json:2:1: it is not JSON: EOF while parsing an object
             hint: correct it, or give it another extension
    warning  SCRIPT_CRLF  scripts/start.sh:1: its lines end as on Windows, and a shell takes the \r for part of each command
             hint: save it with the line ends of Unix
    warning  SCRIPT_BOM  scripts/stop.sh:1: it begins with a byte order mark, so that its first line names no interpreter
             hint: save it as UTF-8 without a byte order mark
    advice   SCRIPT_MODE  scripts/more.sh: it may not be run by anyone
             hint: set its mode before packing: chmod 755
    advice   no-interpreter-line  scripts/stop.sh:1:1: ﻿#!/bin/sh: this does not say what runs it; begin with a line such as #!/bin/bash
             hint: change it, or let whoever keeps the danger rules decide
    "#);
    assert_snapshot!(environment.run(&["package", "lint", "dist/", "--fix"]).seen(), @r"
    exit 0
    --- stdout
    fixed    scripts/start.sh: may be run now
    fixed    scripts/stop.sh: may be run now
    fixed    scripts/start.sh: line ends of Unix
    fixed    scripts/stop.sh: no byte order mark
    fixed    scripts/more.sh: may be run now
    dist: 1 warning
    warning  CONFIG_SYNTAX  conf/a b.json:2:1: it is not JSON: EOF while parsing an object
             hint: correct it, or give it another extension
    ");
    assert_eq!(std::fs::read(environment.path("dist/scripts/start.sh")).unwrap(), b"#!/bin/sh\necho on\n");
    assert_eq!(std::fs::read(environment.path("dist/scripts/stop.sh")).unwrap(), b"#!/bin/sh\n");
    let mode = std::fs::metadata(environment.path("dist/scripts/start.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    environment.write("shop_1.0.0_1.tar", tar(&GOOD));
    assert_snapshot!(environment.run(&["package", "lint", "shop_1.0.0_1.tar", "--fix"]).seen(), @r"
    exit 2
    --- stderr
    error: an archive is not changed: --fix takes a folder
    hint: mend the folder that was packed, and pack it again
    ");
}

#[test]
fn tools_for_review_read_sarif() {
    let environment = TestEnvironment::new();
    folder(&environment);
    let run = environment.run(&["package", "lint", "dist", "-o", "sarif"]);
    assert_eq!(run.code, 1);
    let log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((log["version"].as_str(), log["runs"].as_array().map(Vec::len)), (Some("2.1.0"), Some(1)));
    let run = &log["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    let mut results = run["results"].as_array().unwrap().iter();
    let mut syntax = results.find(|result| result["ruleId"] == "CONFIG_SYNTAX").unwrap().clone();
    syntax.as_object_mut().unwrap().remove("ruleIndex");
    insta::assert_json_snapshot!(syntax, @r#"
    {
      "level": "warning",
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "dist/conf/a%20b.json"
            },
            "region": {
              "startColumn": 1,
              "startLine": 2
            }
          }
        }
      ],
      "message": {
        "text": "it is not JSON: EOF while parsing an object. Hint: correct it, or give it another extension"
      },
      "ruleId": "CONFIG_SYNTAX"
    }
    "#);
    assert_snapshot!(environment.run(&["package", "list", "-o", "sarif"]).seen(), @r"
    exit 2
    --- stderr
    error: only `package lint` writes SARIF

    Usage: packhorse [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn scripts_and_text_in_an_archive_are_looked_into() {
    let files =
        [&GOOD[..], &[("scripts/clean.sh", "#!/bin/sh\nrm -rf /\n"), ("conf/a.yaml", "a: 1\n b: 2\n")]].concat();
    assert_snapshot!(lint("shop_1.0.0_1.tar", &tar(&files), &[]).seen(), @r"
    exit 0
    --- stdout
    shop_1.0.0_1.tar: 2 warnings
    warning  CONFIG_SYNTAX  conf/a.yaml:2:3: it is not YAML: mapping values are not allowed in this context
             hint: correct it, or give it another extension
    warning  rm-root  scripts/clean.sh:2:1: rm -rf /: this deletes the root of the file system
             hint: change it, or let whoever keeps the danger rules decide
    ");
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let environment = TestEnvironment::new();
    assert_snapshot!(environment.run(&["package", "lint", "none_1.0.0.tar"]).seen(), @r"
    exit 1
    --- stderr
    error: could not read none_1.0.0.tar
      No such file or directory (os error 2)
    ");
}
