//! Scripts on a real agent: what they are given, what is kept of them, and how they are stopped.

use std::collections::BTreeMap;
use std::path::Path;

use packhorse_content::{Entry, EntryKind, EntryPath, Tree};
use packhorse_model::ids::{AttemptId, Identifier as _, SecretId};
use packhorse_model::manifest::Manifest;
use packhorse_model::order::{
    Aftermath, AttemptResult, Grant, Release, ReportEvent, SecretVersion, UnitAction, UnitOrder,
};
use packhorse_model::run::{ScriptExit, ScriptResult};
use packhorse_model::step::StepKind;

use crate::agent::Host;
use crate::package::order;
use crate::server::Server;

const PASSWORD: &str = "correct-horse-battery-staple";
const PLACE: &str = "var/lib/packhorse-scripts";

/// A version of a script package.
fn script(server: &Server, text: &str) -> Release {
    let mut state = server.state();
    let (digest, size) = state.source.insert([text.as_bytes()]).unwrap();
    let path = EntryPath::new("run.sh").unwrap();
    let tree = Tree::new(vec![Entry { path, mode: 0o644, kind: EntryKind::File { size, digest } }]).unwrap();
    let manifest = "[script]\nentry='run.sh'\ninterpreter='sh'\ntimeout=60\narguments=['one two']\n\
        [[script.parameter]]\nname='DAYS'\n[[script.parameter]]\nname='PASSWORD'\ntype='secret'\n";
    let release = Release {
        version: "1.0.0".parse().unwrap(),
        tree: tree.digest(),
        size,
        manifest: Manifest::parse(manifest).unwrap(),
        rendering: None,
    };
    state.trees.insert(tree.digest(), tree);
    release
}

fn run(release: &Release) -> UnitOrder {
    UnitOrder { install_root: format!("/{PLACE}/shop"), ..order(UnitAction::Run, None, Some(release)) }
}

fn result(server: &Server, attempt: AttemptId) -> ScriptResult {
    let state = server.state();
    let mut reports = state.reports.iter().filter(|report| report.attempt == attempt);
    let found = reports.find_map(|report| match &report.event {
        ReportEvent::Ran { result, .. } => Some(result.clone()),
        _ => None,
    });
    found.unwrap()
}

fn holds(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holds(&path, text));
        } else if std::fs::read(&path).is_ok_and(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn a_script_gets_its_parameters_and_a_secret_shows_nowhere() {
    let server = Server::start();
    server.state().secrets = [("PASSWORD".to_owned(), PASSWORD.to_owned())].into();
    let host = Host::joined(&server);
    let text = "printf %s \"$PASSWORD\" | cut -c1-4\necho \"$DAYS $PACKHORSE_PARAM_DAYS $0 $# $1\"\n\
        echo \"[$PASSWORD] [$PACKHORSE_PARAM_PASSWORD]\"\nprintf correct-horse-; sleep 0.3; printf battery-staple\n\
        touch left-behind; ls; exit 3\n";
    let release = script(&server, text);
    let mut order = run(&release);
    order.variables.insert("DAYS".to_owned(), "7 $(id)".to_owned());
    let secret = SecretVersion { secret: SecretId::from_parts(jiff::Timestamp::UNIX_EPOCH, 1), version: 1 };
    order.secrets = BTreeMap::from([("PASSWORD".to_owned(), secret)]);
    let attempt = server.assign(order);
    let AttemptResult::Failed { step, message, aftermath } = server.end(attempt).await else { panic!("it succeeded") };
    assert_eq!(
        (step, message.as_str(), aftermath),
        (StepKind::Run, "run.sh: exit code 3: see its output", Aftermath::Ran)
    );
    let expected = "corr\n7 $(id) 7 $(id) run.sh 1 one two\n[***] [***]\n***left-behind\nrun.sh\n";
    let output = server.until("the output", |state| {
        let output = state.output.values().next()?;
        (output.len() == expected.len()).then(|| String::from_utf8(output.clone()).unwrap())
    });
    assert_eq!(output.await, expected);
    let result = result(&server, attempt);
    assert_eq!((result.exit, result.output_bytes), (ScriptExit::Code { code: 3 }, expected.len() as u64));
    assert_eq!(result.output_digest, packhorse_content::digest_of(expected.as_bytes()));
    assert_eq!(holds(host.path(), PASSWORD), Vec::<String>::new());
    let left: Vec<_> = std::fs::read_dir(host.path().join(PLACE)).unwrap().collect();
    assert!(left.is_empty(), "the working directory is gone: {left:?}");
    assert!(server.state().instances.is_empty(), "nothing is installed");
    assert!(!host.log().contains(PASSWORD));
}

#[tokio::test]
async fn equal_runs_tell_equal_ends() {
    let server = Server::start();
    let _host = Host::joined(&server);
    let release = script(&server, "echo done\n");
    let mut results = Vec::new();
    for _ in 0..2 {
        let attempt = server.assign(run(&release));
        assert_eq!(server.end(attempt).await, AttemptResult::Succeeded);
        insta::allow_duplicates! {
            insta::assert_snapshot!(server.steps(attempt), @"accepted | Preflight Fetch Stage | prepared | Run | validated |");
        }
        results.push(ScriptResult { millis: 0, ..result(&server, attempt) });
    }
    assert_eq!(results[0], results[1]);
}

#[tokio::test]
async fn a_person_stops_a_script_and_all_that_it_started() {
    let server = Server::start();
    let mut host = Host::joined(&server);
    let text = "trap 'echo asked; exit 0' TERM\nsleep 600 & echo $! > ../child\nwait\n";
    let release = script(&server, text);
    let attempt = server.assign(run(&release));
    let child = host.path().join(PLACE).join("shop/child");
    let pid = loop {
        match std::fs::read_to_string(&child) {
            Ok(pid) if pid.ends_with('\n') => break pid.trim().to_owned(),
            _ => tokio::task::yield_now().await,
        }
    };
    // Whoever stops it need not be the agent that began it.
    host.kill();
    host.start();
    server.grant(attempt, Grant::Cancel);
    let AttemptResult::Failed { message, .. } = server.end(attempt).await else { panic!("it went on") };
    assert_eq!(message, "run.sh: stopped by a person");
    assert_eq!(result(&server, attempt).exit, ScriptExit::Stopped);
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
    let output = server.until("the output", |state| state.output.values().next().cloned()).await;
    assert_eq!(String::from_utf8(output).unwrap(), "asked\n");
}
