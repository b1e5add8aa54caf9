use packhorse_model::deployment::{DeploymentState, Direction, UnitState, Waiting};
use packhorse_model::order::{Aftermath, Grant, UnitAction};
use packhorse_model::strategy::OnFailure;

use super::*;

use UnitState::{
    Baking, Cancelled, Failed, Pending, Prepared, Preparing, Restoring, Retiring, Skipped, Succeeded, Switching,
    Unknown,
};

const STATES: [DeploymentState; 11] = [
    DeploymentState::Running,
    DeploymentState::Paused,
    DeploymentState::Halted,
    DeploymentState::RollingBack,
    DeploymentState::Aborting,
    DeploymentState::Succeeded,
    DeploymentState::PartlySucceeded,
    DeploymentState::RolledBack,
    DeploymentState::Aborted,
    DeploymentState::Failed,
    DeploymentState::Superseded,
];

#[test]
fn a_batch_goes_from_admission_to_success() {
    insta::assert_snapshot!(shown(&fleet(&[&[Pending, Pending], &[Pending]]), 0), @r#"
    web-1 admitted, epoch 1
    web-2 admitted, epoch 1
    waits: Preparing { hosts: ["web-1", "web-2"] }
    "#);
    insta::assert_snapshot!(shown(&fleet(&[&[Prepared, Preparing], &[Pending]]), 0), @r#"waits: Preparing { hosts: ["web-2"] }"#);
    insta::assert_snapshot!(shown(&fleet(&[&[Prepared, Prepared], &[Pending]]), 0), @r#"
    web-1 Prepared -> Switching, may Switch
    web-2 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1", "web-2"] }
    "#);
    insta::assert_snapshot!(shown(&fleet(&[&[Baking, Baking], &[Pending]]), 49), @"waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }");
    insta::assert_snapshot!(shown(&fleet(&[&[Baking, Baking], &[Pending]]), 50), @r#"
    web-1 Baking -> Retiring, may Retire
    web-2 Baking -> Retiring, may Retire
    waits: Switching { hosts: ["web-1", "web-2"] }
    "#);
    insta::assert_snapshot!(shown(&fleet(&[&[Succeeded, Skipped], &[Pending]]), 60), @r#"
    web-3 admitted, epoch 1
    waits: Preparing { hosts: ["web-3"] }
    "#);
    insta::assert_snapshot!(shown(&fleet(&[&[Succeeded, Succeeded], &[Succeeded]]), 60), @"Running -> Succeeded");
    insta::assert_snapshot!(shown(&fleet(&[]), 0), @"Running -> Succeeded");
}

#[test]
fn only_so_many_go_at_a_time() {
    let mut state = fleet(&[&[Prepared, Prepared, Prepared, Prepared]]);
    state.strategy.max_unavailable = Some("50%".parse().unwrap());
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-1 Prepared -> Switching, may Switch
    web-2 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1", "web-2"] }
    waits: Slot { limit: 2, down: ["web-1", "web-2"] }
    "#);
    state.down_elsewhere.insert("web-9".parse().unwrap());
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-1 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1"] }
    waits: Slot { limit: 2, down: ["web-1", "web-9"] }
    "#);
    // One that is down already takes no further slot, and is not made worse.
    state.batches[0][2].health = Health::Unhealthy;
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-3 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-3"] }
    waits: Slot { limit: 2, down: ["web-3", "web-9"] }
    "#);
}

#[test]
fn a_slot_is_kept_until_there_is_evidence() {
    let is_down = |state, aftermath, change: &dyn Fn(&mut UnitView)| {
        let mut fleet = fleet(&[&[state]]);
        let unit = &mut fleet.batches[0][0];
        unit.aftermath = aftermath;
        unit.health = Health::Unknown;
        change(unit);
        !fleet.down(&[0]).is_empty()
    };
    for state in [Switching, Restoring, Unknown] {
        assert!(is_down(state, None, &|_| ()), "{state:?}");
        assert!(is_down(state, None, &|unit| unit.health = Health::Healthy), "{state:?}, whatever was told before");
    }
    for state in [Pending, Preparing, Prepared, Baking, Retiring, Succeeded, Cancelled, Skipped] {
        assert!(!is_down(state, None, &|_| ()), "{state:?}");
    }
    // Of an attempt that nothing more is told of, the host tells by the health of its instance.
    assert!(is_down(Unknown, None, &|unit| unit.attempt_open = false));
    let healthy = |unit: &mut UnitView| {
        unit.attempt_open = false;
        unit.health = Health::Healthy;
    };
    assert!(!is_down(Unknown, None, &healthy));
    assert!(is_down(Failed, Some(Aftermath::Broken), &|_| ()));
    assert!(!is_down(Failed, Some(Aftermath::Broken), &healthy));
    assert!(!is_down(Failed, Some(Aftermath::Restored), &|_| ()));
    assert!(is_down(Succeeded, None, &|unit| unit.reach = Reach::Unreachable));
    let stopped = |unit: &mut UnitView| {
        unit.action = UnitAction::Stop;
        unit.reach = Reach::Unreachable;
    };
    assert!(!is_down(Succeeded, None, &stopped), "what is meant to be stopped is not down");
}

#[test]
fn a_person_stops_scripts_in_their_middle() {
    let mut state = fleet(&[&[Succeeded, Switching, Prepared, Unknown], &[Pending]]);
    state.batches.iter_mut().flatten().for_each(|unit| unit.action = UnitAction::Run);
    state.batches[0][3].reach = Reach::Unreachable;
    state.state = DeploymentState::Aborting;
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-2 Switching -> Switching, may Cancel
    web-3 Prepared -> Cancelled, may Cancel
    web-5 Pending -> Cancelled
    waits: Unreachable { hosts: ["web-4"] }
    waits: Switching { hosts: ["web-2"] }
    "#);
    for transition in step(&state, at(0)).transitions {
        state.apply(&transition, at(0));
    }
    // It is said once; a host that is back is told, and one that was told and is back is what it was.
    state.batches[0][1].state = Unknown;
    state.batches[0][3].reach = Reach::Online;
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-2 Unknown -> Switching
    web-4 Unknown -> Switching
    web-4 Switching -> Switching, may Cancel
    waits: Switching { hosts: ["web-2", "web-4"] }
    "#);
    // Whatever else changes over is brought to its end.
    state.batches[0][1].action = UnitAction::Install;
    state.batches[0][1].grant = Grant::Switch;
    assert!(!shown(&state, 0).contains("web-2 Switching -> Switching"));
}

#[test]
fn a_slot_of_an_earlier_plan_is_kept_until_the_way_back_has_proven_itself() {
    let mut state = fleet(&[&[Prepared, Prepared]]);
    state.state = DeploymentState::RollingBack;
    state.direction = Direction::Back;
    state.strategy.max_unavailable = Some("1".parse().unwrap());
    let mut former = fleet(&[&[Unknown]]).batches.remove(0);
    former[0].unit = id(77);
    former[0].host_name = name(2);
    former[0].attempt_open = false;
    former[0].health = Health::Unknown;
    state.former = former;
    insta::assert_snapshot!(shown(&state, 20), @r#"
    web-2 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-2"] }
    waits: Slot { limit: 1, down: ["web-2"] }
    "#);
    state.batches[0][1].state = Succeeded;
    insta::assert_snapshot!(shown(&state, 20), @r#"
    web-1 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1"] }
    "#);
}

#[test]
fn hosts_that_were_down_before_count_only_if_someone_said_how_many_may_be() {
    let mut state = fleet(&[&[Prepared], &[Pending]]);
    state.batches[1][0].health = Health::Unhealthy;
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-1 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1"] }
    "#);
    state.strategy.max_unavailable = Some("1".parse().unwrap());
    insta::assert_snapshot!(shown(&state, 0), @r#"waits: Slot { limit: 1, down: ["web-2"] }"#);
    let mut later = fleet(&[&[Succeeded], &[Prepared]]);
    later.batches[0][0].health = Health::Unhealthy;
    insta::assert_snapshot!(shown(&later, 0), @r#"waits: Slot { limit: 1, down: ["web-1"] }"#);
}

#[test]
fn a_failure_halts_or_rolls_back() {
    let mut state = fleet(&[&[Failed, Prepared, Switching, Baking], &[Pending]]);
    state.batches[0][0].aftermath = Some(Aftermath::Restored);
    insta::assert_snapshot!(shown(&state, 30), @r#"
    Running -> Halted
    web-2 Prepared -> Cancelled, may Cancel
    waits: Decision { failed: ["web-1"] }
    waits: Switching { hosts: ["web-3"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
    state.strategy.on_failure = OnFailure::Rollback;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    Running -> RollingBack
    web-2 Prepared -> Cancelled, may Cancel
    web-4 Baking -> Retiring, may Retire
    web-5 Pending -> Cancelled
    waits: Switching { hosts: ["web-3", "web-4"] }
    "#);
    let mut settled = fleet(&[&[Failed, Cancelled, Succeeded, Succeeded], &[Cancelled]]);
    settled.batches[0][0].aftermath = Some(Aftermath::Restored);
    settled.state = DeploymentState::RollingBack;
    insta::assert_snapshot!(shown(&settled, 30), @"new plan, back");
    settled.batches[0][2].state = Cancelled;
    settled.batches[0][3].state = Cancelled;
    insta::assert_snapshot!(shown(&settled, 30), @"RollingBack -> RolledBack");
}

#[test]
fn a_bad_bake_goes_back() {
    let mut state = fleet(&[&[Baking, Baking], &[Pending]]);
    state.batches[0][1].health = Health::Unhealthy;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-2 Baking -> Restoring, may Restore
    Running -> Halted
    waits: Decision { failed: ["web-2"] }
    waits: Switching { hosts: ["web-2"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
}

#[test]
fn a_host_that_is_cut_off_is_unknown_until_it_is_back() {
    let mut state = fleet(&[&[Switching, Preparing], &[Pending]]);
    state.batches[0][0].reach = Reach::Unreachable;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1 Switching -> Unknown: the host is not heard of: what became of it is settled when it is back
    waits: Unreachable { hosts: ["web-1"] }
    waits: Preparing { hosts: ["web-2"] }
    "#);
    let mut back = fleet(&[&[Unknown, Unknown, Unknown], &[Pending]]);
    back.batches[0][1].grant = Grant::Prepare;
    back.batches[0][1].prepared_at = None;
    back.batches[0][2].validated_at = Some(at(20));
    insta::assert_snapshot!(shown(&back, 30), @r#"
    web-1 Unknown -> Switching
    web-2 Unknown -> Preparing
    web-3 Unknown -> Baking
    waits: Preparing { hosts: ["web-2"] }
    waits: Switching { hosts: ["web-1"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
}

#[test]
fn a_host_that_joined_anew_needs_a_decision() {
    let mut state = fleet(&[&[Switching, Prepared], &[Pending]]);
    for unit in &mut state.batches[0] {
        unit.reach = Reach::Replaced;
    }
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1 Switching -> Unknown: the host was removed or joined anew in the middle of the change: look at it, then retry or abort
    web-2 Prepared -> Failed, may Cancel: the host was removed or joined anew while it prepared: make a new plan
    Running -> Halted
    waits: Decision { failed: ["web-1", "web-2"] }
    "#);
}

#[test]
fn of_many_hosts_the_first_are_named() {
    let state = fleet(&[&[Preparing; 25]]);
    let said = shown(&state, 0);
    assert!(
        said.starts_with("waits: Preparing { hosts: [\"web-1\", \"web-2\"") && said.ends_with("\"web-20\"], more: 5 }"),
        "{said}"
    );
}

#[test]
fn a_unit_has_its_time_to_prepare() {
    let state = fleet(&[&[Preparing, Prepared]]);
    insta::assert_snapshot!(shown(&state, 599), @r#"waits: Preparing { hosts: ["web-1"] }"#);
    insta::assert_snapshot!(shown(&state, 600), @r#"
    web-1 Preparing -> Failed, may Cancel: the host was not ready within 600 s: look at its steps, then retry, or allow more time
    Running -> Halted
    web-2 Prepared -> Cancelled, may Cancel
    waits: Decision { failed: ["web-1"] }
    "#);
}

#[test]
fn pause_and_abort_start_nothing() {
    let mut state = fleet(&[&[Pending, Prepared, Switching, Baking], &[Pending]]);
    state.state = DeploymentState::Paused;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    waits: Resume
    waits: Switching { hosts: ["web-3"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
    state.state = DeploymentState::Aborting;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1 Pending -> Cancelled
    web-2 Prepared -> Cancelled, may Cancel
    web-4 Baking -> Retiring, may Retire
    web-5 Pending -> Cancelled
    waits: Switching { hosts: ["web-3", "web-4"] }
    "#);
    let mut state = fleet(&[&[Succeeded, Cancelled]]);
    state.state = DeploymentState::Aborting;
    insta::assert_snapshot!(shown(&state, 30), @"Aborting -> Aborted");
}

#[test]
fn the_way_back_has_no_bake_and_waits_for_nobody() {
    let mut state = fleet(&[&[Prepared, Preparing, Pending, Baking]]);
    state.state = DeploymentState::RollingBack;
    state.direction = Direction::Back;
    state.strategy.batch = "2".parse().unwrap();
    state.batches[0][2].reach = Reach::Unreachable;
    insta::assert_snapshot!(shown(&state, 20), @r#"
    web-4 Baking -> Retiring, may Retire
    web-1 Prepared -> Switching, may Switch
    waits: Unreachable { hosts: ["web-3"] }
    waits: Preparing { hosts: ["web-2"] }
    waits: Switching { hosts: ["web-1", "web-4"] }
    "#);
    let mut ended = fleet(&[&[Succeeded, Failed]]);
    ended.state = DeploymentState::RollingBack;
    ended.direction = Direction::Back;
    insta::assert_snapshot!(shown(&ended, 20), @"RollingBack -> Failed");
}

#[test]
fn units_of_an_earlier_plan_are_brought_to_their_end() {
    let mut state = fleet(&[&[Pending]]);
    state.state = DeploymentState::RollingBack;
    state.direction = Direction::Back;
    state.batches[0][0].occupied = true;
    let mut former = fleet(&[&[Pending, Baking]]).batches.remove(0);
    former.remove(0);
    former[0].unit = id(77);
    former[0].host_name = name(1);
    state.former = former;
    insta::assert_snapshot!(shown(&state, 20), @r#"
    web-1 Baking -> Retiring, may Retire
    waits: Switching { hosts: ["web-1"] }
    "#);
}

#[test]
fn what_has_ended_never_changes_and_starts_nothing() {
    for ended in STATES.into_iter().filter(|state| state.is_terminal()) {
        let mut state = fleet(&[&[Pending, Preparing, Prepared, Switching, Baking, Unknown]]);
        state.state = ended;
        for transition in step(&state, at(30)).transitions {
            let starts =
                matches!(transition, Transition::Unit { grant: Some(Grant::Switch), .. } | Transition::Admit { .. });
            assert!(
                !starts && !matches!(transition, Transition::Deployment { .. } | Transition::RollBack),
                "{transition:?}"
            );
        }
    }
}

#[test]
fn a_step_after_a_step_writes_nothing_whatever_the_state() {
    let units = [
        Pending, Preparing, Prepared, Switching, Baking, Restoring, Retiring, Succeeded, Failed, Unknown, Cancelled,
        Skipped,
    ];
    for state in STATES {
        for direction in [Direction::Forward, Direction::Back] {
            let goes_forward =
                matches!(state, DeploymentState::Running | DeploymentState::Paused | DeploymentState::Halted);
            if goes_forward && direction == Direction::Back {
                continue;
            }
            for a in units {
                for b in units {
                    for reach in [Reach::Online, Reach::Unreachable, Reach::Replaced] {
                        // The way back has one batch.
                        let mut fleet = match direction {
                            Direction::Forward => fleet(&[&[a], &[b]]),
                            Direction::Back => fleet(&[&[a, b]]),
                        };
                        fleet.state = state;
                        fleet.direction = direction;
                        fleet.batches[0][0].reach = reach;
                        let decision = step(&fleet, at(30));
                        for transition in &decision.transitions {
                            fleet.apply(transition, at(30));
                        }
                        let again = step(&fleet, at(30));
                        let is_new_plan = decision.transitions.contains(&Transition::RollBack);
                        assert!(
                            again.transitions.is_empty() || is_new_plan,
                            "{state:?} {direction:?} {a:?} {b:?} {reach:?}: {again:?}"
                        );
                        let names_why = fleet.state.is_terminal() || !again.waiting.is_empty() || is_new_plan;
                        assert!(names_why, "{state:?} {direction:?} {a:?} {b:?} {reach:?} waits for nothing");
                        let is_silent = fleet.state.is_terminal() && !fleet.all().any(UnitView::is_moving);
                        assert!(
                            !is_silent
                                || again
                                    .waiting
                                    .iter()
                                    .all(|w| !matches!(w, Waiting::Decision { .. } | Waiting::Resume))
                        );
                    }
                }
            }
        }
    }
}
