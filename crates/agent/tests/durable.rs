//! What is on disk before what: seen from outside, in the system calls of a real agent. A process that is killed loses nothing that
//! it wrote, so that no test with kills can see a sync that is missing; this one can.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::order::{AttemptResult, UnitAction};

use crate::agent::Host;
use crate::package::{Version, order};
use crate::server::Server;

/// One system call that has returned without an error.
struct Call<'a> {
    name: &'a str,
    arguments: String,
}

/// The calls of all threads, in the order in which they returned; what never returned is left out.
fn calls(trace: &str) -> Vec<Call<'_>> {
    let mut begun: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((thread, text)) = line.split_once(' ') else { continue };
        let text = text.trim_start();
        if let Some(resumed) = text.strip_prefix("<... ") {
            let Some((name, rest)) = begun.remove(thread) else { continue };
            let end = resumed.split_once("resumed>").map_or("", |(_, end)| end);
            push(&mut calls, name, &format!("{rest}{end}"));
        } else if let Some((name, rest)) = text.split_once('(') {
            match rest.strip_suffix(" <unfinished ...>") {
                Some(rest) => drop(begun.insert(thread, (name, rest))),
                None => push(&mut calls, name, rest),
            }
        }
    }
    calls
}

fn push<'a>(calls: &mut Vec<Call<'a>>, name: &'a str, rest: &str) {
    if let Some((arguments, result)) = rest.rsplit_once(" = ")
        && !result.starts_with('-')
    {
        calls.push(Call { name, arguments: arguments.to_owned() });
    }
}

/// The path of the first descriptor: `12</path>, …`.
fn path(arguments: &str) -> Option<&str> {
    let (_, rest) = arguments.split_once('<')?;
    rest.split_once('>').map(|(path, _)| path)
}

/// Files that were written and are not yet on disk, as the calls go by.
#[derive(Default)]
struct Unsynced(BTreeSet<String>);

impl Unsynced {
    fn see(&mut self, call: &Call<'_>) {
        let Some(path) = path(&call.arguments) else { return };
        match call.name {
            "write" => drop(self.0.insert(path.to_owned())),
            "fsync" | "fdatasync" => drop(self.0.remove(path)),
            "syncfs" => self.0.clear(),
            _ => {}
        }
    }

    /// Of what the agent wrote below an install root; the commands of the package write there as well.
    fn of_versions(&self, root: &str) -> Vec<&String> {
        let ours = [format!("{root}/shop_"), format!("{root}/.packhorse/")];
        self.0.iter().filter(|path| ours.iter().any(|folder| path.starts_with(folder))).collect()
    }
}

#[tokio::test]
async fn the_journal_is_on_disk_before_a_command_and_a_version_before_it_is_used() {
    let server = Server::start();
    let mut host = Host::joined(&server);
    let (one, two) = (server.add(Version::healthy("1.0.0")), server.add(Version::healthy("1.0.1")));
    let install = server.assign(order(UnitAction::Install, None, Some(&one)));
    assert_eq!(server.end(install).await, AttemptResult::Succeeded);
    host.kill();
    let trace = host.path().join("trace");
    host.start_traced(&trace);
    let upgrade = server.assign(order(UnitAction::Install, Some(&one), Some(&two)));
    assert_eq!(server.end(upgrade).await, AttemptResult::Succeeded);
    host.kill();

    let trace = std::fs::read_to_string(trace).unwrap();
    let root = host.root().canonicalize().unwrap().display().to_string();
    let mut unsynced = Unsynced::default();
    let (mut commands, mut switches) = (0, 0);
    for call in calls(&trace) {
        unsynced.see(&call);
        if call.name == "execve" && call.arguments.contains("packhorse-runner") {
            commands += 1;
            let open: Vec<_> = unsynced.0.iter().filter(|path| path.ends_with("/journal")).collect();
            assert!(open.is_empty(), "a command began while the journal was not on disk");
        }
        if call.name.starts_with("rename") && call.arguments.contains("\"current\"") {
            switches += 1;
            let open = unsynced.of_versions(&root);
            assert!(open.is_empty(), "the version was switched to while these were not on disk: {open:?}");
        }
    }
    assert!(commands >= 3 && switches == 1, "{commands} commands, {switches} switches:\n{trace}");
}
