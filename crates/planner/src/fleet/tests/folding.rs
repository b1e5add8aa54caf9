use packhorse_model::deployment::UnitState;
use packhorse_model::order::{Aftermath, AttemptResult, Grant, Report, ReportEvent, UnitAction};
use packhorse_model::step::{StepKind, StepOutcome};

use super::*;

fn view(state: UnitState, grant: Grant) -> AttemptView {
    AttemptView { action: UnitAction::Install, state, epoch: 2, grant, attempt_open: true, sequence: 3 }
}

fn report(event: ReportEvent) -> Report {
    Report { attempt: id(7), epoch: 2, sequence: 4, at: at(5), event }
}

fn finished(result: AttemptResult) -> ReportEvent {
    ReportEvent::Finished { result }
}

fn failed(aftermath: Aftermath) -> ReportEvent {
    finished(AttemptResult::Failed { step: StepKind::Validate, message: "port 8080 is closed".to_owned(), aftermath })
}

fn unknown() -> ReportEvent {
    finished(AttemptResult::Unknown { step: StepKind::Start, evidence: "no result".to_owned() })
}

#[test]
fn events_move_units() {
    let after = |view: AttemptView, event: ReportEvent| {
        let change = fold(&view, &report(event), at(100));
        (change.state, change.attempt_ended, change.health)
    };
    let preparing = view(UnitState::Preparing, Grant::Prepare);
    let switching = view(UnitState::Switching, Grant::Switch);
    let lost = view(UnitState::Unknown, Grant::Switch);
    assert_eq!(after(preparing, ReportEvent::Accepted), (None, false, None));
    assert_eq!(after(preparing, ReportEvent::Prepared { fetched_bytes: 9 }), (Some(UnitState::Prepared), false, None));
    for unit in [switching, lost] {
        assert_eq!(after(unit, ReportEvent::Validated), (Some(UnitState::Baking), false, Some(Health::Healthy)));
        assert_eq!(after(unit, failed(Aftermath::Restored)), (Some(UnitState::Failed), true, Some(Health::Healthy)));
        assert_eq!(after(unit, failed(Aftermath::Broken)), (Some(UnitState::Failed), true, Some(Health::Unhealthy)));
        assert_eq!(after(unit, unknown()), (Some(UnitState::Unknown), true, Some(Health::Unknown)));
    }
    let retiring = view(UnitState::Retiring, Grant::Retire);
    assert_eq!(after(retiring, finished(AttemptResult::Succeeded)), (Some(UnitState::Succeeded), true, None));
    assert_eq!(after(preparing, finished(AttemptResult::Cancelled)), (Some(UnitState::Cancelled), true, None));
    let stop = AttemptView { action: UnitAction::Stop, ..switching };
    assert_eq!(
        after(stop, ReportEvent::Validated),
        (Some(UnitState::Baking), false, None),
        "a stopped instance is not healthy"
    );
}

#[test]
fn times_are_the_servers() {
    let prepared = report(ReportEvent::Prepared { fetched_bytes: 9 });
    let change = fold(&view(UnitState::Preparing, Grant::Prepare), &prepared, at(100));
    assert_eq!((change.prepared_at, change.fetched_bytes), (Some(at(100)), Some(9)));
    let change = fold(&view(UnitState::Switching, Grant::Switch), &report(ReportEvent::Validated), at(100));
    assert_eq!(change.validated_at, Some(at(100)));
}

#[test]
fn steps_are_shown_and_their_failure_told() {
    let outcome = StepOutcome::Failed { message: "exit code 1".to_owned() };
    let event = ReportEvent::StepFinished { index: 4, step: StepKind::Start, outcome, millis: 12 };
    let change = fold(&view(UnitState::Switching, Grant::Switch), &report(event), at(100));
    assert_eq!((change.step, change.state), (Some(StepKind::Start), None));
    assert_eq!(change.failure.unwrap().message, "exit code 1");
}

#[test]
fn what_was_folded_or_has_ended_changes_nothing() {
    let switching = view(UnitState::Switching, Grant::Switch);
    let old = Report { sequence: 3, ..report(ReportEvent::Validated) };
    assert!(fold(&switching, &old, at(100)).is_empty());
    let ended = AttemptView { attempt_open: false, ..switching };
    assert!(fold(&ended, &report(ReportEvent::Validated), at(100)).is_empty());
}

#[test]
fn an_earlier_epoch_only_ends_its_attempt() {
    let switching = view(UnitState::Switching, Grant::Switch);
    let change = fold(&switching, &Report { epoch: 1, ..report(failed(Aftermath::Broken)) }, at(100));
    assert_eq!(change, UnitChange { sequence: Some(4), attempt_ended: true, ..UnitChange::default() });
}

#[test]
fn terminal_states_stay() {
    for state in [UnitState::Succeeded, UnitState::Failed, UnitState::Cancelled, UnitState::Skipped] {
        for event in [ReportEvent::Validated, failed(Aftermath::Broken), unknown(), finished(AttemptResult::Succeeded)]
        {
            let ends = matches!(event, ReportEvent::Finished { .. });
            let change = fold(&view(state, Grant::Cancel), &report(event), at(100));
            assert_eq!(change, UnitChange { sequence: Some(4), attempt_ended: ends, ..UnitChange::default() });
        }
    }
}

#[test]
fn a_late_report_does_not_undo_a_later_grant() {
    let prepared = report(ReportEvent::Prepared { fetched_bytes: 9 });
    assert_eq!(fold(&view(UnitState::Switching, Grant::Switch), &prepared, at(100)).state, None);
    let validated = report(ReportEvent::Validated);
    assert_eq!(fold(&view(UnitState::Restoring, Grant::Restore), &validated, at(100)).state, None);
}
