//! ServiceStage's `appspec.yml`: dependencies, environment, probes and the commands of the life cycle.

use std::collections::BTreeMap;

use packhorse_model::manifest::{Command, HealthCheck, Probe};

use super::{Manifest, Notes};
use crate::syntax::{Node, SyntaxError, parse_yaml};

/// Their commands, and ours.
const COMMANDS: [(&str, &str); 9] = [
    ("install", "install"),
    ("update", "update"),
    ("start", "start"),
    ("post-start", "post_start"),
    ("restart", "restart"),
    ("check", "validate"),
    ("pre-stop", "pre_stop"),
    ("stop", "stop"),
    ("uninstall", "uninstall"),
];

/// Characters that mean something to a shell.
const SHELL: [char; 12] = ['|', '&', ';', '<', '>', '$', '`', '"', '\'', '*', '(', ')'];

pub(super) fn read(text: &str, manifest: &mut Manifest, notes: &mut Notes) -> Result<(), SyntaxError> {
    let document = parse_yaml(text)?;
    let spec = document.get("spec").unwrap_or(&document);
    let env = environment(spec, notes);
    for (name, node) in spec.table() {
        match name.as_str() {
            "env" => {}
            "deps" => dependencies(node, manifest, notes),
            "probes" => probes(node, manifest, notes),
            "lifecycle" => lifecycle(node, &env, manifest, notes),
            "value" => notes.left(node.line, "spec.value", "give the values as variables, or env of the commands"),
            _ => notes.left(node.line, &format!("spec.{name}"), "packhorse.toml has nothing like it"),
        }
    }
    Ok(())
}

fn environment(spec: &Node, notes: &mut Notes) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    for item in spec.get("env").iter().flat_map(|list| list.list()) {
        let field = |key: &str| item.get(key).and_then(Node::text).unwrap_or_default();
        let (name, value) = (field("name"), field("value"));
        let is_name = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if is_name && !value.contains("{{") {
            env.insert(name.to_owned(), value.to_owned());
        } else {
            notes.left(item.line, &format!("the environment {name:?}"), "write it as env of the commands that need it");
        }
    }
    env
}

fn dependencies(list: &Node, manifest: &mut Manifest, notes: &mut Notes) {
    for item in list.list() {
        let name = item.get("name").and_then(Node::text).unwrap_or_default();
        match item.get("user").and_then(Node::text).filter(|_| name.starts_with("@os/linux/user")) {
            Some(user) if manifest.owner.is_none() => {
                manifest.owner = Some(user.to_owned());
                notes.taken(item.line, "the user, as the owner; it must be there on the hosts");
            }
            _ => notes.left(item.line, &format!("the dependency {name:?}"), "see to it on the hosts"),
        }
    }
}

fn probes(node: &Node, manifest: &mut Manifest, notes: &mut Notes) {
    for (name, probe) in node.table() {
        let exec = probe.get("exec").unwrap_or(probe);
        let timeout = exec.get("timeout").and_then(Node::text).and_then(|text| text.parse().ok());
        let url = exec.get("request").and_then(Node::text).filter(|url| url.starts_with("http") && !url.contains('$'));
        let file = exec.get("command").and_then(|command| match command.list() {
            [only] => only.text(),
            [] => command.text(),
            _ => None,
        });
        let file = file.map(|file| file.trim_start_matches("${APP_HOME}/")).filter(|file| is_file(file));
        let found = match (url, file) {
            (Some(url), _) => Some(Probe::Http(url.to_owned())),
            (None, Some(file)) => Some(Probe::Command(file.to_owned())),
            (None, None) => None,
        };
        match found {
            Some(found) => {
                let check = HealthCheck::of(found);
                let timeout = timeout.filter(|seconds| *seconds > 0).unwrap_or(check.timeout);
                manifest.health.push(HealthCheck { timeout, ..check });
                notes.taken(probe.line, &format!("the probe {name}, as a health check"));
            }
            None => notes.left(probe.line, &format!("the probe {name}"), "write it as [[health]] with http or command"),
        }
    }
}

fn is_file(path: &str) -> bool {
    !path.is_empty() && !path.contains(SHELL) && !path.contains(' ') && !path.split('/').any(|part| part == "..")
}

fn lifecycle(node: &Node, env: &BTreeMap<String, String>, manifest: &mut Manifest, notes: &mut Notes) {
    for (name, commands) in node.table() {
        let Some((_, ours)) = COMMANDS.iter().find(|(theirs, _)| theirs == name) else {
            notes.left(commands.line, &format!("the command {name}"), "call it at the beginning of another command");
            continue;
        };
        if let [_, second, ..] = commands.list() {
            let what = format!("further commands of {name}");
            notes.left(second.line, &what, "one command has one file: call the others from it");
        }
        let Some(first) = commands.list().first() else { continue };
        match command(first, env) {
            Some(command) => {
                if let Some(slot) = manifest.lifecycle.slot(ours) {
                    *slot = Some(command);
                }
                notes.taken(first.line, &format!("the command {name}, as {ours}"));
            }
            None => {
                notes.left(first.line, &format!("the command {name}"), "put the shell text into a file of the package");
            }
        }
    }
}

fn command(node: &Node, env: &BTreeMap<String, String>) -> Option<Command> {
    let field = |key: &str| node.get(key).and_then(Node::text);
    let text = field("command")?;
    let mut words = text.split_whitespace().map(|word| word.trim_start_matches("${APP_HOME}/").to_owned());
    let program = match words.next()? {
        shell if shell == "sh" || shell == "bash" => format!("/bin/{shell}"),
        program => program.trim_start_matches("./").to_owned(),
    };
    let args: Vec<String> = words.collect();
    if std::iter::once(&program).chain(&args).any(|word| word.contains(SHELL))
        || program.split('/').any(|part| part == "..")
    {
        return None;
    }
    let command = Command::of_file(&program);
    let timeout = field("timeout").and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0);
    Some(Command { args, timeout, user: field("runas").map(str::to_owned), env: env.clone(), ..command })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> String {
        let mut manifest = Manifest::default();
        let mut notes = Notes { file: "appspec.yml".to_owned(), findings: Vec::new() };
        read(text, &mut manifest, &mut notes).unwrap();
        let findings = notes.findings.iter().filter(|finding| finding.rule == "IMPORT_LEFT");
        let left: Vec<_> =
            findings.map(|finding| format!("{} {}", finding.place.as_ref().unwrap(), finding.message)).collect();
        format!("{}---\n{}", manifest.to_toml().unwrap(), left.join("\n"))
    }

    #[test]
    fn an_appspec_becomes_a_manifest() {
        let text = "spec:\n  deps:\n    - name: \"@os/linux/user@1.0\"\n      user: www\n  env:\n    - {name: MODE, value: fast}\n    - {name: ENV, value: \"{{app.env}}\"}\n  value: [{name: a, value: b}]\n  probes:\n    health:\n      exec: {method: GET, request: \"http://127.0.0.1:8080/\", timeout: 5}\n  lifecycle:\n    install:\n      - {command: scripts/install.sh, timeout: 300}\n    start:\n      - {command: scripts/start.sh -f, runas: www}\n      - {command: scripts/more.sh}\n    check:\n      - command: \"a | b\"\n    pre-install: []\n";
        insta::assert_snapshot!(read_text(text), @r#"
        owner = "www"

        [[health]]
        http = "http://127.0.0.1:8080/"
        interval = 15
        timeout = 5
        within = 30

        [lifecycle.install]
        command = "scripts/install.sh"
        timeout = 300

        [lifecycle.install.env]
        MODE = "fast"

        [lifecycle.start]
        args = ["-f"]
        command = "scripts/start.sh"
        user = "www"

        [lifecycle.start.env]
        MODE = "fast"
        ---
        appspec.yml:7 not taken over: the environment "ENV"
        appspec.yml:8 not taken over: spec.value
        appspec.yml:17 not taken over: further commands of start
        appspec.yml:19 not taken over: the command check
        appspec.yml:20 not taken over: the command pre-install
        "#);
    }

    #[test]
    fn references_and_second_keys_are_refused() {
        let error = |text: &str| {
            read(text, &mut Manifest::default(), &mut Notes { file: String::new(), findings: Vec::new() })
                .unwrap_err()
                .to_string()
        };
        insta::assert_snapshot!(error("a: &x [1]\nb: *x"), @"line 1, column 4: anchors and tags are not read");
        insta::assert_snapshot!(error("a: 1\na: 2"), @r#"line 2, column 1: the key "a" stands there twice"#);
        insta::assert_snapshot!(error("a: !!python/object 1"), @"line 1, column 4: anchors and tags are not read");
        assert!(
            read(
                &format!("a: {}", "[".repeat(10_000)),
                &mut Manifest::default(),
                &mut Notes { file: String::new(), findings: Vec::new() }
            )
            .is_err()
        );
    }
}
