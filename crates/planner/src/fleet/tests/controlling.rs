use packhorse_model::deployment::UnitState::{
    Baking, Cancelled, Failed, Pending, Prepared, Restoring, Succeeded, Switching, Unknown,
};
use packhorse_model::deployment::{BatchKind, DeploymentState, Direction, Plan};
use packhorse_model::order::Aftermath;
use packhorse_model::strategy::{OnFailure, Pause};

use super::*;

fn apply(state: &mut FleetState, transitions: &[Transition]) {
    for transition in transitions {
        state.apply(transition, at(30));
    }
}

#[test]
fn a_word_lets_one_batch_go_however_often_it_is_said() {
    let mut state = fleet(&[&[Switching], &[Pending], &[Pending]]);
    let refused = |state: &FleetState, batch| promote(state, batch).unwrap_err().to_string();
    insta::assert_snapshot!(refused(&state, None), @"batch 2 begins by itself when those before it are at their end");
    state.strategy.pause = Pause::BetweenBatches;
    insta::assert_snapshot!(refused(&state, Some(2)), @"the next batch is 2");
    insta::assert_snapshot!(refused(&state, Some(9)), @"the next batch is 2");
    assert_eq!(promote(&state, Some(0)), Ok(Vec::new()), "it has begun");
    assert_eq!(promote(&state, Some(1)), Ok(vec![Transition::Promote { below: 2 }]));
    let word = promote(&state, None).unwrap();
    apply(&mut state, &word);
    assert_eq!(promote(&state, None), Ok(Vec::new()), "it may go already");
    assert_eq!(skip_ahead(&state, None), Ok(vec![Transition::SkipAhead { below: 2 }]));
    let begun = fleet(&[&[Succeeded], &[Switching]]);
    insta::assert_snapshot!(refused(&begun, None), @"every batch of the deployment has begun");
    state.state = DeploymentState::Aborting;
    insta::assert_snapshot!(refused(&state, None), @"the deployment does not go on: only one that is running or paused can be let go further, or changed");
}

#[test]
fn what_asks_goes_on_by_one_word() {
    let mut state = fleet(&[&[Failed, Prepared, Switching], &[Pending]]);
    state.strategy.on_failure = OnFailure::Ask;
    state.batches[0][0].aftermath = Some(Aftermath::Restored);
    insta::assert_snapshot!(shown(&state, 30), @r#"
    Running -> Halted
    web-2 Prepared -> Cancelled, may Cancel
    waits: Answer { failed: ["web-1"] }
    waits: Switching { hosts: ["web-3"] }
    "#);
    let halting = step(&state, at(30)).transitions;
    apply(&mut state, &halting);
    let word = promote(&state, None).unwrap();
    apply(&mut state, &word);
    let states: Vec<UnitState> = state.batches[0].iter().map(|unit| unit.state).collect();
    assert_eq!(
        (state.state, states.as_slice()),
        (DeploymentState::Running, &[UnitState::Skipped, Pending, Switching][..])
    );
    state.batches[0][1].state = Restoring;
    state.state = DeploymentState::Halted;
    assert!(promote(&state, None).is_err(), "the way back has to end first");
    state.strategy.on_failure = OnFailure::Stop;
    assert!(promote(&state, None).is_err(), "who wants it to stop says what becomes of the failed host");
}

#[test]
fn a_halted_deployment_is_resumed_only_if_nothing_holds_it() {
    let mut state = fleet(&[&[Succeeded], &[Pending]]);
    state.state = DeploymentState::Halted;
    assert_eq!(resume(&state).unwrap().len(), 1);
    state.batches[0][0].state = Cancelled;
    assert_eq!(resume(&state), Err(ControlError::HasFailed));
}

#[test]
fn only_what_has_not_begun_is_put_in_other_batches() {
    let hosts = (1..=9).map(|number| host(number, Some(instance("1.0.0")))).collect();
    let inventory = Inventory { target: Some(version("1.0.1")), availability: Availability::Everywhere, hosts };
    let strategy = Strategy { canary: 1, batch: "2".parse().unwrap(), ..Strategy::default() };
    let planned =
        plan(&spec(Action::Deploy, Some("1.0.1"), strategy.clone()), &inventory, &mut numbered_units()).unwrap();
    let mut state = fresh(&planned, &strategy);
    let plan = Plan { id: id(1), parent: None, direction: Direction::Forward, batches: planned.batches };
    let sizes = |plan: &Plan| plan.batches.iter().map(|batch| batch.units.len()).collect::<Vec<_>>();
    let resized = |state: &FleetState, batch: &str| resize(&plan, state, Some(&batch.parse().unwrap()), id(2));
    assert_eq!(sizes(&plan), [1, 2, 2, 2, 2]);
    assert_eq!(sizes(&resized(&state, "50%").unwrap()), [1, 4, 4], "the canary stays");
    state.batches[1][1].epoch = 1;
    let next = resized(&state, "100%").unwrap();
    assert_eq!(sizes(&next), [1, 2, 6]);
    assert_eq!((next.parent, next.batches[2].kind), (Some(id(1)), BatchKind::Rolling));
    let units = |plan: &Plan| plan.batches.iter().flat_map(|batch| batch.units.clone()).collect::<Vec<_>>();
    assert_eq!(units(&next), units(&plan), "the same units in the same order");
    assert_eq!(sizes(&resize(&plan, &state, None, id(2)).unwrap()), sizes(&plan));
    state.batches[4][0].epoch = 1;
    assert_eq!(resized(&state, "1"), Err(ControlError::NoBatchLeft));
    state.state = DeploymentState::RollingBack;
    assert_eq!(resized(&state, "1"), Err(ControlError::NotRunning));
}

#[test]
fn force_supersedes_what_is_open() {
    let mut state = fleet(&[&[Unknown, Succeeded], &[Pending]]);
    state.batches[0][0].reach = Reach::Unreachable;
    state.strategy.max_unavailable = Some("1".parse().unwrap());
    assert!(retry(&state, &[name(1)]).is_err());
    let word = force(&state, &[name(1)]).unwrap();
    apply(&mut state, &word);
    assert_eq!(state.state, DeploymentState::Running);
    insta::assert_snapshot!(shown(&state, 30), @r#"waits: Unreachable { hosts: ["web-1"] }"#);
    // Until the host has come to the end of what was superseded it may be down, whatever it says.
    state.batches[0][0].reach = Reach::Online;
    assert_eq!(state.down(&[0]).len(), 1);
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1 admitted, epoch 2
    waits: Preparing { hosts: ["web-1"] }
    "#);
    insta::assert_snapshot!(force(&state, &[name(2)]).unwrap_err(), @"the deployment is not held by a failure, and none is tolerated, so there is nothing to decide");
}

#[test]
fn a_person_says_what_became_of_a_host() {
    let mut state = fleet(&[&[Unknown, Cancelled, Baking], &[Pending]]);
    state.state = DeploymentState::Halted;
    state.batches[0][0].attempt_open = false;
    let unit = state.batches[0][0].unit;
    let mut well = state.clone();
    apply(&mut well, &confirm(&state, unit, Found::Succeeded, "").unwrap());
    assert_eq!(well.state, DeploymentState::Running, "nothing holds it any more");
    assert_eq!((well.batches[0][0].state, well.batches[0][1].state), (Succeeded, Pending));
    let word = confirm(&state, unit, Found::Failed(Aftermath::Broken), "no process").unwrap();
    apply(&mut state, &word);
    assert_eq!((state.state, state.batches[0][0].state), (DeploymentState::Halted, Failed));
    assert_eq!(state.batches[0][0].aftermath, Some(Aftermath::Broken));
    assert_eq!(confirm(&state, unit, Found::Succeeded, ""), Err(RetryError::NotUnknown(name(1))));
    // Where an attempt is open, it is superseded: what its host tells later does not count.
    let mut open = fleet(&[&[Unknown]]);
    open.batches[0][0].reach = Reach::Unreachable;
    assert_eq!(
        confirm(&open, open.batches[0][0].unit, Found::Succeeded, "").unwrap()[0],
        Transition::Supersede { unit }
    );
    open.state = DeploymentState::Aborted;
    assert!(confirm(&open, unit, Found::Succeeded, "").is_ok(), "also where the deployment has ended");
}

#[test]
fn what_is_tolerated_is_tried_again_beside_the_others() {
    let mut state = fleet(&[&[Failed, Succeeded], &[Switching]]);
    state.strategy.error_threshold = Some("1".parse().unwrap());
    let word = retry(&state, &[]).unwrap();
    apply(&mut state, &word);
    assert_eq!(state.state, DeploymentState::Running);
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1 admitted, epoch 2
    waits: Preparing { hosts: ["web-1"] }
    waits: Switching { hosts: ["web-3"] }
    "#);
}
