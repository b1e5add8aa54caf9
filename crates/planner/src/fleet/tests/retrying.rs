use packhorse_model::deployment::DeploymentState;
use packhorse_model::deployment::UnitState::{Cancelled, Failed, Pending, Restoring, Succeeded, Unknown};

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
    insta::assert_snapshot!(error(&state, &[]), @"the deployment is not halted by a failure, so there is nothing to retry");
    state.state = DeploymentState::Halted;
    state.batches[0][1].reach = Reach::Unreachable;
    insta::assert_snapshot!(error(&state, &[name(2)]), @"web-2 is not heard of, and its last attempt has not ended: bring the host back, or remove it");
    insta::assert_snapshot!(error(&state, &[name(3)]), @"web-3 is not a host at which this deployment failed, was cancelled or is unknown");
    assert_eq!(retry(&state, &[]).unwrap().len(), 2, "what is not heard of is left to settle by itself");
    assert_eq!(retry(&state, &[name(1)]), retry(&state, &[]));
    state.batches[0][1].attempt_open = false;
    insta::assert_snapshot!(error(&state, &[name(1)]), @"web-2 failed as well: retry it too, roll back, or abort and deploy to fewer hosts");
    state.batches[0][1].state = Restoring;
    insta::assert_snapshot!(error(&state, &[]), @"web-2 is going back to the version before: wait until it is there");
    state.batches[0].truncate(0);
    insta::assert_snapshot!(error(&state, &[]), @"no unit of this deployment failed, was cancelled or is unknown");
}
