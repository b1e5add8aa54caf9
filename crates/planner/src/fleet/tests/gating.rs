use packhorse_model::deployment::UnitState::{
    Baking, Failed, Pending, Prepared, Preparing, Restoring, Skipped, Succeeded, Switching, Unknown,
};
use packhorse_model::deployment::{BatchKind, DeploymentState};
use packhorse_model::order::Aftermath;
use packhorse_model::strategy::{OnFailure, Pause};

use super::*;

fn apply(state: &mut FleetState, transitions: &[Transition], second: i64) {
    for transition in transitions {
        state.apply(transition, at(second));
    }
}

#[test]
fn a_pause_waits_for_a_word_behind_the_canary_or_every_batch() {
    let mut state = fleet(&[&[Succeeded], &[Pending], &[Pending]]);
    state.kinds[0] = BatchKind::Canary;
    state.strategy.pause = Pause::AfterCanary;
    insta::assert_snapshot!(shown(&state, 0), @"waits: Promote { batch: 1 }");
    let word = promote(&state, None).unwrap();
    apply(&mut state, &word, 0);
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-2 admitted, epoch 1
    waits: Preparing { hosts: ["web-2"] }
    "#);
    let mut second = fleet(&[&[Succeeded], &[Succeeded], &[Pending]]);
    second.strategy.pause = Pause::AfterCanary;
    second.kinds[0] = BatchKind::Canary;
    insta::assert_snapshot!(shown(&second, 0), @r#"
    web-3 admitted, epoch 1
    waits: Preparing { hosts: ["web-3"] }
    "#);
    second.strategy.pause = Pause::BetweenBatches;
    second.promoted = 2;
    insta::assert_snapshot!(shown(&second, 0), @"waits: Promote { batch: 2 }");
    second.state = DeploymentState::Paused;
    insta::assert_snapshot!(shown(&second, 0), @"waits: Resume");
}

#[test]
fn a_pause_may_end_by_itself() {
    let mut state = fleet(&[&[Succeeded, Skipped], &[Pending]]);
    state.strategy.pause_seconds = 60;
    state.batches[0][0].changed_at = Some(at(100));
    insta::assert_snapshot!(shown(&state, 159), @"waits: Pause { batch: 1, until: 1970-01-01T00:02:40Z }");
    insta::assert_snapshot!(shown(&state, 160), @r#"
    web-3 admitted, epoch 1
    waits: Preparing { hosts: ["web-3"] }
    "#);
    let word = promote(&state, Some(1)).unwrap();
    apply(&mut state, &word, 110);
    assert_eq!(state.active(at(110)), [1], "a word ends it");
}

#[test]
fn failures_within_the_thresholds_do_not_hold_it() {
    let mut state = fleet(&[&[Succeeded, Failed], &[Pending, Pending]]);
    state.batches[0][1].aftermath = Some(Aftermath::Restored);
    let goes_on = |change: &dyn Fn(&mut FleetState)| {
        let mut state = state.clone();
        change(&mut state);
        let moves = step(&state, at(0)).transitions;
        moves.iter().all(|transition| matches!(transition, Transition::Admit { .. }))
    };
    assert!(!goes_on(&|_| ()), "no threshold tolerates nothing");
    assert!(goes_on(&|state| state.strategy.error_threshold = Some("1".parse().unwrap())));
    assert!(goes_on(&|state| state.strategy.error_threshold = Some("25%".parse().unwrap())));
    assert!(!goes_on(&|state| state.strategy.error_threshold = Some("24%".parse().unwrap())));
    assert!(goes_on(&|state| state.strategy.success_threshold = Some("50".parse().unwrap())));
    assert!(!goes_on(&|state| state.strategy.success_threshold = Some("51".parse().unwrap())));
    let both = |state: &mut FleetState| {
        state.strategy.success_threshold = Some("51".parse().unwrap());
        state.strategy.error_threshold = Some("1".parse().unwrap());
    };
    assert!(!goes_on(&both), "what is set has to hold, all of it");
    let canary = |state: &mut FleetState| {
        state.kinds[0] = BatchKind::Canary;
        state.strategy.error_threshold = Some("1".parse().unwrap());
    };
    assert!(!goes_on(&canary), "the canary succeeds wholly");
    let ignored = |state: &mut FleetState| {
        canary(state);
        state.strategy.on_failure = OnFailure::Ignore;
    };
    assert!(goes_on(&ignored));
}

#[test]
fn it_ends_in_part_when_tolerated_hosts_stay_failed() {
    let mut state = fleet(&[&[Succeeded, Failed], &[Succeeded, Skipped]]);
    state.strategy.error_threshold = Some("1".parse().unwrap());
    insta::assert_snapshot!(shown(&state, 0), @"Running -> PartlySucceeded");
    state.batches[0][1].state = Restoring;
    state.batches[0][1].attempt_open = true;
    insta::assert_snapshot!(shown(&state, 0), @r#"waits: Switching { hosts: ["web-2"] }"#);
    state.batches[0][1].state = Succeeded;
    state.batches[0][1].attempt_open = false;
    insta::assert_snapshot!(shown(&state, 0), @"Running -> Succeeded");
}

#[test]
fn a_tolerated_host_that_has_nothing_that_works_takes_a_slot_only_if_slots_are_counted() {
    let mut state = fleet(&[&[Failed], &[Prepared]]);
    state.strategy.error_threshold = Some("1".parse().unwrap());
    state.batches[0][0].aftermath = Some(Aftermath::Broken);
    state.batches[0][0].health = Health::Unhealthy;
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-2 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-2"] }
    "#);
    state.strategy.max_unavailable = Some("1".parse().unwrap());
    insta::assert_snapshot!(shown(&state, 0), @r#"waits: Slot { limit: 1, down: ["web-1"] }"#);
}

#[test]
fn a_batch_goes_ahead_by_a_persons_word() {
    let mut state = fleet(&[&[Baking, Switching], &[Pending], &[Pending]]);
    state.strategy.pause = Pause::BetweenBatches;
    let word = skip_ahead(&state, None).unwrap();
    apply(&mut state, &word, 0);
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-3 admitted, epoch 1
    waits: Preparing { hosts: ["web-3"] }
    waits: Switching { hosts: ["web-2"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
    state.batches[1][0].state = Prepared;
    state.batches[1][0].epoch = 1;
    state.batches[1][0].attempt_open = true;
    state.strategy.max_unavailable = Some("1".parse().unwrap());
    insta::assert_snapshot!(shown(&state, 30), @r#"
    waits: Switching { hosts: ["web-2"] }
    waits: Slot { limit: 1, down: ["web-2"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
}

#[test]
fn what_stands_still_is_answered_as_a_failure() {
    let mut state = fleet(&[&[Switching, Preparing, Baking], &[Pending]]);
    state.strategy.progress_seconds = Some(20);
    state.strategy.bake_seconds = 60;
    insta::assert_snapshot!(shown(&state, 19), @r#"
    waits: Preparing { hosts: ["web-2"] }
    waits: Switching { hosts: ["web-1"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:01:20Z }
    "#);
    insta::assert_snapshot!(shown(&state, 20), @r#"
    Running -> Halted
    web-2 Preparing -> Cancelled, may Cancel
    waits: Decision { failed: ["web-2"] }
    waits: Switching { hosts: ["web-1"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:01:20Z }
    "#);
    state.batches[0].truncate(1);
    insta::assert_snapshot!(shown(&state, 20), @r#"
    Running -> Halted
    waits: Decision { failed: ["web-1"] }
    waits: Switching { hosts: ["web-1"] }
    "#);
    // When it has got on after all, a word is enough.
    state.state = DeploymentState::Halted;
    state.batches[0][0].state = Succeeded;
    state.batches[0][0].changed_at = Some(at(30));
    insta::assert_snapshot!(shown(&state, 31), @"waits: Resume");
    let word = resume(&state).unwrap();
    apply(&mut state, &word, 31);
    insta::assert_snapshot!(shown(&state, 31), @r#"
    web-4 admitted, epoch 1
    waits: Preparing { hosts: ["web-4"] }
    "#);
}

#[test]
fn neither_a_bake_nor_a_pause_stands_still_but_a_host_out_of_reach_does() {
    let mut state = fleet(&[&[Baking], &[Pending]]);
    state.strategy.progress_seconds = Some(1);
    state.strategy.bake_seconds = 600;
    assert_eq!(step(&state, at(100)).transitions, []);
    state.batches[0][0].state = Succeeded;
    state.strategy.pause = Pause::BetweenBatches;
    assert_eq!(step(&state, at(100)).transitions, []);
    state.promoted = 2;
    state.batches[1][0].reach = Reach::Unreachable;
    insta::assert_snapshot!(shown(&state, 100), @r#"
    Running -> Halted
    waits: Decision { failed: ["web-2"] }
    "#);
    state.strategy.on_failure = OnFailure::Ignore;
    insta::assert_snapshot!(shown(&state, 100), @r#"waits: Unreachable { hosts: ["web-2"] }"#);
    // A host that has not begun may be left out.
    state.strategy.on_failure = OnFailure::Stop;
    state.state = DeploymentState::Halted;
    let word = skip(&state, &[name(2)]).unwrap();
    apply(&mut state, &word, 100);
    insta::assert_snapshot!(shown(&state, 100), @"Running -> Succeeded");
}

#[test]
fn ignoring_failures_goes_on_beside_what_nobody_knows() {
    let mut state = fleet(&[&[Unknown], &[Pending]]);
    state.strategy.on_failure = OnFailure::Ignore;
    state.batches[0][0].attempt_open = false;
    insta::assert_snapshot!(shown(&state, 0), @r#"
    web-2 admitted, epoch 1
    waits: Preparing { hosts: ["web-2"] }
    "#);
}
