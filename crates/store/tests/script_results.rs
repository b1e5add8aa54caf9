//! How scripts ended: the last attempt of each host counts, equal ends are one group, and outputs go without them.

use packhorse_model::Digest;
use packhorse_model::deployment::{DeploymentSpec, DeploymentState};
use packhorse_model::ids::DeploymentId;
use packhorse_model::order::Grant;
use packhorse_model::run::{ScriptExit, ScriptResult};
use packhorse_store::attempts::{self, NewAttempt};
use packhorse_store::deployments::{self, NewDeployment, Standing};
use packhorse_store::script_results::{self, Filter, GroupPlace};
use packhorse_store::step_outputs::{self, Appended};
use packhorse_store::{Tx, units};

use crate::engine::{plan, store_plan, world};
use crate::harness::{TestStore, at, id, on_both};

on_both!(hosts_are_grouped_by_how_the_script_ended, old_outputs_are_dropped_and_results_stay);

fn spec() -> DeploymentSpec {
    let spec = serde_json::json!({ "action": "run", "package": "shop", "version": "1.1", "targets": {} });
    serde_json::from_value(spec).unwrap()
}

fn ended(code: i32, output: u8) -> ScriptResult {
    let exit = ScriptExit::Code { code };
    ScriptResult { exit, millis: 20, output_bytes: 3, output_digest: Digest::new([output; 32]) }
}

/// A run on three hosts, each with an attempt of the same number as its unit.
async fn run(tx: &mut Tx, number: u128) -> DeploymentId {
    let deployment: DeploymentId = id(number);
    let first = number * 10;
    let plan = plan(number, None, first);
    store_plan(tx, &plan, Some(deployment)).await;
    let new = NewDeployment {
        id: deployment,
        package: id(1),
        also: &[],
        spec: &spec(),
        plan: plan.id,
        creator: &"admin".parse().unwrap(),
        created_at: at(0),
    };
    deployments::insert(tx, &new).await.unwrap();
    units::insert_plan(tx, deployment, &plan, 1, at(0)).await.unwrap();
    for unit in first..first + 3 {
        attempt(tx, deployment, unit, unit, 1).await;
    }
    deployment
}

async fn attempt(tx: &mut Tx, deployment: DeploymentId, attempt: u128, unit: u128, epoch: u32) {
    let new = NewAttempt {
        id: id(attempt),
        unit: id(unit),
        deployment,
        host: id(1),
        incarnation: 1,
        epoch,
        grant: Grant::Prepare,
        timeout_seconds: 60,
        created_at: at(0),
    };
    attempts::insert(tx, &new).await.unwrap();
}

async fn end(tx: &mut Tx, deployment: DeploymentId, second: i64) {
    let standing = Standing { state: DeploymentState::Succeeded, waiting: Vec::new() };
    assert!(deployments::set_state(tx, deployment, 1, &standing, at(second)).await.unwrap());
}

async fn hosts_are_grouped_by_how_the_script_ended(test: TestStore) {
    let mut tx = world(&test).await;
    let deployment = run(&mut tx, 1).await;
    script_results::put(&mut tx, id(10), 3, &ended(0, 7)).await.unwrap();
    script_results::put(&mut tx, id(11), 3, &ended(1, 7)).await.unwrap();
    script_results::put(&mut tx, id(12), 3, &ended(0, 7)).await.unwrap();
    let groups = script_results::groups(&mut tx, deployment, None, 10).await.unwrap();
    let shown: Vec<_> = groups.iter().map(|group| (group.hosts, group.first.as_str(), group.exit)).collect();
    let code = |code| ScriptExit::Code { code };
    assert_eq!(shown, [(2, "web-10", code(0)), (1, "web-11", code(1))]);
    assert_eq!(script_results::count_groups(&mut tx, deployment).await.unwrap(), 2);
    let place = GroupPlace { hosts: groups[0].hosts, id: groups[0].id.clone() };
    let rest = script_results::groups(&mut tx, deployment, Some(&place), 10).await.unwrap();
    assert_eq!(rest, groups[1..]);

    // The host is tried again; what the first attempt tells late changes nothing.
    attempt(&mut tx, deployment, 20, 11, 2).await;
    script_results::put(&mut tx, id(20), 3, &ended(0, 7)).await.unwrap();
    script_results::put(&mut tx, id(11), 3, &ended(1, 7)).await.unwrap();
    let groups = script_results::groups(&mut tx, deployment, None, 10).await.unwrap();
    assert_eq!(groups.iter().map(|group| group.hosts).collect::<Vec<_>>(), [3]);

    let names = async |tx: &mut Tx, filter: Filter, after: Option<&str>| {
        let after = after.map(|name| name.parse().unwrap());
        let listed = script_results::hosts(tx, deployment, &filter, after.as_ref(), 10).await.unwrap();
        listed.iter().map(|listed| listed.output.host_name.to_string()).collect::<Vec<_>>()
    };
    let group = Filter { group: Some(groups[0].id.clone()), host: None };
    assert_eq!(names(&mut tx, group.clone(), Some("web-10")).await, ["web-11", "web-12"]);
    assert_eq!(script_results::count_hosts(&mut tx, deployment, &group).await.unwrap(), 3);
    let one = Filter { host: Some("web-12".parse().unwrap()), group: None };
    assert_eq!(names(&mut tx, one, None).await, ["web-12"]);
}

async fn old_outputs_are_dropped_and_results_stay(test: TestStore) {
    let mut tx = world(&test).await;
    let (old, new, open) = (run(&mut tx, 1).await, run(&mut tx, 2).await, run(&mut tx, 3).await);
    for (attempt, text) in [(10, b"abc"), (20, b"def"), (30, b"ghi")] {
        let stored = step_outputs::append(&mut tx, id(attempt), 3, 0, text).await.unwrap();
        assert_eq!(stored, Appended::Stored);
        script_results::put(&mut tx, id(attempt), 3, &ended(0, 7)).await.unwrap();
    }
    end(&mut tx, old, 10).await;
    end(&mut tx, new, 20).await;
    assert_eq!(script_results::ended_before(&mut tx, at(20), 9).await.unwrap(), [old]);
    assert_eq!(script_results::crowded(&mut tx, 2, 9).await.unwrap(), []);
    assert_eq!(script_results::crowded(&mut tx, 1, 9).await.unwrap(), [id(1)]);
    assert_eq!(script_results::beyond(&mut tx, id(1), 1, 9).await.unwrap(), [old], "open runs do not count");

    assert_eq!(script_results::drop_some(&mut tx, old, 9).await.unwrap(), 1);
    assert_eq!(script_results::drop_some(&mut tx, old, 9).await.unwrap(), 0);
    script_results::set_dropped(&mut tx, old, at(30)).await.unwrap();
    assert_eq!(script_results::ended_before(&mut tx, at(20), 9).await.unwrap(), []);
    assert_eq!(script_results::dropped_of_attempt(&mut tx, id(10)).await.unwrap(), Some(at(30)));
    assert_eq!(script_results::dropped_of_attempt(&mut tx, id(30)).await.unwrap(), None);
    assert_eq!(step_outputs::pieces(&mut tx, id(10), 3, 0, 9).await.unwrap(), []);
    assert_eq!(step_outputs::pieces(&mut tx, id(30), 3, 0, 9).await.unwrap().len(), 1);
    let listed = script_results::hosts(&mut tx, old, &Filter::default(), None, 9).await.unwrap();
    assert_eq!((listed[0].kept, listed[0].output.dropped_at), (0, Some(at(30))));
    let kept = script_results::hosts(&mut tx, open, &Filter::default(), None, 9).await.unwrap();
    assert_eq!((kept[0].kept, kept[0].output.dropped_at), (3, None));
}
