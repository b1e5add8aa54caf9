use super::*;
use crate::tree::tests::{directory, file};

/// Files in memory.
struct Texts<'a>(BTreeMap<&'a str, &'a str>);

impl Files for Texts<'_> {
    fn each(&mut self, wanted: &[&Entry], take: &mut dyn FnMut(&Entry, &[u8])) -> io::Result<()> {
        for entry in wanted {
            take(entry, self.0[entry.path.as_str()].as_bytes());
        }
        Ok(())
    }
}

fn inspected(files: &[(&str, &str)]) -> Inspection {
    let entries = files.iter().map(|(path, text)| file(path, text.as_bytes()));
    let folders = ["scripts", "conf", "sql", "sql/upgrade", "sql/downgrade"]
        .into_iter()
        .filter(|f| files.iter().any(|(path, _)| path.starts_with(f)));
    let tree = Tree::new(entries.chain(folders.map(directory)).collect()).unwrap();
    let (package, version) = ("shop".parse().unwrap(), "1.0.0".parse().unwrap());
    let subject = Subject {
        tree: &tree,
        payload: None,
        package: Some(&package),
        version: Some(&version),
        kind: None,
        format: None,
        jar_manifest: None,
    };
    inspect(&subject, &RuleSet::of_defaults(), &mut Texts(files.iter().copied().collect())).unwrap()
}

fn judged(files: &[(&str, &str)]) -> String {
    let Inspection { kind, findings, .. } = inspected(files);
    let place = |finding: &Finding| finding.place.as_ref().map_or("-".to_owned(), ToString::to_string);
    let lines = findings.iter().map(|f| format!("{:?} {} {} {}", f.severity, f.rule, place(f), f.message));
    format!("{}\n{}", kind.as_str(), lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn config_packages_are_checked_by_syntax() {
    let manifest = "[[config]]\nfile='a.json'\ntarget='/etc/a.json'\n[[config]]\nfile='b'\ntarget='/etc/b'";
    insta::assert_snapshot!(judged(&[("packhorse.toml", manifest), ("a.json", "{\"a\": [@port],\n}")]), @r#"
    config
    Error CONFIG_SYNTAX a.json:2:1 it is not JSON: key must be a string
    Error CONFIG_MISSING packhorse.toml "b" is not a file of the package
    "#);
}

#[test]
fn text_of_file_packages_is_looked_at() {
    let files = [
        ("scripts/run.sh", "\u{feff}#!/bin/sh\r\n"),
        ("scripts/clean.sh", "rm -rf /\n"),
        ("conf/shop.conf", "port=[@port]\n"),
        ("conf/log.xml", "<a p=\"[%t] %m\"/>"),
        ("packhorse.toml", "render = ['conf/x.yaml', 'conf/gone']"),
        ("conf/x.yaml", "a: '[@a b]'\n"),
    ];
    insta::assert_snapshot!(judged(&files), @r#"
    file
    Error RENDER_MISSING packhorse.toml "conf/gone" is not a file of the package
    Warning rm-root scripts/clean.sh:1:1 rm -rf /: this deletes the root of the file system
    Warning SCRIPT_BOM scripts/run.sh:1 it begins with a byte order mark, so that its first line names no interpreter
    Warning SCRIPT_CRLF scripts/run.sh:1 its lines end as on Windows, and a shell takes the \r for part of each command
    Advice NO_START - the package has no start command, so that a deployment only puts its files in place
    Advice VARIABLE_UNRENDERED conf/shop.conf:1:6 [@port] looks like a variable, and the file is not rendered
    Advice VARIABLE_DOUBT conf/x.yaml:1:5 [@a b] stays as it is: its name has characters that no variable's name has
    Advice SCRIPT_MODE scripts/clean.sh it may not be run by anyone
    Advice no-interpreter-line scripts/clean.sh:1:1 rm -rf /: this does not say what runs it; begin with a line such as #!/bin/bash
    Advice SCRIPT_MODE scripts/run.sh it may not be run by anyone
    Advice no-interpreter-line scripts/run.sh:1:1 ﻿#!/bin/sh: this does not say what runs it; begin with a line such as #!/bin/bash
    "#);
}

#[test]
fn older_manifests_are_taken_over() {
    insta::assert_snapshot!(judged(&[("init.xml", "<base_info>\napp_name=\"a:1,2\"\n</base_info>\n")]), @r"
    file
    Advice NO_START - the package has no start command, so that a deployment only puts its files in place
    Advice IMPORT_TAKEN init.xml:2 taken over: the process a
    ");
    insta::assert_snapshot!(judged(&[("appspec.yml", "a: &b 1\nc: *b\n")]), @r"
    file
    Warning IMPORT_SYNTAX appspec.yml appspec.yml, line 1, column 4: anchors and tags are not read
    Advice NO_START - the package has no start command, so that a deployment only puts its files in place
    Advice STRUCTURE appspec.yml there are no scripts/ and bin/
    ");
    let missing = "spec:\n  lifecycle:\n    start: [{command: scripts/gone.sh}]\n";
    insta::assert_snapshot!(judged(&[("appspec.yml", missing)]), @r#"
    file
    Error COMMAND_MISSING appspec.yml lifecycle.start: "scripts/gone.sh" is not a file of the package
    Warning NO_HEALTH_CHECK - the package has no health check, so that a version that starts and then fails is not noticed
    Warning NO_STOP - the package can be started and not stopped
    Advice STRUCTURE appspec.yml there are no scripts/ and bin/
    Advice IMPORT_TAKEN appspec.yml:3 taken over: the command start, as start
    "#);
    let both =
        [("packhorse.toml", "description = 'ours'"), ("init.xml", "<base_info>\napp_name=\"a\"\n</base_info>\n")];
    let found = inspected(&both);
    assert!(found.manifest.process.is_empty(), "packhorse.toml wins");
    assert!(found.findings.iter().all(|finding| !finding.rule.starts_with("IMPORT")), "{:?}", found.findings);
}

#[test]
fn variables_are_kept_with_their_places_and_doubts() {
    let files = [("conf/shop.conf", "支付=[@pay_ip]:[#port]\npw=[!pw]\n"), ("conf/log.xml", "<a p=\"[%t] %m\"/>")];
    let lines = inspected(&files).variables.into_iter().map(|found| {
        let doubt = found.doubt.map(|doubt| doubt.reason).unwrap_or_default();
        format!(
            "{}:{}:{}+{} {}{} {}",
            found.path, found.line, found.column, found.length, found.prefix, found.name, doubt
        )
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    conf/log.xml:1:7+4 %t it is a conversion of a log pattern
    conf/shop.conf:1:4+9 @pay_ip 
    conf/shop.conf:1:14+7 #port 
    conf/shop.conf:2:4+5 !pw
    ");
}

#[test]
fn a_package_of_variables_alone_is_bounded() {
    let text = "[@a]\n".repeat(MOST_KEPT + 1);
    let found = inspected(&[("conf/a.conf", &text)]);
    assert_eq!(found.variables.len(), MOST_KEPT);
    assert!(found.findings.iter().any(|finding| finding.rule == "VARIABLES_MANY"), "{:?}", found.findings);
}

#[test]
fn database_packages_are_judged_by_arrangement_and_statements() {
    let files = [("packhorse.toml", "[database]\nengine = 'postgres'\n"), ("x.sql", "DROP DATABASE a;\n")];
    insta::assert_snapshot!(judged(&files), @r"
    database
    Error DB_LAYOUT - the files are arranged in none of the known ways
    Error SQL_ADMIN x.sql:1:1 DROP DATABASE may not be in a package: it administers the server, not the application's data
    Advice NAME_DB - shop is a database package, and its name does not end in -db
    ");
}

#[test]
fn sql_beside_other_files_is_warned_about() {
    let files = [
        ("sql/upgrade/v1.0.0.sql", "DO $$ BEGIN PERFORM 1; END $$;\nGRANT ALL ON a TO b;\n"),
        ("sql/upgrade/v0.9.sql", "ALTER TABLE a ADD b int;\n"),
        ("sql/downgrade/v1.0.0.sql", "SELECT 1;\n"),
        ("scripts/x.sql", "GRANT"),
    ];
    let found: Vec<_> = judged(&files).lines().filter(|line| line.contains("sql/")).map(str::to_owned).collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    Warning DB_ROLLBACK_MISSING sql/upgrade/v0.9.sql nothing leads back from 0.9
    Warning SQL_ADMIN sql/upgrade/v1.0.0.sql:2:1 GRANT may not be in a package: it changes who may do what in the database
    Advice sql-alter-table sql/upgrade/v0.9.sql:1:1 ALTER TABLE a ADD b int: this changes the shape of a table that applications use
    ");
}

#[test]
fn files_that_variables_stand_for_are_written_down() {
    let manifest = "render = ['conf/shop.conf', 'conf/more.conf']\n[variables]\nfiles = ['conf/more.conf']\n";
    let found = inspected(&[
        ("packhorse.toml", manifest),
        ("conf/shop.conf", "[^conf/license.dat] [^conf/license.dat] [^conf/gone.dat]\n"),
        ("conf/more.conf", "[^conf/shop.conf]\n"),
        ("conf/license.dat", "a placeholder"),
    ]);
    assert_eq!(found.manifest.variables.files, ["conf/more.conf", "conf/license.dat"]);
    let missing: Vec<_> = found.findings.iter().filter(|f| f.rule == "VARIABLE_FILE_MISSING").collect();
    assert_eq!(missing.len(), 1);
    insta::assert_snapshot!(missing[0].message, @r#"[^conf/gone.dat] stays as it is: "conf/gone.dat" is not a file of the package"#);
}

#[test]
fn what_is_encrypted_and_signed_needs_a_key_that_signs() {
    let judged = |keys: &str, conf: &str| {
        let manifest = format!("render = ['a.conf']\n[variables]\n{keys}");
        let found = inspected(&[("packhorse.toml", &manifest), ("a.conf", conf)]).findings;
        found.into_iter().find(|finding| finding.rule == "VARIABLE_UNSIGNED").map(|finding| finding.message)
    };
    insta::assert_snapshot!(judged("public_key = 'k'", "a=[@a]\np=[!pw]\n").unwrap(), @"[!pw] is encrypted and signed, and [variables] names no signing_key");
    assert_eq!(judged("public_key = 'k'", "p=[+pw]\n"), None);
    assert_eq!(judged("public_key = 'k'\nsigning_key = 's'", "p=[!pw]\n"), None);
    assert_eq!(judged("", "p=[!pw]\n"), None);
}

#[test]
fn a_package_says_what_its_variables_begin_with() {
    let manifest = "render = ['a.json']\n[variables.prefixes]\nplain = '$'\nencrypted = ''\nfile = ''\n";
    let found =
        inspected(&[("packhorse.toml", manifest), ("a.json", "{\"port\": [$port], \"list\": [\"[@a] [!b] [^c.d]\"]}")]);
    assert_eq!(found.variables.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(), ["port"]);
    assert!(found.findings.iter().all(|finding| finding.rule != "CONFIG_SYNTAX"), "{:?}", found.findings);
}
