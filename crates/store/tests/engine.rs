//! Plans, deployments, units, attempts, output, instances and assignments.

use std::collections::BTreeMap;

use packhorse_model::deployment::{
    BatchKind, DeploymentSpec, DeploymentState, Direction, Plan, PlannedBatch, PlannedUnit, UnitFailure, UnitState,
};
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, ModuleId, PackageId, PlanId, UnitId, VersionId};
use packhorse_model::order::{
    Aftermath, Grant, Health, HostFacts, InstanceReport, InstanceState, Release, UnitAction, UnitOrder,
};
use packhorse_model::step::{StepKind, StepOutcome};
use packhorse_model::topology::Environment;
use packhorse_model::{Digest, HostName, Layout, PackageName, VersionNumber};
use packhorse_store::attempts::NewAttempt;
use packhorse_store::deployments::{Filter, NewDeployment, Progress, Standing};
use packhorse_store::instance_history::{self, HistoryPlace};
use packhorse_store::instances::{self, HeardSince, InstanceKey};
use packhorse_store::package_list::Direction as ListDirection;
use packhorse_store::places::{self, TakenPlace};
use packhorse_store::plans::NewPlan;
use packhorse_store::step_outputs::{self, Appended};
use packhorse_store::units::{self, Move, Place};
use packhorse_store::{
    Conn, StoreError, Tx, args, attempts, bindings, deployments, host_assignments, hosts, plans, releases, targets,
    topology,
};

use crate::harness::{TestStore, at, id, on_both};

on_both!(
    a_plan_comes_back_as_it_was,
    plans_form_a_chain,
    a_deployment_moves_by_its_revision,
    an_instance_is_claimed_once,
    units_are_listed_in_the_order_of_the_plan,
    a_unit_stands_where_it_was_put,
    a_host_is_told_its_open_attempts,
    an_attempt_ends_once,
    output_keeps_its_two_ends,
    inventories_replace_what_was_there,
    places_that_are_claimed_are_taken,
    instances_are_filtered,
    instances_are_listed_in_any_order,
    an_instance_has_a_history,
    generations_rise_and_joinings_are_received_once,
    packages_are_bound_once,
    a_release_says_its_layout,
);

pub(crate) fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub(crate) fn spec() -> DeploymentSpec {
    serde_json::from_value(
        serde_json::json!({ "action": "deploy", "package": "shop", "version": "1.1", "targets": {} }),
    )
    .unwrap()
}

pub(crate) fn release(version: &str) -> Release {
    let content = u8::try_from(version.len()).unwrap();
    Release {
        version: name(version),
        tree: Digest::new([content; 32]),
        size: 10,
        manifest: Default::default(),
        rendering: None,
    }
}

fn unit(number: u128) -> PlannedUnit {
    PlannedUnit {
        unit: id(number),
        host: id(number),
        host_name: name(&format!("web-{number}")),
        from: None,
        to: Some(id(9)),
        order: UnitOrder {
            action: UnitAction::Install,
            package: name("shop"),
            install_root: "/data/app/shop".to_owned(),
            layout: Layout::Symlink,
            from: Some(release("1.0")),
            to: Some(release("1.1.0")),
            variables: BTreeMap::from([("packhorse.host.name".to_owned(), format!("web-{number}"))]),
            secrets: BTreeMap::new(),
            envelope: None,
            values: None,
            migration: None,
            migrations: Vec::new(),
            step_timeout_seconds: None,
            remove_data: Vec::new(),
        },
    }
}

/// One canary, and two in a batch.
pub(crate) fn plan(number: u128, parent: Option<PlanId>, first_unit: u128) -> Plan {
    Plan {
        id: id(number),
        parent,
        direction: if parent.is_some() { Direction::Back } else { Direction::Forward },
        batches: vec![
            PlannedBatch { kind: BatchKind::Canary, units: vec![unit(first_unit)] },
            PlannedBatch { kind: BatchKind::Rolling, units: vec![unit(first_unit + 1), unit(first_unit + 2)] },
        ],
    }
}

pub(crate) async fn store_plan(tx: &mut Tx, plan: &Plan, deployment: Option<DeploymentId>) {
    let new = NewPlan {
        plan,
        package: id(1),
        deployment,
        spec: &spec(),
        strategy: None,
        basis: "{}",
        bystanders: &[id(4)],
        findings: "[]",
        created_at: at(0),
    };
    plans::insert(tx, &new).await.unwrap();
}

/// Hosts web-1 to web-4 in one module, and a package with a version.
pub(crate) async fn world(test: &TestStore) -> Tx {
    let mut tx = test.store.write().await.unwrap();
    topology::insert_business(&mut tx, id(1), &name("Shop"), at(0)).await.unwrap();
    topology::insert_system(&mut tx, id(1), id(1), &name("Production"), Environment::Prod, at(0)).await.unwrap();
    topology::insert_module(&mut tx, id(1), id(1), &name("Web"), at(0)).await.unwrap();
    for number in 1..=4 {
        let facts = HostFacts { address: format!("10.0.0.{number}"), ..HostFacts::default() };
        let host: HostName = name(&format!("web-{number}"));
        hosts::join(&mut tx, id(number), &host, &facts, at(0)).await.unwrap();
        hosts::set_modules(&mut tx, id(number), &[id::<ModuleId>(1)]).await.unwrap();
    }
    tx.execute(
        "INSERT INTO packages (id, name, kind, description, creator, versions, created_at, updated_at)
         VALUES ($1, 'shop', 'file', '', 'admin', 1, 0, 0)",
        args![id::<PackageId>(1)],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO versions (id, package_id, number, sort_key, description, state, layout, manifest, tree, tree_size, files, size,
           new_bytes, archive_name, archive_format, archive_size, archive_sha256, archive_md5, archive_blake3, archive_recipe,
           archive_recipe_size, kept_as, creator, created_at)
         VALUES ($1, $2, '1.1', '', '', 'published', 'versioned', '{}', $3, 1, 1, 10, 1, 'a', 'tar', 1, '', '', $3, $3, 1, 'recipe', 'admin', 0)",
        args![id::<VersionId>(9), id::<PackageId>(1), Digest::new([3; 32])],
    )
    .await
    .unwrap();
    tx
}

/// The same with a deployment of the plan above.
pub(crate) async fn deployed(test: &TestStore) -> (Tx, DeploymentId) {
    let mut tx = world(test).await;
    let (plan, deployment) = (plan(1, None, 1), id(1));
    store_plan(&mut tx, &plan, Some(deployment)).await;
    let creator = name("admin");
    let (spec, package) = (spec(), id(1));
    let new = NewDeployment {
        id: deployment,
        package,
        also: &[],
        spec: &spec,
        plan: plan.id,
        creator: &creator,
        created_at: at(1),
    };
    deployments::insert(&mut tx, &new).await.unwrap();
    units::insert_plan(&mut tx, deployment, &plan, 1, at(1)).await.unwrap();
    (tx, deployment)
}

pub(crate) async fn admit(conn: &mut Conn, attempt: u128, unit: u128, epoch: u32) -> AttemptId {
    let attempt = NewAttempt {
        id: id(attempt),
        unit: id(unit),
        deployment: id(1),
        host: id(unit),
        incarnation: 1,
        epoch,
        grant: Grant::Prepare,
        timeout_seconds: 60,
        created_at: at(2),
    };
    attempts::insert(conn, &attempt).await.unwrap();
    units::set_attempt(conn, attempt.unit, attempt.id, epoch).await.unwrap();
    attempt.id
}

async fn a_plan_comes_back_as_it_was(test: TestStore) {
    let mut tx = world(&test).await;
    let plan = plan(1, None, 1);
    store_plan(&mut tx, &plan, None).await;
    let stored = plans::find(&mut tx, plan.id).await.unwrap().unwrap();
    assert_eq!((stored.plan, stored.spec, stored.deployment), (plan.clone(), spec(), None));
    // Three units of equal change share one order.
    let orders = tx.query("SELECT number FROM plan_orders", vec![]).await.unwrap();
    assert_eq!(orders.len(), 1);
    let outline = plans::outline(&mut tx, plan.id).await.unwrap().unwrap();
    assert_eq!(
        (outline.kinds, outline.bystanders),
        (vec![BatchKind::Canary, BatchKind::Rolling], vec![id::<HostId>(4)])
    );
    assert!(plans::apply(&mut tx, plan.id, id(5)).await.unwrap());
    assert!(!plans::apply(&mut tx, plan.id, id(6)).await.unwrap(), "a plan is applied once");
    assert_eq!(plans::forget_unapplied(&mut tx, at(100)).await.unwrap(), 0);
    assert!(plans::find(&mut tx, id(99)).await.unwrap().is_none());
}

async fn plans_form_a_chain(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let back = plan(2, Some(id(1)), 11);
    store_plan(&mut tx, &back, Some(deployment)).await;
    assert!(deployments::take_plan(&mut tx, deployment, id(1), back.id, Direction::Back).await.unwrap());
    assert!(!deployments::take_plan(&mut tx, deployment, id(1), id(3), Direction::Back).await.unwrap());
    let current = deployments::find(&mut tx, deployment).await.unwrap().unwrap();
    assert_eq!((current.plan, current.direction), (back.id, Direction::Back));
    let other = plan(3, Some(id(1)), 21);
    let new = NewPlan {
        plan: &other,
        package: id(1),
        deployment: None,
        spec: &spec(),
        strategy: None,
        basis: "{}",
        bystanders: &[],
        findings: "[]",
        created_at: at(0),
    };
    assert!(matches!(plans::insert(&mut tx, &new).await, Err(StoreError::Unique)), "a plan has one successor");
}

async fn a_deployment_moves_by_its_revision(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let paused = Standing { state: DeploymentState::Paused, waiting: Vec::new() };
    assert!(!deployments::set_state(&mut tx, deployment, 7, &paused, at(2)).await.unwrap());
    assert!(deployments::set_state(&mut tx, deployment, 1, &paused, at(2)).await.unwrap());
    assert_eq!(deployments::touch(&mut tx, deployment, at(3)).await.unwrap(), Some(3));
    assert!(!deployments::touch_at(&mut tx, deployment, 2, at(3)).await.unwrap());
    assert_eq!(deployments::unsettled(&mut tx).await.unwrap(), [deployment]);

    let ended = Standing { state: DeploymentState::Aborted, waiting: Vec::new() };
    assert!(deployments::set_state(&mut tx, deployment, 3, &ended, at(4)).await.unwrap());
    assert!(!deployments::set_state(&mut tx, deployment, 4, &paused, at(5)).await.unwrap(), "an end is an end");
    assert!(deployments::unsettled(&mut tx).await.unwrap().is_empty());
    let attempt = admit(&mut tx, 1, 1, 1).await;
    assert_eq!(deployments::unsettled(&mut tx).await.unwrap(), [deployment], "somebody has to look after its attempt");
    attempts::end(&mut tx, attempt, at(6)).await.unwrap();
    assert!(deployments::unsettled(&mut tx).await.unwrap().is_empty());

    let count = async |conn: &mut Conn, filter: Filter| {
        let listed = deployments::list(conn, &filter, None, 10).await.unwrap();
        assert_eq!(deployments::count(conn, &filter).await.unwrap(), listed.len() as u64);
        listed.len()
    };
    assert_eq!(count(&mut tx, Filter { progress: Some(Progress::Open), ..Filter::default() }).await, 0);
    assert_eq!(count(&mut tx, Filter { progress: Some(Progress::Ended), ..Filter::default() }).await, 1);
    assert_eq!(count(&mut tx, Filter { state: Some(DeploymentState::Aborted), ..Filter::default() }).await, 1);
    assert_eq!(count(&mut tx, Filter { package: Some(name("other")), ..Filter::default() }).await, 0);
    let summary = deployments::list(&mut tx, &Filter::default(), None, 10).await.unwrap().remove(0);
    assert_eq!((summary.total, summary.units), (3, BTreeMap::from([("pending".to_owned(), 3)])));
    assert!(deployments::list(&mut tx, &Filter::default(), Some(deployment), 10).await.unwrap().is_empty());
}

async fn an_instance_is_claimed_once(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let package: PackageId = id(1);
    let claimed: Vec<HostId> = vec![id(1), id(2)];
    deployments::claim(&mut tx, deployment, package, &claimed).await.unwrap();
    let claims = deployments::claims(&mut tx, package, &[id(2), id(3)]).await.unwrap();
    assert_eq!(claims.len(), 1);
    assert_eq!(
        (claims[0].host.as_str(), claims[0].deployment, claims[0].state),
        ("web-2", deployment, DeploymentState::Running)
    );
    assert_eq!(deployments::claimed(&mut tx, id(1)).await.unwrap(), Some(deployment));
    assert_eq!(deployments::claimed(&mut tx, id(3)).await.unwrap(), None);
    deployments::release(&mut tx, deployment).await.unwrap();
    deployments::claim(&mut tx, deployment, package, &claimed).await.unwrap();
    deployments::release_host(&mut tx, id(2)).await.unwrap();
    assert_eq!(deployments::claimed(&mut tx, id(2)).await.unwrap(), None);
    assert!(matches!(deployments::claim(&mut tx, deployment, package, &claimed).await, Err(StoreError::Unique)));
}

async fn units_are_listed_in_the_order_of_the_plan(test: TestStore) {
    let (mut tx, _) = deployed(&test).await;
    let plan: PlanId = id(1);
    let names =
        |placed: Vec<units::Placed>| placed.into_iter().map(|unit| unit.unit.host_name.to_string()).collect::<Vec<_>>();
    let all = units::Filter::default();
    assert_eq!(names(units::list(&mut tx, plan, &all, None, 2).await.unwrap()), ["web-1", "web-2"]);
    let after = Some(Place { batch: 1, position: 0 });
    assert_eq!(names(units::list(&mut tx, plan, &all, after, 2).await.unwrap()), ["web-3"]);
    let failed = Move { state: UnitState::Failed, failure: None, revision: 5, at: at(9) };
    units::set_state(&mut tx, id(3), &failed).await.unwrap();
    let only_failed = units::Filter { state: Some(UnitState::Failed), ..all };
    assert_eq!(names(units::list(&mut tx, plan, &only_failed, None, 9).await.unwrap()), ["web-3"]);
    let changed = units::Filter { changed_after: Some(1), ..all };
    assert_eq!(names(units::list(&mut tx, plan, &changed, None, 9).await.unwrap()), ["web-3"]);
    let canary = units::Filter { batch: Some(0), ..all };
    assert_eq!(units::count(&mut tx, plan, &canary).await.unwrap(), 1);
    let tally = units::tally(&mut tx, plan).await.unwrap();
    assert_eq!(tally[&1], BTreeMap::from([("failed".to_owned(), 1), ("pending".to_owned(), 1)]));
}

async fn a_unit_stands_where_it_was_put(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let (package, plan): (PackageId, PlanId) = (id(1), id(1));
    let attempt = admit(&mut tx, 1, 1, 1).await;
    let failure = UnitFailure {
        attempt,
        step: StepKind::Start,
        message: "exit code 1".to_owned(),
        aftermath: Some(Aftermath::Restored),
        companion: None,
    };
    let next = Move { state: UnitState::Failed, failure: Some(&failure), revision: 2, at: at(3) };
    units::set_state(&mut tx, id(1), &next).await.unwrap();
    units::set_step(&mut tx, id(1), StepKind::Start, 2, at(3)).await.unwrap();
    units::set_fetched(&mut tx, id(1), 77).await.unwrap();
    attempts::set_prepared(&mut tx, attempt, at(4)).await.unwrap();
    attempts::grant(&mut tx, attempt, Grant::Switch).await.unwrap();

    let standings = units::of_plan(&mut tx, plan).await.unwrap();
    let (first, second) = (&standings[0], &standings[1]);
    assert_eq!(
        (first.state, first.step, first.failure.as_ref()),
        (UnitState::Failed, Some(StepKind::Start), Some(&failure))
    );
    let known = first.attempt.unwrap();
    assert_eq!(
        (known.granted, known.prepared_at, known.validated_at, known.ended_at),
        (Grant::Switch, Some(at(4)), None, None)
    );
    assert_eq!((first.on.unwrap().incarnation, first.health), (1, None));
    assert!(second.attempt.is_none() && second.state == UnitState::Pending);
    let shown = units::find(&mut tx, id(1)).await.unwrap().unwrap();
    assert_eq!((shown.attempts, shown.fetched_bytes, shown.attempt), (1, Some(77), Some(attempt)));
    let position = units::position(&mut tx, id(1)).await.unwrap().unwrap();
    assert_eq!((position.package, position.action, position.epoch), (package, UnitAction::Install, 1));

    let former = units::of_former_plans(&mut tx, deployment, id(2)).await.unwrap();
    assert_eq!(former.len(), 2, "what is at its end is left out");
    assert!(units::find(&mut tx, id(99)).await.unwrap().is_none());
    assert!(units::position(&mut tx, id::<UnitId>(99)).await.unwrap().is_none());
}

async fn a_host_is_told_its_open_attempts(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let host: HostId = id(1);
    assert!(!attempts::any_open(&mut tx, host).await.unwrap());
    let attempt = admit(&mut tx, 1, 1, 1).await;
    let orders = attempts::orders(&mut tx, host).await.unwrap();
    assert_eq!(orders.len(), 1);
    assert_eq!((orders[0].attempt, orders[0].deployment, orders[0].grant), (attempt, deployment, Grant::Prepare));
    assert_eq!(orders[0].order, unit(1).order, "the order is whole again, with the host's own variables");
    assert!(attempts::any_open(&mut tx, host).await.unwrap());
    let open = attempts::open_beside(&mut tx, deployment).await.unwrap();
    assert_eq!((open.len(), open[0].package, open[0].host, open[0].state), (1, id(1), host, UnitState::Pending));
    attempts::end(&mut tx, attempt, at(5)).await.unwrap();
    assert!(attempts::orders(&mut tx, host).await.unwrap().is_empty());
}

async fn an_attempt_ends_once(test: TestStore) {
    let (mut tx, _) = deployed(&test).await;
    let first = admit(&mut tx, 1, 1, 1).await;
    attempts::set_sequence(&mut tx, first, 4).await.unwrap();
    attempts::start_step(&mut tx, first, 0, StepKind::Fetch, at(3)).await.unwrap();
    attempts::start_step(&mut tx, first, 0, StepKind::Stage, at(4)).await.unwrap();
    assert_eq!(attempts::step_progress(&mut tx, first, 0).await.unwrap(), Some(attempts::StepProgress::Running));
    let done = StepOutcome::Done { note: "delta".to_owned() };
    let other = StepOutcome::Failed { message: "late".to_owned() };
    attempts::finish_step(&mut tx, first, 0, &done, 12).await.unwrap();
    attempts::finish_step(&mut tx, first, 0, &other, 99).await.unwrap();
    assert_eq!(attempts::step_progress(&mut tx, first, 0).await.unwrap(), Some(attempts::StepProgress::Ended));
    assert_eq!(attempts::step_progress(&mut tx, first, 1).await.unwrap(), None);
    assert!(attempts::end(&mut tx, first, at(5)).await.unwrap());
    assert!(!attempts::end(&mut tx, first, at(6)).await.unwrap());
    assert!(!attempts::grant(&mut tx, first, Grant::Switch).await.unwrap(), "what has ended is granted nothing");
    let standing = attempts::standing(&mut tx, first).await.unwrap().unwrap();
    assert_eq!((standing.last_sequence, standing.ended_at), (4, Some(at(5))));

    let second = admit(&mut tx, 2, 1, 2).await;
    let shown = attempts::of_unit(&mut tx, id(1)).await.unwrap();
    assert_eq!(shown.iter().map(|attempt| attempt.id).collect::<Vec<_>>(), [second, first], "newest first");
    let step = &shown[1].steps[0];
    assert_eq!((step.kind, step.outcome.as_ref(), step.millis), (StepKind::Fetch, Some(&done), Some(12)));
    let former = attempts::of_former_joinings(&mut tx, id(1), 2).await.unwrap();
    assert_eq!(former.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [second]);
    assert!(attempts::of_former_joinings(&mut tx, id(1), 1).await.unwrap().is_empty());
}

async fn output_keeps_its_two_ends(test: TestStore) {
    let (mut tx, _) = deployed(&test).await;
    let attempt = admit(&mut tx, 1, 1, 1).await;
    let piece: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut offset = 0;
    for _ in 0..3 {
        assert_eq!(step_outputs::append(&mut tx, attempt, 2, offset, &piece).await.unwrap(), Appended::Stored);
        offset += piece.len() as u64;
    }
    let again = step_outputs::append(&mut tx, attempt, 2, 0, &piece).await.unwrap();
    assert_eq!(again, Appended::Expected { offset: 3_000_000 });
    let kept = step_outputs::pieces(&mut tx, attempt, 2, 0, 100).await.unwrap();
    let bytes: u64 = kept.iter().map(|piece| piece.bytes.len() as u64).sum();
    assert!((step_outputs::HEAD + step_outputs::TAIL..1_300_000).contains(&bytes), "{bytes}");
    for part in &kept {
        let want: Vec<u8> =
            (part.start..part.start + part.bytes.len() as u64).map(|n| ((n % 1_000_000) % 251) as u8).collect();
        assert!(part.bytes == want, "the piece at {}", part.start);
    }
    let last = kept.last().unwrap();
    assert_eq!(last.start + last.bytes.len() as u64, 3_000_000);
    let head: u64 =
        kept.iter().take_while(|part| part.start < step_outputs::HEAD).map(|part| part.bytes.len() as u64).sum();
    assert!(head >= step_outputs::HEAD);
    let tail = step_outputs::pieces(&mut tx, attempt, 2, 2_999_999, 100).await.unwrap();
    assert_eq!(tail.len(), 1);
    assert!(step_outputs::pieces(&mut tx, attempt, 2, 3_000_000, 100).await.unwrap().is_empty());
}

fn report(version: &str, health: Health) -> InstanceReport {
    InstanceReport {
        package: name("shop"),
        version: name(version),
        tree: Digest::new([3; 32]),
        install_root: "/data/app/shop".to_owned(),
        state: InstanceState::Running,
        health,
        reason: None,
        previous: Some(name("1.0")),
        rendering: None,
        previous_rendering: None,
        drift: None,
    }
}

async fn inventories_replace_what_was_there(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let package: PackageId = id(1);
    let host: HostId = id(1);
    deployments::claim(&mut tx, deployment, package, &[host]).await.unwrap();
    let stranger = InstanceReport { package: name("stranger"), ..report("1.0", Health::Healthy) };
    let told = [report("1.1", Health::Healthy), stranger];
    let replaced = instances::replace(&mut tx, host, &told, at(5)).await.unwrap();
    assert_eq!((replaced.changed, replaced.unknown), (vec![package], vec![name::<PackageName>("stranger")]));
    let again = instances::replace(&mut tx, host, &told[..1], at(6)).await.unwrap();
    assert!(again.changed.is_empty(), "nothing is touched that stays as it is");
    deployments::release(&mut tx, deployment).await.unwrap();
    instances::replace(&mut tx, host, &[report("1.1", Health::Unhealthy)], at(7)).await.unwrap();
    instances::set_health(&mut tx, host, package, Health::Healthy, at(8)).await.unwrap();

    let (listed, _) =
        instances::page(&mut tx, &instances::Filter::default(), HeardSince(at(0)), None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    let shown = &listed[0];
    assert_eq!((shown.deployment, shown.health, shown.updated_at), (Some(deployment), Health::Healthy, at(8)));
    assert_eq!((shown.address.as_str(), shown.modules[0].to_string().as_str()), ("10.0.0.1", "Shop/Production/Web"));
    let place = TakenPlace { host, install_root: "/data/app/shop".to_owned(), package: name("shop") };
    assert_eq!(places::taken(&mut tx, id(2), &[host]).await.unwrap(), [place].into());
    assert!(places::taken(&mut tx, id(2), &[id(2)]).await.unwrap().is_empty());
    assert!(places::taken(&mut tx, package, &[host]).await.unwrap().is_empty(), "a package is not in its own way");
    let target = targets::by_name(&mut tx, package, &[name("web-1"), name("nobody")]).await.unwrap();
    assert_eq!(target[0].instance.as_ref().unwrap().version, name::<VersionNumber>("1.1"));
    instances::replace(&mut tx, host, &[], at(9)).await.unwrap();
    assert_eq!(instances::count(&mut tx, &instances::Filter::default(), HeardSince(at(0))).await.unwrap(), 0.into());
}

async fn places_that_are_claimed_are_taken(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let hosts: [HostId; 3] = [id(1), id(2), id(3)];
    tx.execute("UPDATE units SET from_version = NULL WHERE host_id = $1", args![hosts[0]]).await.unwrap();
    deployments::claim(&mut tx, deployment, id(1), &hosts).await.unwrap();
    places::take_turns(&mut tx).await.unwrap();
    let taken = places::taken(&mut tx, id(2), &hosts).await.unwrap();
    let first = TakenPlace { host: hosts[0], install_root: "/data/app/shop".to_owned(), package: name("shop") };
    assert_eq!(taken, [first].into(), "only what is brought for the first time takes a place before it is there");
    deployments::release(&mut tx, deployment).await.unwrap();
    assert!(places::taken(&mut tx, id(2), &hosts).await.unwrap().is_empty());
}

async fn instances_are_filtered(test: TestStore) {
    let mut tx = world(&test).await;
    for (number, version, health) in
        [(1, "1.1", Health::Healthy), (2, "1.1", Health::Unhealthy), (3, "1.0", Health::Healthy)]
    {
        instances::replace(&mut tx, id(number), &[report(version, health)], at(5)).await.unwrap();
    }
    let names = async |conn: &mut Conn, filter: instances::Filter, since: i64| {
        let (listed, _) = instances::page(conn, &filter, HeardSince(at(since)), None, 10).await.unwrap();
        assert_eq!(instances::count(conn, &filter, HeardSince(at(since))).await.unwrap(), (listed.len() as u64).into());
        listed.iter().map(|instance| instance.host_name.to_string()).collect::<Vec<_>>()
    };
    let all = instances::Filter::default;
    assert_eq!(names(&mut tx, instances::Filter { version: Some(name("1.1")), ..all() }, 0).await, ["web-1", "web-2"]);
    assert_eq!(names(&mut tx, instances::Filter { health: Some(Health::Unhealthy), ..all() }, 0).await, ["web-2"]);
    assert_eq!(
        names(&mut tx, instances::Filter { state: Some(InstanceState::Stopped), ..all() }, 0).await,
        Vec::<String>::new()
    );
    assert_eq!(
        names(&mut tx, instances::Filter { module: Some(id(1)), host: Some(name("web-3")), ..all() }, 0).await,
        ["web-3"]
    );
    assert_eq!(
        names(&mut tx, instances::Filter { package: Some(name("other")), ..all() }, 0).await,
        Vec::<String>::new()
    );
    let within = |business: Option<&str>, environment| instances::Within {
        business: business.map(name),
        system: None,
        environment,
    };
    let prod = within(Some("Shop"), Some(Environment::Prod));
    assert_eq!(names(&mut tx, instances::Filter { within: prod, ..all() }, 0).await, ["web-1", "web-2", "web-3"]);
    let test_only = within(None, Some(Environment::Test));
    assert_eq!(names(&mut tx, instances::Filter { within: test_only, ..all() }, 0).await, Vec::<String>::new());
    instances::replace(&mut tx, id(3), &[InstanceReport { drift: Some(2), ..report("1.0", Health::Healthy) }], at(5))
        .await
        .unwrap();
    let drift = |drift| instances::Filter { drift: Some(drift), ..all() };
    assert_eq!(names(&mut tx, drift(instances::Drift::Some), 0).await, ["web-3"]);
    assert_eq!(names(&mut tx, drift(instances::Drift::None), 0).await, ["web-1", "web-2"]);
    // Of hosts that are not heard of nobody knows.
    assert_eq!(
        names(&mut tx, instances::Filter { health: Some(Health::Unknown), ..all() }, 1).await,
        ["web-1", "web-2", "web-3"]
    );
    let place = instances::InstanceOrder::default().place("web-1 shop");
    let (rest, _) = instances::page(&mut tx, &all(), HeardSince(at(0)), place.as_ref(), 1).await.unwrap();
    assert_eq!(rest[0].host_name.as_str(), "web-2");
    let filter = targets::Filter { modules: vec![id(1)], ..targets::Filter::default() };
    let in_module = targets::matching(&mut tx, id(1), &filter).await.unwrap();
    assert_eq!(in_module.len(), 4);
    assert!(in_module[3].instance.is_none());
    assert_eq!(targets::by_id(&mut tx, id(1), &[id(2)]).await.unwrap().len(), 1);
    assert_eq!(targets::modules_of(&mut tx, &[id(1), id(2)]).await.unwrap().len(), 1);
}

async fn instances_are_listed_in_any_order(test: TestStore) {
    let mut tx = world(&test).await;
    let told = [
        (1, "1.10", InstanceState::Running, Health::Healthy, 7),
        (2, "1.9", InstanceState::Running, Health::Unhealthy, 9),
        (3, "1.9", InstanceState::Stopped, Health::Healthy, 8),
    ];
    for (number, version, state, health, time) in told {
        let told = InstanceReport { state, ..report(version, health) };
        instances::replace(&mut tx, id(number), &[told], at(time)).await.unwrap();
    }
    // Page by page, two and then the rest.
    let listed = async |conn: &mut Conn, key, direction, filter: &instances::Filter| {
        let order = instances::InstanceOrder { key, direction };
        let (mut hosts, mut after) = (Vec::new(), None);
        loop {
            let (page, _) =
                instances::sorted_page(conn, filter, order, HeardSince(at(0)), after.as_ref(), 2).await.unwrap();
            let Some(last) = page.last() else { break hosts.join(" ") };
            after = order.place(&order.cursor(last));
            assert_eq!(after, Some(order.behind(last)));
            hosts.extend(page.iter().map(|instance| instance.host_name.to_string()));
        }
    };
    let (up, down) = (ListDirection::Up, ListDirection::Down);
    // Both ways of reading: from the index of a condition, and along that of the order.
    for filter in
        [instances::Filter::default(), instances::Filter { package: Some(name("shop")), ..Default::default() }]
    {
        for (key, direction, wanted) in [
            (InstanceKey::Host, up, "web-1 web-2 web-3"),
            (InstanceKey::Host, down, "web-3 web-2 web-1"),
            (InstanceKey::Package, up, "web-1 web-2 web-3"),
            (InstanceKey::Package, down, "web-3 web-2 web-1"),
            (InstanceKey::Version, up, "web-2 web-3 web-1"),
            (InstanceKey::Version, down, "web-1 web-3 web-2"),
            (InstanceKey::State, up, "web-1 web-2 web-3"),
            (InstanceKey::State, down, "web-3 web-1 web-2"),
            (InstanceKey::Health, up, "web-2 web-1 web-3"),
            (InstanceKey::Health, down, "web-1 web-3 web-2"),
            (InstanceKey::Since, up, "web-1 web-3 web-2"),
            (InstanceKey::Since, down, "web-2 web-3 web-1"),
        ] {
            assert_eq!(listed(&mut tx, key, direction, &filter).await, wanted, "{key:?} {direction:?}");
        }
    }
    let older = instances::Filter { version: Some(name("1.9")), health: Some(Health::Healthy), ..Default::default() };
    assert_eq!(listed(&mut tx, InstanceKey::Version, up, &older).await, "web-3");
    assert_eq!(listed(&mut tx, InstanceKey::Health, down, &older).await, "web-3");
    let by_health = instances::InstanceOrder { key: InstanceKey::Health, direction: up };
    assert_eq!(by_health.place("web-1 shop"), None, "it was written for another order");
}

async fn an_instance_has_a_history(test: TestStore) {
    let (mut tx, deployment) = deployed(&test).await;
    let next = Move { state: UnitState::Succeeded, failure: None, revision: 2, at: at(7) };
    units::set_state(&mut tx, id(1), &next).await.unwrap();
    let back = plan(2, Some(id(1)), 11);
    store_plan(&mut tx, &back, Some(deployment)).await;
    units::insert_plan(&mut tx, deployment, &back, 3, at(8)).await.unwrap();
    // Each unit of this plan has a host of its own.
    let told = instance_history::page(&mut tx, id(1), id(1), None, 10).await.unwrap();
    assert_eq!(told.len(), 1);
    let change = &told[0];
    assert_eq!((change.unit, change.deployment, change.outcome), (id(1), deployment, UnitState::Succeeded));
    assert_eq!((change.creator.as_str(), change.updated_at), ("admin", at(7)));
    let place = HistoryPlace { deployment, unit: id(1) };
    assert_eq!(instance_history::count(&mut tx, id(11), id(1)).await.unwrap(), 1);
    assert!(instance_history::page(&mut tx, id(1), id(1), Some(place), 10).await.unwrap().is_empty());
    assert!(instance_history::page(&mut tx, id(1), id(2), None, 10).await.unwrap().is_empty());
}

async fn generations_rise_and_joinings_are_received_once(test: TestStore) {
    let (mut tx, _) = deployed(&test).await;
    let host: HostId = id(1);
    assert!(host_assignments::find(&mut tx, host).await.unwrap().is_none());
    host_assignments::receive(&mut tx, host, 1, at(1)).await.unwrap();
    host_assignments::receive(&mut tx, host, 1, at(2)).await.unwrap();
    let known = host_assignments::find(&mut tx, host).await.unwrap().unwrap();
    assert_eq!((known.incarnation, known.generation, known.wants_inventory, known.has_open), (1, 1, true, false));
    host_assignments::inventory_came(&mut tx, host, 1).await.unwrap();
    admit(&mut tx, 1, 1, 1).await;
    assert_eq!(host_assignments::raise(&mut tx, host, 1, at(3)).await.unwrap(), 2);
    let known = host_assignments::find(&mut tx, host).await.unwrap().unwrap();
    assert_eq!((known.generation, known.wants_inventory, known.has_open), (2, false, true));

    host_assignments::receive(&mut tx, host, 2, at(4)).await.unwrap();
    host_assignments::inventory_came(&mut tx, host, 1).await.unwrap();
    let known = host_assignments::find(&mut tx, host).await.unwrap().unwrap();
    assert_eq!((known.incarnation, known.generation, known.wants_inventory), (2, 3, true));
    host_assignments::overtake(&mut tx, host, 10, at(5)).await.unwrap();
    host_assignments::overtake(&mut tx, host, 4, at(6)).await.unwrap();
    assert_eq!(host_assignments::find(&mut tx, host).await.unwrap().unwrap().generation, 11);
    assert_eq!(host_assignments::raise(&mut tx, id(2), 1, at(6)).await.unwrap(), 1);
    assert_eq!(host_assignments::raised_since(&mut tx, at(6)).await.unwrap(), [(id(2), 1)]);
}

async fn packages_are_bound_once(test: TestStore) {
    let mut tx = world(&test).await;
    bindings::bind(&mut tx, id(1), &[id(1)], at(0)).await.unwrap();
    bindings::bind(&mut tx, id(1), &[id(1)], at(1)).await.unwrap();
    assert_eq!(bindings::modules(&mut tx, id(1)).await.unwrap(), [id::<ModuleId>(1)]);
    let listed = bindings::list(&mut tx, id(1), None, 9).await.unwrap();
    assert_eq!((listed.len(), listed[0].module.to_string().as_str()), (1, "Shop/Production/Web"));
    assert_eq!(bindings::count(&mut tx, id(1)).await.unwrap(), 1);
    assert!(bindings::list(&mut tx, id(1), Some(&listed[0].module), 9).await.unwrap().is_empty());
    assert!(bindings::unbind(&mut tx, id(1), id(1)).await.unwrap());
    assert!(!bindings::unbind(&mut tx, id(1), id(1)).await.unwrap(), "it is not bound any more");
}

async fn a_release_says_its_layout(test: TestStore) {
    let mut tx = world(&test).await;
    let found = releases::find(&mut tx, id(1), &name("1.1")).await.unwrap().unwrap();
    assert_eq!((found.id, found.release.manifest.layout), (id(9), Some(Layout::Versioned)));
    assert!(releases::find(&mut tx, id(1), &name("2.0")).await.unwrap().is_none());
}
