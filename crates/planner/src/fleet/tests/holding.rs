use packhorse_model::api::guard_rails::{Freeze, Lock};
use packhorse_model::deployment::DeploymentState;
use packhorse_model::guard::{FreezeSchedule, GuardedModule};
use packhorse_model::ids::DeploymentId;
use packhorse_model::topology::Environment;

use super::*;

use UnitState::{Baking, Pending, Prepared, Switching};

fn module(path: &str, environment: Environment) -> GuardedModule {
    GuardedModule { path: path.parse().unwrap(), environment }
}

fn waiting(number: usize) -> GuardedDeployment {
    GuardedDeployment {
        id: id::<DeploymentId>(number),
        state: DeploymentState::Running,
        beginning: Beginning::Ahead,
        not_before: None,
        approvals: 0,
        freezes: FreezeRule::Obeyed,
        modules: vec![module("Shop/Production/Web", Environment::Prod)],
    }
}

fn begun(number: usize) -> GuardedDeployment {
    GuardedDeployment { beginning: Beginning::Past, ..waiting(number) }
}

fn limits(approvals: u32, max_concurrent: Option<u32>) -> GuardRails {
    let limits = EnvironmentLimits { approvals, max_concurrent };
    GuardRails { environments: BTreeMap::from([(Environment::Prod, limits)]), ..GuardRails::default() }
}

fn lock(scope: &str) -> Lock {
    Lock {
        id: id(1),
        scope: scope.parse().unwrap(),
        message: "the database moves".to_owned(),
        created_by: "li".parse().unwrap(),
        created_at: at(0),
    }
}

fn freeze(scope: &str, from: i64, until: i64) -> Freeze {
    Freeze {
        name: "Year end".parse().unwrap(),
        scope: scope.parse().unwrap(),
        schedule: FreezeSchedule::Once { from: at(from), until: at(until) },
        message: String::new(),
        updated_by: "li".parse().unwrap(),
        updated_at: at(0),
        holds_until: None,
    }
}

/// Where the turn of a deployment stands.
fn ahead(rails: &GuardRails, of: &GuardedDeployment, others: &[GuardedDeployment]) -> Vec<DeploymentId> {
    match &rails.holds(of, others, at(0))[..] {
        [] => Vec::new(),
        [Hold::Turn { ahead, .. }] => ahead.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn while_something_holds_nothing_starts_and_what_switches_ends() {
    let mut state = fleet(&[&[Switching, Prepared, Pending], &[Pending]]);
    state.batches[0][2].epoch = 0;
    state.holds = vec![Hold::Freeze { name: "Year end".parse().unwrap(), message: String::new(), until: at(100) }];
    insta::assert_snapshot!(shown(&state, 0), @r#"
    waits: Freeze { name: "Year end", message: "", until: 1970-01-01T00:01:40Z }
    waits: Switching { hosts: ["web-1"] }
    "#);
    state.batches[0][0].state = Baking;
    insta::assert_snapshot!(shown(&state, 50).lines().next().unwrap(), @"web-1 Baking -> Retiring, may Retire");
    // What is being ended waits for no beginning.
    state.state = DeploymentState::Aborting;
    assert!(!shown(&state, 50).contains("Freeze"));
}

#[test]
fn the_way_back_waits_for_the_end_of_a_freeze() {
    let mut state = fleet(&[&[Pending]]);
    (state.state, state.direction) = (DeploymentState::RollingBack, Direction::Back);
    state.holds = vec![Hold::Freeze { name: "Year end".parse().unwrap(), message: String::new(), until: at(100) }];
    insta::assert_snapshot!(shown(&state, 0), @r#"waits: Freeze { name: "Year end", message: "", until: 1970-01-01T00:01:40Z }"#);
    state.holds.clear();
    assert!(shown(&state, 0).contains("admitted"));
}

#[test]
fn locks_and_freezes_hold_what_they_cover_also_half_way() {
    for (scope, holds) in [("global", true), ("business:Shop", true), ("environment:test", false)] {
        let rails = GuardRails { locks: vec![lock(scope)], ..GuardRails::default() };
        assert_eq!(!rails.holds(&begun(1), &[], at(0)).is_empty(), holds, "{scope}");
    }
    let rails = GuardRails { freezes: vec![freeze("system:Shop/Production", 10, 20)], ..GuardRails::default() };
    assert!(rails.holds(&begun(1), &[], at(9)).is_empty());
    insta::assert_debug_snapshot!(rails.holds(&begun(1), &[], at(10)), @r#"
    [
        Freeze {
            name: "Year end",
            message: "",
            until: 1970-01-01T00:00:20Z,
        },
    ]
    "#);
    assert!(rails.holds(&begun(1), &[], at(20)).is_empty());
    let overridden = GuardedDeployment { freezes: FreezeRule::Overridden, ..begun(1) };
    assert!(rails.holds(&overridden, &[], at(10)).is_empty());
}

#[test]
fn approval_and_schedule_hold_the_beginning_alone() {
    let rails = limits(2, None);
    let mut deployment = GuardedDeployment { approvals: 1, not_before: Some(at(60)), ..waiting(1) };
    assert_eq!(
        rails.holds(&deployment, &[], at(0)),
        [Hold::Approval { needed: 2, given: 1 }, Hold::Schedule { at: at(60) }]
    );
    deployment.approvals = 2;
    assert!(rails.holds(&deployment, &[], at(60)).is_empty());
    (deployment.approvals, deployment.beginning) = (0, Beginning::Past);
    assert!(rails.holds(&deployment, &[], at(0)).is_empty());
    // The strictest environment decides.
    let both = [module("Shop/Test/Web", Environment::Test), module("Shop/Production/Web", Environment::Prod)];
    assert_eq!(rails.approvals_needed(&both), 2);
    assert_eq!(rails.approvals_needed(&both[..1]), 0);
}

#[test]
fn the_oldest_that_can_begin_goes_first() {
    let rails = limits(0, Some(1));
    assert_eq!(ahead(&rails, &waiting(2), &[waiting(1), waiting(3)]), [id(1)]);
    assert!(ahead(&rails, &waiting(1), &[waiting(2)]).is_empty());
    // One that has begun keeps its place, wherever it stands.
    let halted = GuardedDeployment { state: DeploymentState::Halted, ..begun(9) };
    assert_eq!(ahead(&rails, &waiting(1), std::slice::from_ref(&halted)), [id(9)]);
    assert!(ahead(&rails, &halted, &[waiting(1)]).is_empty());
    // One that is held by something else lets younger ones pass.
    let scheduled = GuardedDeployment { not_before: Some(at(60)), ..waiting(1) };
    let paused = GuardedDeployment { state: DeploymentState::Paused, ..waiting(1) };
    assert!(ahead(&rails, &waiting(2), &[scheduled]).is_empty());
    assert!(ahead(&rails, &waiting(2), &[paused]).is_empty());
    // Other businesses and environments have turns of their own.
    let elsewhere = |path, environment| GuardedDeployment { modules: vec![module(path, environment)], ..begun(1) };
    assert!(ahead(&rails, &waiting(2), &[elsewhere("Bank/Production/Web", Environment::Prod)]).is_empty());
    assert!(ahead(&rails, &waiting(2), &[elsewhere("Shop/Test/Web", Environment::Test)]).is_empty());
    assert_eq!(ahead(&rails, &waiting(2), &[elsewhere("Shop/Production/Db", Environment::Prod)]), [id(1)]);
    let two = limits(0, Some(2));
    assert!(ahead(&two, &waiting(3), &[begun(1)]).is_empty());
    assert_eq!(ahead(&two, &waiting(3), &[begun(1), waiting(2)]), [id(1), id(2)]);
}
