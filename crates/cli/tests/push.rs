//! `package push` of folders and single files.

use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;
use serde_json::Value;

use crate::environment::TestEnvironment;
use crate::server::Site;

/// A file under the home; one that ends in `.sh` may be run.
fn write(environment: &TestEnvironment, path: &str, text: &str) {
    std::fs::create_dir_all(environment.path(path).parent().unwrap()).unwrap();
    let written = environment.write(path, text);
    let mode = if path.ends_with(".sh") { 0o755 } else { 0o644 };
    std::fs::set_permissions(&written, std::fs::Permissions::from_mode(mode)).unwrap();
}

impl Site {
    fn show(&self, version: &str) -> Value {
        self.run(&["package", "show", version, "-o", "json"]).json()
    }

    /// A draft of these files, published.
    fn publish(&self, package: &str, kind: &str, files: &[&str]) {
        let draft = self.run(&["draft", "new", package, "--kind", kind]);
        assert_eq!(draft.code, 0, "{}", draft.seen());
        let id = draft.stdout.trim();
        for file in files {
            let name = file.rsplit('/').next().unwrap();
            let run = self.run(&["draft", "put", id, file, name]);
            assert_eq!(run.code, 0, "{}", run.seen());
        }
        let run = self.run(&["draft", "publish", id, "--version", "1.0.0"]);
        assert_eq!(run.code, 0, "{}", run.seen());
    }

    /// Whether a version that was pushed is one that a draft of the same files makes. The packhorse.toml is the one that was written.
    fn is_as_drafted(&self, pushed: &str, kind: &str, file: &str) {
        let download = self.run(&["package", "download", &format!("{pushed}@1.0.0"), "-O", "pushed.tar.gz"]);
        assert_eq!(download.code, 0, "{}", download.seen());
        let unpacked = std::process::Command::new("tar")
            .args(["-xzf", "pushed.tar.gz", "packhorse.toml"])
            .current_dir(self.environment.path(""))
            .status();
        assert!(unpacked.unwrap().success());
        self.publish("drafted", kind, &[file, "packhorse.toml"]);
        let (pushed, drafted) = (self.show(&format!("{pushed}@1.0.0")), self.show("drafted@1.0.0"));
        assert!(pushed["summary"]["tree"].is_string());
        assert_eq!(pushed["summary"]["tree"], drafted["summary"]["tree"]);
        assert_eq!(pushed["manifest"], drafted["manifest"]);
    }
}

#[test]
fn a_folder_is_packed_and_pushed() {
    let site = Site::start();
    for (path, text) in
        [("shop_1.0.0_7/packhorse.toml", "[[health]]\nport = 80\n"), ("shop_1.0.0_7/scripts/start.sh", "#!/bin/sh\n")]
    {
        write(&site.environment, path, text);
    }
    assert_snapshot!(site.run(&["package", "push", "shop_1.0.0_7"]).seen(), @r"
    exit 0
    --- stdout
    shop@1.0.0
    --- stderr
    pushing shop_1.0.0_7.tar.gz (187 B)
    warning: the package can be started and not stopped [NO_STOP]
    pushed 2 files, 31 B; 397 B new in the store
    ");
    let again = site.run(&["package", "push", "shop_1.0.0_7/."]);
    assert!(again.stderr.contains("already there"), "{}", again.seen());
    let shown = site.show("shop@1.0.0");
    assert_eq!((&shown["summary"]["build"], &shown["archive"]["format"]), (&"7".into(), &"tar_gz".into()));
    let named =
        site.run(&["package", "push", "shop_1.0.0_7/scripts", "--name", "scripts", "--version", "1.0.0", "--slim"]);
    assert_eq!(named.code, 0, "{}", named.seen());
    assert_snapshot!(site.run(&["package", "push", "shop_1.0.0_7/scripts"]).seen(), @r#"
    exit 2
    --- stderr
    error: the folder "scripts" does not say its package and version
    hint: say them: --name NAME --version VERSION
    "#);
}

#[test]
fn config_packages_are_those_that_a_draft_makes() {
    let site = Site::start();
    write(&site.environment, "app.json", "{\"port\": 8080}\n");
    write(&site.environment, "more/other.conf", "a = 1\n");
    let one = ["app.json", "--kind", "config", "--target", "/etc/app.json", "--owner", "root:www", "--mode", "0640"];
    let args = ["--validate", "/usr/bin/jq . /etc/app.json", "--name", "app-conf", "--version", "1.0.0"];
    let run = site.run(&[&["package", "push"], &one[..], &args[..]].concat());
    assert_eq!(run.code, 0, "{}", run.seen());
    site.is_as_drafted("app-conf", "config", "app.json");
    let manifest = &site.show("app-conf@1.0.0")["manifest"];
    assert_eq!(manifest["config"][0]["owner"], "root:www");
    assert_eq!(manifest["lifecycle"]["validate"]["args"], serde_json::json!([".", "/etc/app.json"]));

    let several = [
        "--kind",
        "config",
        "--file",
        "app.json:/etc/app.json:640:root:www",
        "--file",
        "more/other.conf:/etc/other.conf",
    ];
    let run = site.run(&[&["package", "push"], &several[..], &["--name", "two", "--version", "1.0.0"]].concat());
    assert_eq!(run.code, 0, "{}", run.seen());
    assert_eq!(site.show("two@1.0.0")["manifest"]["config"][1]["target"], "/etc/other.conf");
    let kinds = site.run(&["package", "list", "-o", "json"]).json();
    assert!(kinds.as_array().unwrap().iter().all(|package| package["kind"] == "config"), "{kinds}");
}

#[test]
fn script_packages_are_those_that_a_draft_makes() {
    let site = Site::start();
    write(&site.environment, "cleanup.sh", "#!/bin/bash\nfind /var/log/shop -mtime +$DAYS -delete\n");
    let args = ["--parameter", "DAYS:integer=30", "--parameter", "TOKEN:secret", "--user", "root", "--timeout", "60"];
    let named = ["--name", "cleanup", "--version", "1.0.0", "--kind", "script"];
    let run = site.run(&[&["package", "push", "cleanup.sh"], &args[..], &named[..]].concat());
    assert_eq!(run.code, 0, "{}", run.seen());
    let pushed = site.show("cleanup@1.0.0");
    let script = &pushed["manifest"]["script"];
    assert_eq!((&script["interpreter"], &script["parameter"][0]["default"]), (&"bash".into(), &"30".into()));
    site.is_as_drafted("cleanup", "script", "cleanup.sh");

    write(&site.environment, "wipe.sh", "#!/bin/sh\nrm -rf /\n");
    let refused = site.run(&["package", "push", "wipe.sh", "--kind", "script", "--name", "wipe", "--version", "1.0.0"]);
    assert!(refused.code == 1 && refused.stderr.contains("wipe.sh:2:1 rm-root"), "{}", refused.seen());
}

#[test]
fn database_packages_are_pushed_from_a_folder_and_chained() {
    let site = Site::start();
    for (version, from) in [("1.0.0", None), ("1.1.0", Some("1.0.0")), ("1.2.0", Some("1.1.0"))] {
        let file = |path: &str| format!("{version}/{path}");
        write(&site.environment, &file("full-load/1_fullload.sql"), "CREATE TABLE a (id int);\n");
        if let Some(from) = from {
            let alter = |what: &str| format!("ALTER TABLE a {what} COLUMN b{};\n", version.replace('.', ""));
            write(
                &site.environment,
                &file(&format!("increment/{from}_increment.sql")),
                &alter("ADD").replace(';', " int;"),
            );
            write(&site.environment, &file(&format!("increment/{from}_rollback.sql")), &alter("DROP"));
        }
        let args =
            ["--kind", "database", "--engine", "postgres", "--user", "shop", "--name", "shop-db", "--version", version];
        let run = site.run(&[&["package", "push", version], &args[..]].concat());
        assert_eq!(run.code, 0, "{}", run.seen());
    }
    let chain = |args: &[&str]| site.run(&[&["package", "chain", "shop-db"], args].concat()).seen();
    assert_snapshot!(chain(&["--from", "1.0.0", "--to", "1.2.0"]), @r"
    exit 0
    --- stdout
    increment  1.0.0 -> 1.1.0  (of 1.1.0)
      increment/1.0.0_increment.sql
    increment  1.1.0 -> 1.2.0  (of 1.2.0)
      increment/1.1.0_increment.sql
    The way back:
    rollback   1.2.0 -> 1.1.0  (of 1.2.0)
      increment/1.1.0_rollback.sql
    rollback   1.1.0 -> 1.0.0  (of 1.1.0)
      increment/1.0.0_rollback.sql
    ");
    assert_snapshot!(chain(&["--to", "1.2.0"]), @r"
    exit 0
    --- stdout
    full load  empty -> 1.2.0  (of 1.2.0)
      full-load/1_fullload.sql
    There is no way back.
    ");
    assert_snapshot!(chain(&["--from", "1.2.0", "--to", "1.1.0"]), @r"
    exit 0
    --- stdout
    rollback   1.2.0 -> 1.1.0  (of 1.2.0)
      increment/1.1.0_rollback.sql
    The way back:
    increment  1.1.0 -> 1.2.0  (of 1.2.0)
      increment/1.1.0_increment.sql
    ");
    assert_snapshot!(chain(&["--from", "1.2.0", "--to", "1.2.0"]), @r"
    exit 0
    --- stdout
    nothing to do
    ");
    assert_snapshot!(chain(&["--from", "0.9.0", "--to", "1.2.0"]), @r"
    exit 1
    --- stderr
    error: no increment leads from 0.9.0 to 1.0.0
    hint: push shop-db@1.0.0 with an increment that begins there
    ");
    assert_snapshot!(chain(&["--to", "9.0.0"]), @r"
    exit 4
    --- stderr
    error: there is no version shop-db@9.0.0
    hint: `packhorse package show shop-db` lists its versions
    ");
    let json = site.run(&["package", "chain", "shop-db", "--from", "1.0.0", "--to", "1.1.0", "-o", "json"]).json();
    assert_eq!(json["steps"][0]["files"][0], "increment/1.0.0_increment.sql");

    std::fs::remove_file(site.environment.path("1.2.0/increment/1.1.0_rollback.sql")).unwrap();
    write(&site.environment, "1.2.0/full-load/1_fullload.sql", "CREATE TABLE a (id int);\nGRANT ALL ON a TO b;\n");
    let args = ["--kind", "database", "--engine", "postgres", "--name", "shop-db", "--version", "1.3.0"];
    assert_snapshot!(site.run(&[&["package", "push", "1.2.0"], &args[..]].concat()).seen(), @r"
    exit 1
    --- stderr
    pushing shop-db_1.3.0.tar.gz (303 B)
    error: the database package holds 2 things that refuse it
      full-load/1_fullload.sql:2:1 SQL_ADMIN GRANT may not be in a package: it changes who may do what in the database
      increment/1.1.0_increment.sql DB_ROLLBACK_MISSING the increment has no rollback
    hint: let whoever administers the database do it, and leave it out of the package
    ");
}

#[test]
fn flags_that_do_not_go_together_are_refused() {
    let environment = TestEnvironment::new();
    write(&environment, "app.conf", "a = 1\n");
    write(&environment, "job", "echo\n");
    write(&environment, "shop/packhorse.toml", "keep = 1\n");
    write(&environment, "shop_1.0.0.tar", "x");
    let named = ["--name", "shop", "--version", "1.0.0"];
    let seen = |args: &[&str]| environment.run(&[&["package", "push"], args, &named[..]].concat()).seen();
    assert_snapshot!(seen(&["app.conf", "--target", "/etc/app.conf"]), @r"
    exit 2
    --- stderr
    error: --target goes with --kind config
    hint: `packhorse package push --help` shows what goes with what
    ");
    assert_snapshot!(seen(&["app.conf", "--kind", "script", "--target", "/etc/app.conf"]), @r"
    exit 2
    --- stderr
    error: --target goes with --kind config, and this is --kind script
    hint: `packhorse package push --help` shows what goes with what
    ");
    assert_snapshot!(seen(&["app.conf", "--kind", "config"]), @r"
    exit 2
    --- stderr
    error: where app.conf goes on a host is not said
    hint: say it: --target /etc/app.conf
    ");
    assert_snapshot!(seen(&["app.conf", "--kind", "config", "--target", "etc/app.conf"]), @r"
    exit 2
    --- stderr
    error: config.app.conf.target: must be the absolute path of a file, as in /etc/shop/shop.toml, without . and ..
    ");
    assert_snapshot!(seen(&["--kind", "config", "--file", "app.conf"]), @r"
    exit 2
    --- stderr
    error: invalid value 'app.conf' for '--file <SRC:TARGET[:MODE[:OWNER]]>': write it as SRC:TARGET[:MODE[:OWNER]], as in app.conf:/etc/app.conf:640:root:www

    For more information, try '--help'.
    ");
    assert_snapshot!(seen(&["app.conf", "--kind", "config", "--target", "/a", "--file", "./app.conf:/b"]), @r"
    exit 2
    --- stderr
    error: app.conf and ./app.conf have one name
    hint: rename one of them: files lie side by side in the package
    ");
    assert_snapshot!(seen(&["job", "--kind", "script"]), @r"
    exit 2
    --- stderr
    error: neither the first line of job nor its name says what runs it
    hint: say it: --interpreter bash
    ");
    assert_snapshot!(seen(&["job", "--kind", "script", "--interpreter", "sh", "--parameter", "days:integer=x"]), @r#"
    exit 2
    --- stderr
    error: script.parameter.name: "days" is not a name of A-Z, 0-9 and _
    "#);
    assert_snapshot!(seen(&["job", "--kind", "script", "--interpreter", "sh", "--parameter", "DAYS:number"]), @r#"
    exit 2
    --- stderr
    error: invalid value 'DAYS:number' for '--parameter <NAME[:TYPE[=DEFAULT]]>': "number" is no type: write text, integer, boolean, secret or choice,ONE,OTHER

    For more information, try '--help'.
    "#);
    assert_snapshot!(seen(&["shop", "--kind", "config"]), @r"
    exit 2
    --- stderr
    error: shop is a file package, not a config package
    hint: `packhorse package init shop --kind config` writes a packhorse.toml that says so
    ");
    assert_snapshot!(seen(&["shop", "--kind", "database", "--engine", "mysql"]), @r"
    exit 2
    --- stderr
    error: --engine: shop/packhorse.toml says that itself
    hint: change it there, or push the folder without that file
    ");
    assert_snapshot!(seen(&["shop_1.0.0.tar", "--kind", "database"]), @r"
    exit 2
    --- stderr
    error: the name does not say that this is a database package: such a name ends in -db
    hint: choose one, as in --name shop-db; or say [database] in the packhorse.toml of the archive, and leave --kind out
    ");
    assert_snapshot!(seen(&["shop_1.0.0.tar", "--kind", "file"]), @r"
    exit 2
    --- stderr
    error: --kind: what an archive is, its name and the packhorse.toml in it say
    hint: leave it out
    ");
    assert_snapshot!(environment.run(&["package", "push", "app.conf", "--kind", "config", "--target", "/etc/a"]).seen(), @r"
    exit 2
    --- stderr
    error: a single file does not say its package and version
    hint: say them: --name NAME --version VERSION
    ");
    assert_snapshot!(environment.run(&["package", "push", "app.conf"]).seen(), @r#"
    exit 1
    --- stderr
    error: the extension of "app.conf" is not one of .tar .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst .zip .jar .war .ear .rpm .deb .pkg .bin
    hint: pack it as one of these, or say what the file is: --type file, --kind config --target PATH, or --kind script
    "#);
    let database = ["job", "--kind", "script", "--interpreter", "sh", "--name", "job-db", "--version", "1.0.0"];
    assert_snapshot!(environment.run(&[&["package", "push"], &database[..]].concat()).seen(), @r"
    exit 2
    --- stderr
    error: script: belongs to a script package, and this is a database package
    hint: a name that ends in -db is that of a database package: choose another one
    ");
}
