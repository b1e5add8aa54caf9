//! What people change while deployments go on, and what they say about hosts.

use packhorse_model::deployment::{BatchKind, Direction, Plan, PlannedBatch, UnitState};
use packhorse_model::ids::{HostId, PackageId};
use packhorse_model::label::Labels;
use packhorse_model::order::{Grant, Health, InstanceReport, InstanceState};
use packhorse_model::strategy::Strategy;
use packhorse_model::{Digest, HostName};
use packhorse_store::plans::NewPlan;
use packhorse_store::units::{self, Move};
use packhorse_store::{Conn, attempts, deployments, host_labels, hosts, instances, plans, slots, targets};

use crate::engine::{admit, deployed, name, plan, release, spec, world};
use crate::harness::{TestStore, at, id, on_both};

on_both!(
    a_plan_follows_with_the_units_of_the_one_before,
    what_a_person_lets_go_stays_let_go,
    slots_of_other_deployments_are_seen,
    a_slot_outlives_its_attempt_until_there_is_evidence,
    some_claims_are_given_up,
    targets_are_found_page_by_page,
    labels_replace_what_was_there,
);

async fn a_plan_follows_with_the_units_of_the_one_before(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let mut next = Plan { id: id(2), parent: Some(id(1)), ..plan(1, None, 1) };
    let last = next.batches[1].units.pop().unwrap();
    next.batches.push(PlannedBatch { kind: BatchKind::Rolling, units: vec![last] });
    next.batches[2].units[0].order.from = Some(release("0.9"));
    let strategy = Strategy { batch: name("1"), ..Strategy::default() };
    let new = NewPlan {
        plan: &next,
        package: id(1),
        deployment: Some(deployment),
        spec: &spec(),
        strategy: Some(&strategy),
        basis: "{}",
        bystanders: &[],
        findings: "[]",
        created_at: at(3),
    };
    plans::insert(&mut tx, &new).await.unwrap();
    units::follow_plan(&mut tx, &next, 7).await.unwrap();
    assert!(deployments::take_plan(&mut tx, deployment, id(1), next.id, Direction::Forward).await.unwrap());
    let current = deployments::find(&mut tx, deployment).await.unwrap().unwrap();
    assert_eq!((current.strategy, current.spec.strategy), (strategy, Strategy::default()));
    let listed = units::list(&mut tx, next.id, &units::Filter::default(), None, 9).await.unwrap();
    let shown: Vec<_> = listed.iter().map(|placed| (placed.place.batch, placed.unit.host_name.to_string())).collect();
    assert_eq!(shown, [(0, "web-1".to_owned()), (1, "web-2".to_owned()), (2, "web-3".to_owned())]);
    assert_eq!(listed[2].unit.from, Some(name("0.9")));
    admit(&mut tx, 1, 3, 1).await;
    let order = attempts::orders(&mut tx, id(3)).await.unwrap().remove(0).order;
    assert_eq!(order, next.batches[2].units[0].order, "an attempt has the order of the plan that is current");
}

async fn what_a_person_lets_go_stays_let_go(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    for (promoted, ahead) in [(2, 1), (1, 3)] {
        deployments::promote(&mut tx, deployment, promoted).await.unwrap();
        deployments::skip_ahead(&mut tx, deployment, ahead).await.unwrap();
    }
    let current = deployments::find(&mut tx, deployment).await.unwrap().unwrap();
    assert_eq!((current.promoted, current.ahead), (2, 3));
    units::set_in_doubt(&mut tx, id(1), true).await.unwrap();
    assert!(units::of_plan(&mut tx, id(1)).await.unwrap()[0].in_doubt);
    assert_eq!(units::deployment(&mut tx, id(1)).await.unwrap(), Some(deployment));
}

async fn slots_of_other_deployments_are_seen(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let attempt = admit(&mut tx, 1, 1, 1).await;
    let switching = Move { state: UnitState::Switching, failure: None, revision: 2, at: at(3) };
    units::set_state(&mut tx, id(1), &switching).await.unwrap();
    let here = (id::<HostId>(1), id::<PackageId>(1));
    assert_eq!(slots::down(&mut tx, id(77)).await.unwrap(), [here]);
    assert!(slots::down(&mut tx, deployment).await.unwrap().is_empty(), "its own are no others");
    attempts::end(&mut tx, attempt, at(4)).await.unwrap();
    assert!(slots::down(&mut tx, id(77)).await.unwrap().is_empty());
}

async fn a_slot_outlives_its_attempt_until_there_is_evidence(test: TestStore) {
    let (mut tx, _) = deployed(&test).await;
    let (host, package) = (id::<HostId>(1), id::<PackageId>(1));
    let held = async |conn: &mut Conn| !slots::down(conn, id(77)).await.unwrap().is_empty();
    let inventory = async |conn: &mut Conn, health| {
        let reports = [instance(health)];
        instances::replace(conn, host, &reports, at(5)).await.unwrap();
        slots::give_back_proven(conn, host).await.unwrap();
    };
    inventory(&mut tx, Health::Healthy).await;
    let first = admit(&mut tx, 1, 1, 1).await;
    attempts::grant(&mut tx, first, Grant::Switch).await.unwrap();
    slots::take(&mut tx, host, package, first, at(3)).await.unwrap();
    slots::give_back_proven(&mut tx, host).await.unwrap();
    assert!(held(&mut tx).await, "the host may be about to begin");
    assert!(units::of_plan(&mut tx, id(1)).await.unwrap()[0].unproven);

    // It ends, and nobody knows how. The next one comes to nothing.
    attempts::end(&mut tx, first, at(4)).await.unwrap();
    instances::set_health(&mut tx, host, package, Health::Unknown, at(4)).await.unwrap();
    let second = admit(&mut tx, 2, 1, 2).await;
    slots::take(&mut tx, host, package, second, at(4)).await.unwrap();
    slots::give_back_of(&mut tx, second).await.unwrap();
    inventory(&mut tx, Health::Unknown).await;
    assert!(held(&mut tx).await);
    units::set_in_doubt(&mut tx, id(1), true).await.unwrap();
    inventory(&mut tx, Health::Healthy).await;
    assert!(held(&mut tx).await, "what was superseded may not have come to its end");
    units::set_in_doubt(&mut tx, id(1), false).await.unwrap();
    slots::give_back_proven(&mut tx, host).await.unwrap();
    assert!(!held(&mut tx).await);

    // Of another machine nothing is known.
    inventory(&mut tx, Health::Unhealthy).await;
    assert!(held(&mut tx).await, "an unhealthy instance holds without a slot");
    instances::forget_health(&mut tx, host, at(6)).await.unwrap();
    assert!(!held(&mut tx).await);
    for give_back in [true, false] {
        slots::take(&mut tx, host, package, first, at(7)).await.unwrap();
        assert!(held(&mut tx).await);
        match give_back {
            true => slots::give_back(&mut tx, host, package).await.unwrap(),
            false => slots::give_back_of(&mut tx, first).await.unwrap(),
        }
        assert!(!held(&mut tx).await);
    }
}

fn instance(health: Health) -> InstanceReport {
    InstanceReport {
        package: name("shop"),
        version: name("1.1"),
        tree: Digest::new([3; 32]),
        install_root: "/data/app/shop".to_owned(),
        state: InstanceState::Running,
        health,
        reason: None,
        previous: None,
        rendering: None,
        previous_rendering: None,
        drift: None,
    }
}

async fn some_claims_are_given_up(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    deployments::claim(&mut tx, deployment, id(1), &[id(1), id(2)]).await.unwrap();
    deployments::release_some(&mut tx, deployment, &[id(1)]).await.unwrap();
    assert_eq!(deployments::claimed(&mut tx, id(1)).await.unwrap(), None);
    assert_eq!(deployments::claimed(&mut tx, id(2)).await.unwrap(), Some(deployment));
}

async fn targets_are_found_page_by_page(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let failed = Move { state: UnitState::Failed, failure: None, revision: 2, at: at(3) };
    units::set_state(&mut tx, id(3), &failed).await.unwrap();
    let names = async |conn: &mut Conn, filter: &targets::Filter, after: Option<&str>, limit| {
        let after = after.map(name::<HostName>);
        let found = targets::names(conn, id(1), filter, after.as_ref(), limit).await.unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let all = targets::Filter { modules: vec![id(1)], ..targets::Filter::default() };
    assert_eq!(names(&mut tx, &all, None, 2).await, ["web-1", "web-2"]);
    assert_eq!(names(&mut tx, &all, Some("web-2"), 9).await, ["web-3", "web-4"]);
    assert_eq!(targets::count(&mut tx, id(1), &all).await.unwrap(), 4);
    let named = targets::Filter { hosts: vec![name("web-4"), name("web-1"), name("nobody")], ..all.clone() };
    assert_eq!(names(&mut tx, &named, Some("web-0"), 9).await, ["web-1", "web-4"]);
    assert_eq!(targets::count(&mut tx, id(1), &named).await.unwrap(), 2);
    let last = targets::Filter { failed_in: Some(deployment), ..targets::Filter::default() };
    assert_eq!(names(&mut tx, &last, None, 9).await, ["web-3"]);
    let running = targets::Filter { state: Some(InstanceState::Running), ..targets::Filter::default() };
    assert_eq!(names(&mut tx, &running, None, 9).await, Vec::<String>::new(), "nothing is on them");
}

async fn labels_replace_what_was_there(test: TestStore) {
    let mut tx = world(&test).await;
    let labels = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| (name(key), name(value))).collect::<Labels>();
    let first = labels(&[("zone", "a"), ("legacy", "")]);
    host_labels::set(&mut tx, id(1), &first).await.unwrap();
    host_labels::set(&mut tx, id(2), &labels(&[("zone", "b")])).await.unwrap();
    let found = host_labels::of(&mut tx, &[id(1), id(2), id(3)]).await.unwrap();
    assert_eq!((found.len(), &found[&id(1)]), (2, &first));
    let selected = async |conn: &mut Conn, selector: &str| {
        let filter = hosts::Filter { labels: Some(name(selector)), ..hosts::Filter::default() };
        let listed = hosts::list(conn, &filter, None, 9).await.unwrap();
        assert_eq!(hosts::count(conn, &filter).await.unwrap(), listed.len() as u64);
        let filter = targets::Filter { labels: Some(name(selector)), ..targets::Filter::default() };
        let names: Vec<String> = listed.iter().map(|host| host.name.to_string()).collect();
        let targets = targets::matching(conn, id(1), &filter).await.unwrap();
        assert_eq!(targets.iter().map(|target| target.name.to_string()).collect::<Vec<_>>(), names);
        names
    };
    assert_eq!(selected(&mut tx, "zone in (a,c)").await, ["web-1"]);
    assert_eq!(selected(&mut tx, "zone,!legacy").await, ["web-2"]);
    assert_eq!(selected(&mut tx, "zone!=a").await, ["web-2", "web-3", "web-4"]);
    host_labels::set(&mut tx, id(1), &Labels::new()).await.unwrap();
    assert!(host_labels::of(&mut tx, &[id(1)]).await.unwrap().is_empty());
}
