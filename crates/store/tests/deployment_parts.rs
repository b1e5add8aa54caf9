//! Deployments of several packages: every unit is of its own, and each of them finds the deployment.

use packhorse_model::deployment::{DeploymentSpec, DeploymentState, Plan, PlannedBatch};
use packhorse_model::ids::{DeploymentId, PackageId};
use packhorse_model::part::SpecPart;
use packhorse_store::deployments::{self, Filter, NewDeployment, Standing};

use packhorse_store::{Tx, args, attempts, deployment_parts, retention, units, version_states};

use crate::engine::{admit, name, plan, spec, store_plan, world};
use crate::harness::{TestStore, at, id, on_both};

on_both!(units_are_of_their_own_packages, each_package_finds_the_deployment, a_ban_of_any_package_is_seen,);

const CONF: u128 = 2;

/// A deployment of two packages: the first two units of the plan are of the first, and the third of the other.
async fn together(test: &TestStore) -> (Tx, DeploymentId) {
    let mut tx = world(test).await;
    tx.execute(
        "INSERT INTO packages (id, name, kind, description, creator, versions, created_at, updated_at)
         VALUES ($1, 'shop-conf', 'config', '', 'admin', 1, 0, 0)",
        args![id::<PackageId>(CONF)],
    )
    .await
    .unwrap();
    let mut plan: Plan = plan(1, None, 1);
    let conf = name("shop-conf");
    if let Some(PlannedBatch { units, .. }) = plan.batches.get_mut(1) {
        units[1].order.package = conf;
        units[1].order.from = None;
        units[1].order.to.as_mut().unwrap().version = name("7.0");
    }
    let also = vec![SpecPart { package: name("shop-conf"), version: Some(name("7.0")) }];
    let spec = DeploymentSpec { also, ..spec() };
    store_plan(&mut tx, &plan, Some(id(1))).await;
    let new = NewDeployment {
        id: id(1),
        package: id(1),
        also: &[id(CONF)],
        spec: &spec,
        plan: plan.id,
        creator: &name("admin"),
        created_at: at(1),
    };
    deployments::insert(&mut tx, &new).await.unwrap();
    units::insert_plan(&mut tx, id(1), &plan, 1, at(1)).await.unwrap();
    (tx, id(1))
}

async fn units_are_of_their_own_packages(test: TestStore) {
    let (mut tx, deployment) = together(&test).await;
    let packages: Vec<PackageId> =
        units::of_plan(&mut tx, id(1)).await.unwrap().iter().map(|unit| unit.package).collect();
    assert_eq!(packages, [id(1), id(1), id(CONF)]);
    assert_eq!(units::position(&mut tx, id(3)).await.unwrap().unwrap().package, id(CONF));
    let shown = units::find(&mut tx, id(3)).await.unwrap().unwrap();
    assert_eq!(shown.package, Some(name("shop-conf")));
    admit(&mut tx, 1, 1, 1).await;
    admit(&mut tx, 3, 3, 1).await;
    let open = attempts::open_beside(&mut tx, deployment).await.unwrap();
    assert_eq!(open.iter().map(|open| open.package).collect::<Vec<_>>(), [id(1), id(CONF)]);
    let parts = deployment_parts::of(&mut tx, deployment).await.unwrap();
    let shown: Vec<String> = parts
        .iter()
        .map(|part| format!("{} {:?}", part.name, part.version.as_ref().map(ToString::to_string)))
        .collect();
    assert_eq!(shown, ["shop Some(\"1.1\")", "shop-conf Some(\"7.0\")"]);
}

async fn each_package_finds_the_deployment(test: TestStore) {
    let (mut tx, deployment) = together(&test).await;
    for package in ["shop", "shop-conf"] {
        let filter = Filter { package: Some(name(package)), ..Filter::default() };
        let listed = deployments::list(&mut tx, &filter, None, 5).await.unwrap();
        assert_eq!(listed.iter().map(|found| found.id).collect::<Vec<_>>(), [deployment], "{package}");
        assert_eq!(listed[0].also[0].package, name("shop-conf"));
        assert!(deployments::list(&mut tx, &filter, Some(deployment), 5).await.unwrap().is_empty());
        assert_eq!(deployments::count(&mut tx, &filter).await.unwrap(), 1);
    }
    let conf: PackageId = id(CONF);
    let open = |version: &'static str| name(version);
    assert_eq!(version_states::open_deployment(&mut tx, conf, None).await.unwrap(), Some(deployment));
    assert_eq!(version_states::open_deployment(&mut tx, conf, Some(&open("7.0"))).await.unwrap(), Some(deployment));
    assert_eq!(version_states::open_deployment(&mut tx, conf, Some(&open("1.1.0"))).await.unwrap(), None, "of another");
    assert_eq!(retention::in_deployments(&mut tx, conf).await.unwrap(), [open("7.0")].into());
    let ended = Standing { state: DeploymentState::Aborted, waiting: Vec::new() };
    assert!(deployments::set_state(&mut tx, deployment, 1, &ended, at(9)).await.unwrap());
    assert_eq!(version_states::open_deployment(&mut tx, conf, None).await.unwrap(), None);
}

async fn a_ban_of_any_package_is_seen(test: TestStore) {
    let (mut tx, deployment) = together(&test).await;
    assert!(!version_states::plan_is_banned(&mut tx, deployment, id(1)).await.unwrap());
    tx.execute("UPDATE versions SET package_id = $1, number = '7.0', state = 'banned'", args![id::<PackageId>(CONF)])
        .await
        .unwrap();
    assert!(version_states::plan_is_banned(&mut tx, deployment, id(1)).await.unwrap());

    tx.execute("UPDATE versions SET number = '1.1.0'", args![]).await.unwrap();
    assert!(
        !version_states::plan_is_banned(&mut tx, deployment, id(1)).await.unwrap(),
        "no unit of it has this number"
    );
}
