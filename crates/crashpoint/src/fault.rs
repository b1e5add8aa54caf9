//! What the environment asks for, and when it is due.

use std::fs::File;
use std::io::{self, Write as _};
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Abort,
    Stop,
    Fail(io::ErrorKind),
}

/// What happens, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fault {
    action: Action,
    at: u64,
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("PACKHORSE_FAULT is ACTION@N, with abort, stop, eio or enospc, and N from 1; not {text:?}");
        let (action, at) = text.split_once('@').ok_or_else(wrong)?;
        let action = match action {
            "abort" => Action::Abort,
            "stop" => Action::Stop,
            "eio" => Action::Fail(io::ErrorKind::Other),
            "enospc" => Action::Fail(io::ErrorKind::StorageFull),
            _ => return Err(wrong()),
        };
        let at = at.parse().ok().filter(|at| *at > 0).ok_or_else(wrong)?;
        Ok(Self { action, at })
    }
}

struct Plan {
    fault: Option<Fault>,
    log: Option<File>,
    reached: AtomicU64,
}

/// What the environment asks for; nothing in the usual case, in which every place costs one look.
fn plan() -> Option<&'static Plan> {
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    let make = || {
        let fault = std::env::var("PACKHORSE_FAULT").ok().map(|text| match text.parse::<Fault>() {
            Ok(fault) => fault,
            Err(reason) => stop(&reason),
        });
        let log = std::env::var_os("PACKHORSE_FAULT_LOG").map(|path| {
            let opened = File::options().create(true).append(true).open(&path);
            opened.unwrap_or_else(|error| stop(&format!("{}: {error}", path.display())))
        });
        (fault.is_some() || log.is_some()).then_some(Plan { fault, log, reached: AtomicU64::new(0) })
    };
    PLAN.get_or_init(make).as_ref()
}

/// A test that asks for nonsense must not pass by doing nothing.
fn stop(reason: &str) -> ! {
    say(reason);
    std::process::abort()
}

fn say(text: &str) {
    // There is nobody else to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

pub(super) fn reach(place: &'static str) {
    match plan().and_then(|plan| due(plan, place)) {
        Some(Action::Abort) => stop(&format!("aborted at {place}")),
        Some(Action::Stop) => stand_still(place),
        Some(Action::Fail(_)) | None => {}
    }
}

pub(super) fn write(place: &'static str) -> io::Result<()> {
    match plan().and_then(|plan| due(plan, place)) {
        None => Ok(()),
        Some(Action::Abort) => stop(&format!("aborted at {place}")),
        Some(Action::Stop) => {
            stand_still(place);
            Ok(())
        }
        Some(Action::Fail(kind)) => {
            say(&format!("failed at {place}"));
            Err(io::Error::new(kind, format!("a fault at {place} that a test asked for")))
        }
    }
}

/// Stops the process where it is, until somebody lets it go on.
fn stand_still(place: &str) {
    say(&format!("stopped at {place}"));
    if let Err(error) = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP) {
        stop(&format!("the process cannot be stopped: {error}"));
    }
}

/// What is to happen at this place, if it is the one.
fn due(plan: &Plan, place: &str) -> Option<Action> {
    let number = plan.reached.fetch_add(1, Ordering::SeqCst) + 1;
    if let Some(mut log) = plan.log.as_ref() {
        // One write in append mode, so that threads do not mix their lines.
        let _ = log.write_all(format!("{place}\n").as_bytes());
    }
    plan.fault.filter(|fault| fault.at == number).map(|fault| fault.action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_an_action_and_a_place() {
        assert_eq!("abort@3".parse(), Ok(Fault { action: Action::Abort, at: 3 }));
        assert_eq!("stop@12".parse(), Ok(Fault { action: Action::Stop, at: 12 }));
        assert_eq!("enospc@1".parse(), Ok(Fault { action: Action::Fail(io::ErrorKind::StorageFull), at: 1 }));
        for text in ["", "abort", "abort@", "abort@0", "abort@x", "burn@1"] {
            assert!(text.parse::<Fault>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn without_being_asked_nothing_happens() {
        reach("here");
        assert!(write("here").is_ok());
    }
}
