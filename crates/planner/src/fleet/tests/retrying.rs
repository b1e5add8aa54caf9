use packhorse_model::deployment::DeploymentState;
use packhorse_model::deployment::UnitState::{Cancelled, Failed, Pending, Prepared, Restoring, Succeeded, Unknown};
use packhorse_model::order::{Aftermath, Health};
use packhorse_model::strategy::OnFailure;

use super::*;

#[test]
fn a_retry_takes_what_failed() {
    let mut state = fleet(&[&[Failed, Cancelled, Unknown, Succeeded], &[Pending]]);
    state.state = DeploymentState::Halted;
    state.batches[0][2].attempt_open = false;
    let transitions = retry(&state, &[]).unwrap();
    for transition in &transitions {
        state.apply(transition, at(30));
    }
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1 admitted, epoch 2
    web-2 admitted, epoch 2
    web-3 admitted, epoch 2
    waits: Preparing { hosts: ["web-1", "web-2", "web-3"] }
    "#);
}

#[test]
fn a_retry_is_refused_with_a_reason() {
    let mut state = fleet(&[&[Failed, Unknown, Succeeded]]);
    let error = |state: &FleetState, hosts: &[HostName]| retry(state, hosts).unwrap_err().to_string();
    let running = fleet(&[&[Unknown, Succeeded]]);
    insta::assert_snapshot!(error(&running, &[]), @"the deployment is not held by a failure, and none is tolerated, so there is nothing to decide");
    state.state = DeploymentState::Aborting;
    insta::assert_snapshot!(error(&state, &[]), @"the deployment is not held by a failure, and none is tolerated, so there is nothing to decide");
    state.state = DeploymentState::Halted;
    state.batches[0][1].reach = Reach::Unreachable;
    insta::assert_snapshot!(error(&state, &[name(2)]), @"web-2 is not heard of, and its last attempt has not ended: bring the host back, or remove it");
    insta::assert_snapshot!(error(&state, &[name(3)]), @"web-3 is not a host at which this deployment failed, was cancelled or is unknown");
    assert_eq!(retry(&state, &[]).unwrap().len(), 2, "what is not heard of is left to settle by itself");
    assert_eq!(retry(&state, &[name(1)]), retry(&state, &[]));
    state.batches[0][1].attempt_open = false;
    state.batches[0][1].state = Restoring;
    insta::assert_snapshot!(error(&state, &[]), @"web-2 is going back to the version before: wait until it is there");
    state.batches[0].truncate(0);
    insta::assert_snapshot!(error(&state, &[]), @"no unit of this deployment failed, was cancelled or is unknown");
}

#[test]
fn one_host_is_retried_while_others_stay_failed() {
    let mut state = fleet(&[&[Failed, Failed, Cancelled, Pending], &[Pending]]);
    state.state = DeploymentState::Halted;
    for unit in &mut state.batches[0][..3] {
        unit.epoch = 1;
    }
    for transition in retry(&state, &[name(1)]).unwrap() {
        state.apply(&transition, at(30));
    }
    assert_eq!(state.state, DeploymentState::Halted, "the other failure holds it");
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1 admitted, epoch 2
    waits: Decision { failed: ["web-2"] }
    waits: Preparing { hosts: ["web-1"] }
    "#);
    for transition in &step(&state, at(30)).transitions {
        state.apply(transition, at(30));
    }
    state.batches[0][0].state = UnitState::Prepared;
    insta::assert_snapshot!(shown(&state, 31), @r#"
    web-1 Prepared -> Switching, may Switch
    waits: Decision { failed: ["web-2"] }
    waits: Switching { hosts: ["web-1"] }
    "#);

    // The last one that failed takes along what was cancelled, and the deployment goes on.
    state.batches[0][0].state = Succeeded;
    for transition in retry(&state, &[name(2)]).unwrap() {
        state.apply(&transition, at(32));
    }
    assert_eq!(state.state, DeploymentState::Running);
    insta::assert_snapshot!(shown(&state, 32), @r#"
    web-2 admitted, epoch 2
    web-3 admitted, epoch 2
    web-4 admitted, epoch 1
    waits: Preparing { hosts: ["web-2", "web-3", "web-4"] }
    "#);
}

#[test]
fn a_host_that_is_tried_again_keeps_its_slot_until_it_has_proven_itself() {
    // It joined anew in the middle of its change, and nobody has told of its instance since.
    let mut state = fleet(&[&[Prepared, Unknown]]);
    state.strategy.max_unavailable = Some("1".parse().unwrap());
    state.strategy.on_failure = OnFailure::Ignore;
    let lost = &mut state.batches[0][1];
    (lost.attempt_open, lost.unproven, lost.health) = (false, true, Health::Unknown);
    for transition in retry(&state, &[name(2)]).unwrap() {
        state.apply(&transition, at(30));
    }
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-2 admitted, epoch 2
    waits: Preparing { hosts: ["web-2"] }
    "#);
    for transition in &step(&state, at(30)).transitions {
        state.apply(transition, at(30));
    }
    state.batches[0][1].state = Prepared;
    insta::assert_snapshot!(shown(&state, 31), @r#"
    web-2 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-2"] }
    waits: Slot { limit: 1, down: ["web-2"] }
    "#);
    // An inventory of the new joining is evidence, too.
    state.batches[0][1].health = Health::Healthy;
    insta::assert_snapshot!(shown(&state, 31), @r#"
    web-1 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1"] }
    waits: Slot { limit: 1, down: ["web-1"] }
    "#);
}

#[test]
fn what_was_down_before_its_turn_holds_nobody_up_unless_somebody_said_how_many_may_be() {
    let mut state = fleet(&[&[Prepared], &[Pending]]);
    (state.batches[1][0].unproven, state.batches[1][0].health) = (true, Health::Unknown);
    assert!(state.down(&[0]).is_empty());
    state.strategy.max_unavailable = Some("1".parse().unwrap());
    assert_eq!(state.down(&[0]).into_iter().collect::<Vec<_>>(), [name(2)]);
}

#[test]
fn what_waits_for_its_retry_is_cancelled_when_the_deployment_halts_again() {
    let mut state = fleet(&[&[Failed, Pending, Pending]]);
    state.batches[0][1].epoch = 1;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    Running -> Halted
    web-2 Pending -> Cancelled
    waits: Decision { failed: ["web-1"] }
    "#);
}

#[test]
fn a_host_that_is_left_out_holds_nothing_up_and_counts_as_down_while_it_is() {
    let mut state = fleet(&[&[Failed, Cancelled], &[Pending]]);
    state.state = DeploymentState::Halted;
    state.strategy.max_unavailable = Some("1".parse().unwrap());
    state.batches[0][0].aftermath = Some(Aftermath::Broken);
    state.batches[0][0].health = Health::Unhealthy;
    for transition in skip(&state, &[name(1)]).unwrap() {
        state.apply(&transition, at(30));
    }
    assert_eq!(state.state, DeploymentState::Running);
    assert!(state.batches[0].iter().all(|unit| unit.state == UnitState::Skipped));
    assert_eq!(state.down(&[1]).into_iter().collect::<Vec<_>>(), [name(1)]);
    assert!(may_have_changed(&state.batches[0][0]) && !may_have_changed(&state.batches[0][1]));
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-3 admitted, epoch 1
    waits: Preparing { hosts: ["web-3"] }
    "#);
}
