//! Attempts on a simulated host: whatever step fails, and whenever the agent is killed, the end is the same, and no command runs twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use packhorse_model::ids::Identifier as _;
use packhorse_model::manifest::{Command, HealthCheck, Lifecycle, Manifest, Probe};
use packhorse_model::order::{
    Aftermath, Assignment, AttemptOrder, AttemptResult, Grant, InstanceState, Release, ReportEvent, UnitAction,
    UnitOrder,
};
use packhorse_model::step::{Nature, Phase, StepKind, StepOutcome};
use packhorse_model::{Digest, Layout};
use packhorse_planner::host::{Condition, HostStep, Installed, InstalledVersion, steps};

use super::{Book, How, Link, Next, Record, Refusal, next};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn release(number: u8) -> Release {
    let command = |name: &str| Some(Command::of_file(&format!("bin/{name}.sh")));
    let lifecycle = Lifecycle {
        install: command("install"),
        update: command("update"),
        start: command("start"),
        post_start: command("post_start"),
        pre_stop: command("pre_stop"),
        stop: command("stop"),
        uninstall: command("uninstall"),
        on_failure: command("on_failure"),
        on_rollback: command("on_rollback"),
        ..Lifecycle::default()
    };
    let check = HealthCheck { probe: Probe::Port(80), interval: 15, timeout: 5, within: 30 };
    let manifest = Manifest { lifecycle, health: vec![check], render: vec!["conf".to_owned()], ..Manifest::default() };
    Release {
        version: format!("{number}.0").parse().unwrap(),
        tree: Digest::new([number; 32]),
        size: 1,
        manifest,
        rendering: None,
    }
}

fn order(from: Option<u8>, to: Option<u8>, action: UnitAction) -> UnitOrder {
    UnitOrder {
        action,
        package: "shop".parse().unwrap(),
        install_root: "/data/app/shop".to_owned(),
        layout: Layout::Symlink,
        from: from.map(release),
        to: to.map(release),
        variables: BTreeMap::new(),
        secrets: BTreeMap::new(),
        envelope: None,
        values: None,
        migration: None,
        migrations: Vec::new(),
        step_timeout_seconds: None,
        remove_data: Vec::new(),
    }
}

fn assignment(generation: u64, grants: &[(u128, Grant)]) -> Assignment {
    let order = |(number, grant): &(u128, Grant)| AttemptOrder {
        attempt: packhorse_model::ids::AttemptId::from_parts(at(0), *number),
        epoch: 1,
        deployment: packhorse_model::ids::DeploymentId::from_parts(at(0), 0),
        unit: packhorse_model::ids::UnitId::from_parts(at(0), *number),
        grant: *grant,
        order: order(Some(1), Some(2), UnitAction::Install),
        timeout_seconds: 600,
    };
    Assignment { generation, attempts: grants.iter().map(order).collect() }
}

/// The agent was killed.
struct Killed;

/// A host and what is durable on it.
#[derive(Clone, Default)]
struct World {
    disk: Vec<Record>,
    pending: Vec<Record>,
    /// What was done, in order.
    effects: Vec<StepKind>,
    /// Which commands were run, by their place in the attempt.
    commands: BTreeSet<u32>,
    /// The steps that fail.
    failing: BTreeSet<StepKind>,
    /// Whether the bake fails.
    bake_fails: bool,
    /// So many small things happen until the agent is killed.
    left: Option<usize>,
}

impl World {
    fn tick(&mut self) -> Result<(), Killed> {
        match &mut self.left {
            Some(0) => Err(Killed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn record(&mut self, book: &mut Book, record: Record) -> Result<(), Killed> {
        book.fold(&record);
        self.pending.push(record);
        self.tick()
    }

    fn commit(&mut self) -> Result<(), Killed> {
        self.disk.append(&mut self.pending);
        self.tick()
    }

    fn event(&mut self, book: &mut Book, event: ReportEvent) -> Result<(), Killed> {
        let attempt = book.attempts().next().unwrap();
        let record = Record::Event { report: attempt.report(event, at(1)) };
        self.record(book, record)
    }

    /// Does a step as the shell does: a command through a runner that outlives the agent, all else as often as it is asked.
    fn perform(&mut self, index: u32, step: &HostStep, how: How) -> Result<StepOutcome, Killed> {
        let kind = step.step.kind;
        if step.step.nature == Nature::Opaque {
            let has_run = how == How::Recover && self.commands.contains(&index);
            if !has_run {
                assert!(self.commands.insert(index), "{kind:?} was run twice");
                self.effects.push(kind);
            }
        } else {
            assert_ne!(how, How::Recover);
        }
        self.tick()?;
        Ok(if self.failing.contains(&kind) {
            StepOutcome::Failed { message: format!("{kind:?}") }
        } else {
            StepOutcome::Done { note: String::new() }
        })
    }

    /// Runs the agent, and the server that grants, until the attempt is over or the agent is killed.
    fn run(&mut self, order: &UnitOrder, installed: &Installed) -> Result<AttemptResult, Killed> {
        self.pending.clear();
        let mut book = Book::of(self.disk.clone());
        loop {
            let granted = granted(&book, order, self.bake_fails);
            for record in book.admit(&granted, at(0)).unwrap() {
                self.record(&mut book, record)?;
            }
            self.commit()?;
            let attempt = book.attempts().next().unwrap();
            match next(attempt, true, Link::Fresh, at(1)) {
                Next::Wait => {}
                Next::Over => match &attempt.events.last().unwrap().event {
                    ReportEvent::Finished { result } => return Ok(result.clone()),
                    other => panic!("{other:?}"),
                },
                Next::Note(event) => self.event(&mut book, event)?,
                Next::Run { index, step, how } => {
                    let kind = step.step.kind;
                    if how == How::Begin {
                        self.event(&mut book, ReportEvent::StepStarted { index, step: kind })?;
                        if step.step.nature == Nature::Opaque {
                            self.commit()?;
                        }
                    }
                    let outcome = self.perform(index, &step, how)?;
                    if kind == StepKind::Preflight {
                        let attempt = book.attempts().next().unwrap().id();
                        self.record(&mut book, Record::Surveyed { attempt, installed: installed.clone() })?;
                    }
                    self.event(&mut book, ReportEvent::StepFinished { index, step: kind, outcome, millis: 0 })?;
                }
            }
        }
    }
}

/// What the server assigns when it knows what is in the book.
fn granted(book: &Book, order: &UnitOrder, bake_fails: bool) -> Assignment {
    let has = |wanted: fn(&ReportEvent) -> bool| {
        book.attempts().next().is_some_and(|attempt| attempt.events.iter().any(|report| wanted(&report.event)))
    };
    let (generation, grant) = if has(|event| matches!(event, ReportEvent::Validated)) {
        (3, if bake_fails { Grant::Restore } else { Grant::Retire })
    } else if has(|event| matches!(event, ReportEvent::Prepared { .. })) {
        (2, Grant::Switch)
    } else {
        (1, Grant::Prepare)
    };
    let mut assignment = assignment(generation, &[(1, grant)]);
    assignment.attempts[0].order = order.clone();
    assignment
}

fn installed(version: Option<u8>) -> Installed {
    let held = |number: u8| InstalledVersion {
        version: release(number).version,
        tree: release(number).tree,
        rendering: None,
        directory: format!("shop_{number}.0"),
        condition: Condition::Intact,
    };
    let state = if version.is_some() { InstanceState::Running } else { InstanceState::Stopped };
    Installed { current: version.map(held), previous: None, others: Vec::new(), state }
}

/// Every order, and every step of it that can fail; and none.
fn cases() -> Vec<(UnitOrder, Installed, BTreeSet<StepKind>, bool)> {
    let mut cases = Vec::new();
    for (from, to, action) in [
        (None, Some(2), UnitAction::Install),
        (Some(1), Some(2), UnitAction::Install),
        (Some(1), Some(1), UnitAction::Restart),
        (Some(1), Some(1), UnitAction::Stop),
        (Some(1), None, UnitAction::Uninstall),
    ] {
        let (order, installed) = (order(from, to, action), installed(from));
        let plan = steps(&order, &installed).unwrap();
        let mut failing: Vec<BTreeSet<StepKind>> = vec![BTreeSet::new()];
        failing.extend(plan.steps.iter().map(|step| BTreeSet::from([step.step.kind])));
        // The way back can fail as well.
        for back in [StepKind::StopFailed, StepKind::SwitchBack, StepKind::StartPrevious, StepKind::ValidatePrevious] {
            failing.push(BTreeSet::from([StepKind::Start, back]));
        }
        for failing in failing {
            cases.push((order.clone(), installed.clone(), failing.clone(), false));
            cases.push((order.clone(), installed.clone(), failing, true));
        }
    }
    cases
}

#[test]
fn whenever_the_agent_is_killed_the_end_is_the_same_and_no_command_runs_twice() {
    for (order, installed, failing, bake_fails) in cases() {
        let fresh = World { failing, bake_fails, ..World::default() };
        let mut whole = fresh.clone();
        let Ok(expected) = whole.run(&order, &installed) else { panic!("nobody kills it") };
        let mut killed_at = 0;
        loop {
            let mut world = World { left: Some(killed_at), ..fresh.clone() };
            let first = world.run(&order, &installed);
            if let Ok(result) = first {
                assert_eq!(result, expected);
                break;
            }
            // And once more, a little later.
            world.left = Some(killed_at % 7);
            let _ = world.run(&order, &installed);
            world.left = None;
            let Ok(result) = world.run(&order, &installed) else { panic!("nobody kills it") };
            assert_eq!(result, expected, "killed after {killed_at}");
            assert_eq!(world.effects, whole.effects, "killed after {killed_at}");
            killed_at += 1;
        }
        assert!(killed_at > 5);
    }
}

fn effects(failing: &[StepKind], bake_fails: bool) -> (String, AttemptResult) {
    let mut world = World { failing: failing.iter().copied().collect(), bake_fails, ..World::default() };
    let Ok(result) = world.run(&order(Some(1), Some(2), UnitAction::Install), &installed(Some(1))) else {
        panic!("nobody kills it")
    };
    (world.effects.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>().join(" "), result)
}

#[test]
fn a_failure_leads_back_and_says_what_it_leaves() {
    let (ran, result) = effects(&[], false);
    assert_eq!(result, AttemptResult::Succeeded);
    insta::assert_snapshot!(ran, @"PreStop Stop Update Start PostStart");

    let (ran, result) = effects(&[StepKind::Validate], false);
    insta::assert_snapshot!(ran, @"PreStop Stop Update Start PostStart OnFailure StopFailed StartPrevious OnRollback");
    let failed = |step: StepKind, aftermath| AttemptResult::Failed { step, message: format!("{step:?}"), aftermath };
    assert_eq!(result, failed(StepKind::Validate, Aftermath::Restored));

    assert_eq!(effects(&[StepKind::Fetch], false), (String::new(), failed(StepKind::Fetch, Aftermath::Untouched)));
    assert_eq!(
        effects(&[StepKind::Validate, StepKind::SwitchBack], false).1,
        failed(StepKind::Validate, Aftermath::Broken)
    );

    let (ran, result) = effects(&[], true);
    insta::assert_snapshot!(ran, @"PreStop Stop Update Start PostStart OnFailure StopFailed StartPrevious OnRollback");
    assert!(matches!(result, AttemptResult::Failed { step: StepKind::Validate, aftermath: Aftermath::Restored, .. }));
}

/// A book after these assignments.
fn book(assignments: &[Assignment]) -> Book {
    let mut book = Book::default();
    for assignment in assignments {
        for record in book.admit(assignment, at(0)).unwrap() {
            book.fold(&record);
        }
    }
    book
}

#[test]
fn generations_never_fall_and_never_change() {
    let two = assignment(2, &[(1, Grant::Prepare)]);
    let book = book(std::slice::from_ref(&two));
    assert_eq!(book.admit(&two, at(5)), Ok(Vec::new()));
    assert_eq!(book.admit(&assignment(1, &[]), at(5)), Err(Refusal::Outdated { offered: 1, accepted: 2 }));
    assert_eq!(book.admit(&assignment(2, &[]), at(5)), Err(Refusal::Changed(2)));
    let mut other = assignment(3, &[(1, Grant::Prepare)]);
    other.attempts[0].order.install_root = "/elsewhere".to_owned();
    assert!(matches!(book.admit(&other, at(5)), Err(Refusal::Order(_))));
    assert_eq!(book.generation(), 2);
}

#[test]
fn what_touches_something_needs_leave_and_a_fresh_word_from_the_server() {
    let walk = |grant: Grant, link: Link, steps_done: usize| {
        let mut book = book(&[assignment(1, &[(1, grant)])]);
        let id = book.attempts().next().unwrap().id();
        book.fold(&Record::Surveyed { attempt: id, installed: installed(Some(1)) });
        let plan = steps(&order(Some(1), Some(2), UnitAction::Install), &installed(Some(1))).unwrap();
        for (index, step) in plan.steps.iter().take(steps_done).enumerate() {
            let (index, kind) = (u32::try_from(index).unwrap(), step.step.kind);
            let done = StepOutcome::Done { note: String::new() };
            for event in [
                ReportEvent::StepStarted { index, step: kind },
                ReportEvent::StepFinished { index, step: kind, outcome: done, millis: 0 },
            ] {
                let report = book.attempts().next().unwrap().report(event, at(1));
                book.fold(&Record::Event { report });
            }
            if plan.steps.get(usize::try_from(index).unwrap() + 1).is_some_and(|next| next.step.phase == Phase::Switch)
                && step.step.phase == Phase::Prepare
            {
                let report = book.attempts().next().unwrap().report(ReportEvent::Prepared { fetched_bytes: 0 }, at(1));
                book.fold(&Record::Event { report });
            }
        }
        match next(book.attempts().next().unwrap(), true, link, at(2)) {
            Next::Run { step, .. } => format!("{:?}", step.step.kind),
            Next::Note(ReportEvent::Finished { result }) => format!("{result:?}"),
            other => format!("{other:?}"),
        }
    };
    // Prepared: preflight, fetch, stage and render are done.
    assert_eq!(walk(Grant::Prepare, Link::Fresh, 4), "Wait");
    assert_eq!(walk(Grant::Switch, Link::Stale, 4), "Wait");
    assert_eq!(walk(Grant::Switch, Link::Fresh, 4), "PreStop");
    assert_eq!(walk(Grant::Cancel, Link::Fresh, 4), "Cancelled");
    // Begun: nothing stops it any more.
    for grant in [Grant::Prepare, Grant::Switch, Grant::Cancel, Grant::Restore] {
        assert_eq!(walk(grant, Link::Stale, 5), "Stop");
    }
}

#[test]
fn a_late_attempt_fails_before_it_touches_anything() {
    let book = book(&[assignment(1, &[(1, Grant::Switch)])]);
    let attempt = book.attempts().next().unwrap();
    let late = at(0) + SignedDuration::from_secs(601);
    assert!(matches!(next(attempt, true, Link::Fresh, at(600)), Next::Run { .. }));
    assert!(matches!(
        next(attempt, true, Link::Fresh, late),
        Next::Note(ReportEvent::Finished { result: AttemptResult::Failed { aftermath: Aftermath::Untouched, .. } })
    ));
}

#[test]
fn attempts_of_one_package_go_one_after_the_other() {
    let book = book(&[assignment(1, &[(2, Grant::Switch), (1, Grant::Switch)])]);
    let attempts: Vec<_> = book.attempts().collect();
    assert!(book.is_first(attempts[0]) && !book.is_first(attempts[1]));
    assert_eq!(next(attempts[1], false, Link::Fresh, at(1)), Next::Wait);
}

#[test]
fn attempts_go_in_the_order_in_which_the_host_was_told_of_them_whatever_their_identities_say() {
    // The clock of the server that made the second one is behind.
    let (first, second) = (assignment(1, &[(9, Grant::Switch)]), assignment(2, &[(3, Grant::Prepare)]));
    let book = book(&[first, second]);
    let order = |book: &Book| -> Vec<u64> { book.attempts().map(|attempt| attempt.told_at).collect() };
    assert_eq!(order(&book), [1, 2]);
    let attempts: Vec<_> = book.attempts().collect();
    assert!(book.is_first(attempts[0]) && !book.is_first(attempts[1]));
    assert_eq!(next(attempts[1], false, Link::Fresh, at(1)), Next::Wait);
    assert_eq!(order(&Book::of(book.records())), [1, 2], "a compacted journal keeps it");
}

#[test]
fn a_journal_that_does_not_say_when_the_host_was_told_is_read_all_the_same() {
    let book = book(&[assignment(7, &[(1, Grant::Prepare)])]);
    let mut kept = serde_json::to_value(book.attempts().next().unwrap()).unwrap();
    kept.as_object_mut().unwrap().remove("told_at");
    let attempt: super::Attempt = serde_json::from_value(kept).unwrap();
    assert_eq!(attempt.told_at, 0);
}

#[test]
fn what_is_no_longer_assigned_ends_and_what_is_asked_for_again_is_told_again() {
    let one = assignment(1, &[(1, Grant::Prepare)]);
    let mut book = book(&[one.clone(), assignment(2, &[])]);
    let attempt = book.attempts().next().unwrap();
    let Next::Note(event) = next(attempt, true, Link::Stale, at(1)) else { panic!("it waits") };
    assert_eq!(event, ReportEvent::Finished { result: AttemptResult::Cancelled });
    let report = attempt.report(event, at(1));
    let acknowledged = Record::Acknowledged { attempt: report.attempt, sequence: report.sequence };
    book.fold(&Record::Event { report: report.clone() });
    book.fold(&acknowledged);
    assert!(book.unreported(10).is_empty());
    book.fold(&Record::Assigned { assignment: Assignment { generation: 3, ..one } });
    assert_eq!(book.unreported(10), [report]);
}

#[test]
fn a_compacted_journal_says_the_same() {
    let mut world = World { left: Some(40), ..World::default() };
    let _ = world.run(&order(Some(1), Some(2), UnitAction::Install), &installed(Some(1)));
    let book = Book::of(world.disk);
    assert!(book.attempts().next().unwrap().events.len() > 5);
    assert_eq!(Book::of(book.records()), book);
}
