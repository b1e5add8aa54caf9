//! `package lint` on archives that are made here.

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
    error    COMMAND_MISSING  lifecycle.start: "bin/shop" is not a file of the package
             hint: correct the path, which is relative to the top of the package, or add the file
    error    COMMAND_MODE  lifecycle.validate: "scripts/check" may not be run by anyone
             hint: set its mode before packing: chmod 755
    error    RENDER_MISSING  render: "conf/shop.conf" is not a file of the package
             hint: correct the path, which is relative to the top of the package, or add the file
    warning  COMMAND_AMBIGUOUS  lifecycle.stop: "scripts/stop.sh" is used, and "bin/stop.sh" stands for the same
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
      "findings": [
        {
          "rule": "MANIFEST_SYNTAX",
          "severity": "error",
          "place": "packhorse.toml",
          "message": "packhorse.toml, line 2: unknown field `layuot`, expected one of `description`, `layout`, `install_root`, `owner`, `render`, `keep`, `lifecycle`, `health`, `process`, `cleanup`, `tags`, `metadata`, `config`, `script`, `database`",
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
    error    NAME_EXTENSION  the extension of "shop_1.0.0_1.rar" is not one of .tar .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst .zip .jar .war
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
