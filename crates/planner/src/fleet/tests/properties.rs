//! Whatever happens, in whatever order, the invariants hold, and when faults have healed the deployment ends.

use packhorse_model::deployment::{DeploymentState, Waiting};
use packhorse_model::strategy::{self, OnFailure, Pause};
use proptest::prelude::*;

use super::simulation::{Answer, Op, Shared, Simulation, Turn};

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![12 => Just(Turn::Well), 2 => Just(Turn::Fails), 1 => Just(Turn::Breaks), 1 => Just(Turn::Unknown)]
}

/// How many packages hosts get, and whether a database goes before them.
fn packages() -> impl Strategy<Value = (usize, Shared)> {
    prop_oneof![
        2 => Just((1, Shared::Nothing)),
        3 => Just((2, Shared::Nothing)),
        1 => Just((3, Shared::Nothing)),
        2 => Just((2, Shared::Database)),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let host = 0usize..6;
    let answer = prop_oneof![5 => Just(Answer::Arrives), 1 => Just(Answer::IsLost)];
    prop_oneof![
        60 => Just(Op::Step),
        80 => (host.clone(), 0usize..4, turn()).prop_map(|(host, part, turn)| Op::Act(host, part, turn)),
        100 => (host.clone(), answer).prop_map(|(host, answer)| Op::Sync(host, answer)),
        20 => (1u16..90).prop_map(Op::Wait),
        4 => host.clone().prop_map(Op::Vanish),
        8 => host.clone().prop_map(Op::Return),
        6 => host.clone().prop_map(Op::Miss),
        3 => (host.clone(), 0usize..4).prop_map(|(host, part)| Op::Sicken(host, part)),
        4 => host.clone().prop_map(Op::Heal),
        1 => host.clone().prop_map(Op::Replace),
        2 => host.prop_map(Op::Elsewhere),
        2 => Just(Op::Hold),
        1 => Just(Op::Pause),
        3 => Just(Op::Resume),
        1 => Just(Op::Abort),
        1 => Just(Op::RollBack),
        1 => Just(Op::Supersede),
        3 => Just(Op::Retry),
        6 => (0usize..6).prop_map(Op::RetryOne),
        1 => (0usize..6).prop_map(Op::Skip),
        3 => (0usize..6).prop_map(Op::Force),
        2 => (0usize..6).prop_map(Op::Confirm),
        6 => Just(Op::Promote),
        2 => Just(Op::SkipAhead),
        2 => (1u32..4).prop_map(Op::Resize),
    ]
}

/// What happens at a site whose machines are set up anew all the time, and tried again.
fn op_of_new_machines() -> impl Strategy<Value = Op> {
    let host = 0usize..6;
    prop_oneof![
        60 => Just(Op::Step),
        80 => (host.clone(), Just(0), turn()).prop_map(|(host, part, turn)| Op::Act(host, part, turn)),
        100 => host.clone().prop_map(|host| Op::Sync(host, Answer::Arrives)),
        8 => host.clone().prop_map(Op::Replace),
        12 => host.clone().prop_map(Op::RetryOne),
        4 => Just(Op::Retry),
        2 => host.prop_map(Op::Heal),
    ]
}

fn strategy() -> impl Strategy<Value = strategy::Strategy> {
    let batch = prop::sample::select(vec!["1", "2", "100%", "1 *2", "50%"]);
    let limit = prop::sample::select(vec![None, Some("1"), Some("2"), Some("50%")]);
    let on_failure =
        prop::sample::select(vec![OnFailure::Stop, OnFailure::Rollback, OnFailure::Ask, OnFailure::Ignore]);
    let bake = prop::sample::select(vec![0, 30]);
    let pause = prop::sample::select(vec![Pause::None, Pause::None, Pause::AfterCanary, Pause::BetweenBatches]);
    let pause_seconds = prop::sample::select(vec![0, 0, 40]);
    let success = prop::sample::select(vec![None, None, Some("50"), Some("80")]);
    let error = prop::sample::select(vec![None, None, Some("1"), Some("50%")]);
    let progress = prop::sample::select(vec![None, Some(120)]);
    let gates = (pause, pause_seconds, success, error, progress);
    (batch, limit, on_failure, 0u32..3, bake, gates).prop_map(
        |(batch, limit, on_failure, canary, bake_seconds, gates)| {
            let (pause, pause_seconds, success, error, progress_seconds) = gates;
            strategy::Strategy {
                canary,
                batch: batch.parse().unwrap(),
                max_unavailable: limit.map(|limit| limit.parse().unwrap()),
                pause,
                pause_seconds,
                success_threshold: success.map(|percent| percent.parse().unwrap()),
                error_threshold: error.map(|amount| amount.parse().unwrap()),
                on_failure,
                bake_seconds,
                unit_timeout_seconds: 600,
                progress_seconds,
                ..strategy::Strategy::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold_and_deployments_end(
        size in 1usize..6,
        (packages, shared) in packages(),
        strategy in strategy(),
        ops in prop::collection::vec(op(), 0..200),
    ) {
        let mut simulation = Simulation::new(size, packages, shared, &strategy);
        for op in &ops {
            simulation.happen(op);
        }
        let (mut state, mut waiting) = simulation.settle();
        for _ in 0..3 {
            if state != DeploymentState::Halted {
                break;
            }
            let is_named = match waiting.first() {
                Some(Waiting::Decision { failed, .. } | Waiting::Answer { failed, .. }) => !failed.is_empty(),
                _ => false,
            };
            prop_assert!(is_named, "{waiting:?}");
            simulation.happen(&Op::Retry);
            (state, waiting) = simulation.settle();
        }
        prop_assert!(state.is_terminal(), "{state:?} waits for {waiting:?}: {:?}", simulation.fleet);
        prop_assert!(waiting.is_empty(), "{state:?} waits for {waiting:?}");
        simulation.check_hosts();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_machine_that_is_set_up_anew_and_tried_again_takes_no_second_slot(
        size in 2usize..6,
        limit in prop::sample::select(vec!["1", "2"]),
        ops in prop::collection::vec(op_of_new_machines(), 0..250),
    ) {
        let strategy = strategy::Strategy {
            batch: "100%".parse().unwrap(),
            max_unavailable: Some(limit.parse().unwrap()),
            on_failure: OnFailure::Ignore,
            ..strategy::Strategy::default()
        };
        let mut simulation = Simulation::new(size, 1, Shared::Nothing, &strategy);
        for op in &ops {
            simulation.happen(op);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_faults_every_deployment_succeeds(size in 1usize..6, (packages, shared) in packages(), strategy in strategy()) {
        let mut simulation = Simulation::new(size, packages, shared, &strategy);
        prop_assert_eq!(simulation.settle().0, DeploymentState::Succeeded);
    }
}
