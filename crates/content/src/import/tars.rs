//! TARS's `init.xml`, which is no XML: lines of `<block>`, shell text, and `</block>`. And `service.yaml` of its server framework.

use std::collections::BTreeMap;

use packhorse_model::manifest::{Command, HealthCheck, Probe, ProcessRule};

use super::{Manifest, Notes, clear};
use crate::syntax::{SyntaxError, parse_yaml};

/// A block: the line of its first line, counted from 0, and its lines.
type Block<'a> = (usize, Vec<&'a str>);

/// Commands whose files every installed package of this kind has.
const COMMANDS: [(&str, &str, &str); 2] = [("start", "start", "admin/start.sh"), ("stop", "stop", "admin/stop.sh")];

/// Blocks that have no counterpart, and what to do about them.
const WITHOUT_COUNTERPART: [(&str, &str); 5] = [
    ("link", "make the links in scripts/install.sh"),
    ("crontab", "install the jobs in scripts/install.sh; processes and cleanup are watched by the agent itself"),
    ("monitor", "say it as [[process]] and [[health]]"),
    ("resolve", "a failed health check runs the restart command"),
    ("substitute", "write [@name] in the files and list them under render"),
];

/// Values of base_info that have no counterpart, unless they are what every package has.
const VALUES_LEFT: [(&str, &str); 4] =
    [("udp_port", ""), ("kill_sig", "KILL"), ("ip_type", "0"), ("log_dir", "/data/log/$name-$version")];

pub(super) fn init(text: &str, has_file: &dyn Fn(&str) -> bool, manifest: &mut Manifest, notes: &mut Notes) {
    let blocks = blocks(text);
    if let Some(block) = blocks.get("base_info") {
        base_info(block, manifest, notes);
    }
    for (name, slot, file) in COMMANDS {
        let Some(block) = blocks.get(name).filter(|block| has_commands(block)) else { continue };
        if has_file(file) {
            if let Some(slot) = manifest.lifecycle.slot(slot) {
                *slot = Some(Command::of_file(file));
            }
            notes.taken(block.0, &format!("{name}, as {file}"));
        } else {
            notes.left(block.0, &format!("the shell text of <{name}>"), &format!("put it into scripts/{name}.sh"));
        }
    }
    for (name, hint) in WITHOUT_COUNTERPART {
        if let Some(block) = blocks.get(name).filter(|block| has_commands(block)) {
            notes.left(block.0, &format!("the block <{name}>"), hint);
        }
    }
    if let Some((start, lines)) = blocks.get("clear_file") {
        clear::rules(lines.iter().enumerate().map(|(at, line)| (start + at, *line)), manifest, notes);
    }
}

/// Blocks by name. Of two with one name the last stands.
fn blocks(text: &str) -> BTreeMap<&str, Block<'_>> {
    let mut blocks = BTreeMap::new();
    let mut open: Option<(&str, Block<'_>)> = None;
    for (at, line) in text.lines().enumerate() {
        let tag = line.trim_end().strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        let is_name = |tag: &&str| tag.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        match (tag, tag.and_then(|tag| tag.strip_prefix('/'))) {
            (_, Some(end)) => {
                if let Some((name, block)) = open.take_if(|(name, _)| *name == end) {
                    blocks.insert(name, block);
                }
            }
            (Some(name), None) if is_name(&name) => open = Some((name, (at + 1, Vec::new()))),
            _ => {
                if let Some((_, (_, lines))) = &mut open {
                    lines.push(line);
                }
            }
        }
    }
    blocks
}

fn has_commands((_, lines): &&Block<'_>) -> bool {
    lines.iter().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

fn base_info((start, lines): &Block<'_>, manifest: &mut Manifest, notes: &mut Notes) {
    let mut values: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
        if let Some((key, value)) = line.trim().split_once('=') {
            values.insert(key.trim(), (start + at + 1, value.trim().trim_matches('"')));
        }
    }
    let given = |key: &str| values.get(key).copied().filter(|(_, value)| !value.is_empty());
    for key in ["author", "product", "module", "name", "version"] {
        if let Some((line, value)) = given(key) {
            manifest.metadata.more.insert(format!("tars.{key}"), value.to_owned());
            notes.taken(line, &format!("{key}, as an attribute"));
        }
    }
    for (line, text) in
        given("app_name").into_iter().flat_map(|(line, all)| all.split_whitespace().map(move |one| (line, one)))
    {
        match text.parse::<ProcessRule>() {
            // Their default stands for no limit.
            Ok(rule) => {
                let max = rule.max.filter(|max| *max < 999_999_999);
                notes.taken(line, &format!("the process {}", rule.name));
                manifest.process.push(ProcessRule { max, ..rule });
            }
            Err(error) => notes.left(line, &error.to_string(), "write the process as [[process]]"),
        }
    }
    for (line, text) in
        given("port").into_iter().flat_map(|(line, all)| all.split_whitespace().map(move |one| (line, one)))
    {
        match text.parse::<u16>() {
            Ok(port) if port > 0 => add_port(port, line, manifest, notes),
            _ => notes.left(line, &format!("{text:?} is no port"), "write the port as [[health]]"),
        }
    }
    if let Some((line, user)) = given("user") {
        manifest.owner = Some(user.to_owned());
        notes.taken(line, "user, as the owner");
    }
    if let Some((line, path)) = given("install_path") {
        if path.starts_with('/') && !path.contains('$') {
            manifest.install_root = Some(path.trim_end_matches('/').to_owned());
            notes.taken(line, "install_path, as the install root");
        } else {
            notes.left(line, &format!("install_path {path:?}"), "write it as install_root, an absolute path");
        }
    }
    for (key, usual) in VALUES_LEFT {
        if let Some((line, value)) = given(key).filter(|(_, value)| *value != usual) {
            notes.left(line, &format!("{key} {value:?}"), "see to it in the package's scripts");
        }
    }
}

fn add_port(port: u16, line: usize, manifest: &mut Manifest, notes: &mut Notes) {
    let check = HealthCheck::of(Probe::Port(port));
    if !manifest.health.contains(&check) {
        manifest.health.push(check);
        notes.taken(line, &format!("the port {port}, as a health check"));
    }
}

/// Ports of `global.listen`: `eth1:5574/tcp`.
pub(super) fn service(text: &str, manifest: &mut Manifest, notes: &mut Notes) -> Result<(), SyntaxError> {
    let document = parse_yaml(text)?;
    let listen = document.get("global").and_then(|global| global.get("listen"));
    for address in listen.iter().flat_map(|listen| listen.list()).filter_map(|item| item.get("address")) {
        let text = address.text().unwrap_or_default();
        match text.rsplit_once(':').and_then(|(_, port)| port.strip_suffix("/tcp")?.parse().ok()) {
            Some(port) => add_port(port, address.line, manifest, notes),
            None => notes.left(address.line, &format!("the address {text:?}"), "only TCP ports can be checked"),
        }
    }
    if let Some(service) = document.get("service") {
        notes.left(
            service.line,
            "the workers of service",
            "the framework reads them itself; watch them as [[process]]",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Imported, import};
    use super::*;

    const INIT: &str = "framework_ver=2.0.7\n<base_info>\n#name\nname=\"shop\"\napp_name=\"shop:1,4 worker\"\nport=\"8080 x\"\nuser=\"user_00\"\nudp_port=\"53\"\nkill_sig=\"KILL\"\n</base_info>\n<start>\nulimit -c 4\n</start>\n<stop>\n#nothing\n</stop>\n<crontab>\n* * * * * a\n</crontab>\n<clear_file>\nlog 85%:2000M tar 10 *.log\nlog NULL delete 1 *\ndata 90%:2M clear 50000 debug/err*.log\n</clear_file>\n";

    fn imported(files: &[(&str, &str)]) -> Imported {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        import("init.xml", &files, &|path| path == "admin/start.sh").unwrap()
    }

    #[test]
    fn an_init_file_becomes_a_manifest() {
        let service = "global:\n  listen:\n    - address: eth1:5574/tcp\n    - address: eth1:5574/udp\n";
        let found =
            imported(&[("init.xml", INIT), ("service.yaml", service), ("clear.conf", "log NULL warning 1500M *\n")]);
        insta::assert_snapshot!(found.manifest.to_toml().unwrap(), @r#"
        owner = "user_00"

        [[cleanup]]
        action = "archive"
        directory = "log"
        directory_mib = 2000
        glob = "*.log"
        older_than = "10d"
        partition_percent = 85

        [[cleanup]]
        action = "truncate"
        directory = "data"
        directory_mib = 2
        glob = "debug/err*.log"
        larger_than_kib = 50000
        partition_percent = 90

        [[cleanup]]
        action = "warn"
        directory = "log"
        glob = "*"
        larger_than_kib = 1536000

        [[health]]
        interval = 15
        port = 8080
        timeout = 5
        within = 30

        [[health]]
        interval = 15
        port = 5574
        timeout = 5
        within = 30

        [lifecycle.start]
        command = "admin/start.sh"

        [metadata.more]
        "tars.name" = "shop"

        [[process]]
        max = 4
        min = 1
        name = "shop"

        [[process]]
        min = 1
        name = "worker"
        "#);
        let left = found.findings.iter().filter(|finding| finding.rule == "IMPORT_LEFT");
        let left: Vec<_> =
            left.map(|finding| format!("{} {}", finding.place.as_ref().unwrap(), finding.message)).collect();
        insta::assert_snapshot!(left.join("\n"), @r#"
        init.xml:6 not taken over: "x" is no port
        init.xml:8 not taken over: udp_port "53"
        init.xml:17 not taken over: the block <crontab>
        init.xml:22 not taken over: "log NULL delete 1 *": the threshold is not PERCENT%:SIZEm, so that it never fires
        service.yaml:4 not taken over: the address "eth1:5574/udp"
        "#);
        assert!(Manifest::parse(&found.manifest.to_toml().unwrap()).is_ok());
    }
}
