//! Guard rails, deployments under them, approvals, and strategies with names.

use jiff::Timestamp;
use packhorse_model::TopologyName;
use packhorse_model::api::guard_rails::{EnvironmentRules, Freeze, FreezeOverride, Lock};
use packhorse_model::api::strategies::NamedStrategy;
use packhorse_model::deployment::{DeploymentState, Waiting};
use packhorse_model::guard::FreezeSchedule;
use packhorse_model::ids::{DeploymentId, UserId};
use packhorse_model::strategy::Strategy;
use packhorse_model::topology::Environment;
use packhorse_store::approvals::{self, NewApproval};
use packhorse_store::deployments::{self, ApprovalFilter, Filter, Standing};
use packhorse_store::{Conn, guard_rails, guarded_deployments, strategies, users};

use crate::engine::deployed;
use crate::harness::{TestStore, at, id, on_both};

on_both!(
    rules_freezes_and_locks_are_kept,
    a_deployment_is_found_by_where_it_acts,
    of_each_user_one_approval_counts,
    lists_show_what_waits_for_approval,
    strategies_have_names_and_defaults,
);

fn freeze(name: &str, until: Timestamp) -> Freeze {
    Freeze {
        name: name.parse().unwrap(),
        scope: "environment:prod".parse().unwrap(),
        schedule: FreezeSchedule::Once { from: at(0), until },
        message: "books are closed".to_owned(),
        updated_by: "admin".parse().unwrap(),
        updated_at: at(1),
        holds_until: None,
    }
}

async fn rules_freezes_and_locks_are_kept(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    guard_rails::lock(&mut tx).await.unwrap();
    assert!(guard_rails::environments(&mut tx).await.unwrap().is_empty());
    let mut rules = EnvironmentRules {
        environment: Environment::Prod,
        approvals: 2,
        max_concurrent: None,
        updated_by: Some("admin".parse().unwrap()),
        updated_at: Some(at(1)),
    };
    guard_rails::set_environment(&mut tx, &rules).await.unwrap();
    rules.max_concurrent = Some(3);
    guard_rails::set_environment(&mut tx, &rules).await.unwrap();
    assert_eq!(guard_rails::environments(&mut tx).await.unwrap(), [rules]);

    for name in ["b", "Year end", "a"] {
        guard_rails::put_freeze(&mut tx, &freeze(name, at(5))).await.unwrap();
    }
    guard_rails::put_freeze(&mut tx, &freeze("b", at(9))).await.unwrap();
    let names = |freezes: Vec<Freeze>| freezes.into_iter().map(|freeze| freeze.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(guard_rails::freezes(&mut tx).await.unwrap()), ["Year end", "a", "b"]);
    let b = "b".parse().unwrap();
    assert_eq!(guard_rails::find_freeze(&mut tx, &b).await.unwrap(), Some(freeze("b", at(9))));
    guard_rails::delete_freeze(&mut tx, &b).await.unwrap();
    assert_eq!(guard_rails::count_freezes(&mut tx).await.unwrap(), 2);

    let lock = Lock {
        id: id(1),
        scope: "module:Shop/Production/Web".parse().unwrap(),
        message: "ask li".to_owned(),
        created_by: "admin".parse().unwrap(),
        created_at: at(1),
    };
    guard_rails::insert_lock(&mut tx, &lock).await.unwrap();
    assert_eq!(guard_rails::find_lock(&mut tx, id(1)).await.unwrap(), Some(lock.clone()));
    assert_eq!(guard_rails::locks(&mut tx).await.unwrap(), [lock]);
    guard_rails::delete_lock(&mut tx, id(1)).await.unwrap();
    assert_eq!(guard_rails::count_locks(&mut tx).await.unwrap(), 0);
}

async fn a_deployment_is_found_by_where_it_acts(test: TestStore) {
    let (mut tx, _) = deployed(&test).await;
    let deployment: DeploymentId = id(1);
    guard_rails::keep(&mut tx).await.unwrap();
    guarded_deployments::take_turns(&mut tx).await.unwrap();
    guarded_deployments::note_modules_of_hosts(&mut tx, deployment, id(1)).await.unwrap();
    guarded_deployments::note_module(&mut tx, deployment, id(1)).await.unwrap();
    let row = guarded_deployments::find(&mut tx, deployment).await.unwrap().unwrap();
    assert_eq!((row.state, row.begun_at, row.approvals), (DeploymentState::Running, None, 0));
    assert_eq!(row.modules.len(), 1, "three hosts of one module");
    assert_eq!(row.modules[0].path.to_string(), "Shop/Production/Web");
    assert_eq!(row.modules[0].environment, Environment::Prod);

    let (shop, bank): (TopologyName, TopologyName) = ("Shop".parse().unwrap(), "Bank".parse().unwrap());
    let open_in = async |tx: &mut Conn, business: &TopologyName, but: u128| {
        guarded_deployments::open_in(tx, [business], id(but)).await.unwrap().len()
    };
    assert_eq!(open_in(&mut tx, &shop, 7).await, 1);
    assert_eq!(open_in(&mut tx, &bank, 7).await, 0);
    assert_eq!(open_in(&mut tx, &shop, 1).await, 0);

    guarded_deployments::begin(&mut tx, deployment, at(5)).await.unwrap();
    guarded_deployments::begin(&mut tx, deployment, at(6)).await.unwrap();
    guarded_deployments::set_not_before(&mut tx, deployment, Some(at(9))).await.unwrap();
    let said = FreezeOverride { by: "li".parse().unwrap(), reason: "it burns".to_owned(), at: at(7) };
    guarded_deployments::override_freeze(&mut tx, deployment, &said).await.unwrap();
    guarded_deployments::set_ended_because(&mut tx, deployment, "rejected").await.unwrap();
    let row = guarded_deployments::find(&mut tx, deployment).await.unwrap().unwrap();
    assert_eq!((row.begun_at, row.not_before), (Some(at(5)), Some(at(9))));
    assert_eq!((row.freeze_override, row.ended_because.as_deref()), (Some(said), Some("rejected")));
}

async fn of_each_user_one_approval_counts(test: TestStore) {
    let (mut tx, _) = deployed(&test).await;
    for (number, name) in [(1, "admin"), (2, "li")] {
        users::insert(&mut tx, id::<UserId>(number), &name.parse().unwrap(), "hash", at(0)).await.unwrap();
    }
    for (user, comment, second) in [(1, "yes", 1), (2, "fine", 2), (1, "still yes", 3)] {
        let new = NewApproval { deployment: id(1), plan: id(1), user: id(user), comment, at: at(second) };
        approvals::put(&mut tx, &new).await.unwrap();
    }
    let given = approvals::of(&mut tx, id(1), id(1)).await.unwrap();
    let shown: Vec<String> = given.iter().map(|given| format!("{}: {}", given.user, given.comment)).collect();
    assert_eq!(shown, ["li: fine", "admin: still yes"]);
    assert_eq!(guarded_deployments::find(&mut tx, id(1)).await.unwrap().unwrap().approvals, 2);
    // Those of another plan do not count.
    assert!(approvals::of(&mut tx, id(1), id(2)).await.unwrap().is_empty());
    assert_eq!(users::count(&mut tx).await.unwrap(), 2);
    let page = users::page(&mut tx, Some(&"admin".parse().unwrap()), 5).await.unwrap();
    assert_eq!(page.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["li"]);
}

async fn lists_show_what_waits_for_approval(test: TestStore) {
    let (mut tx, _) = deployed(&test).await;
    let awaited = Filter { approval: Some(ApprovalFilter::Awaited), ..Filter::default() };
    assert_eq!(deployments::count(&mut tx, &awaited).await.unwrap(), 0);
    let waiting = [Waiting::Approval { needed: 1, given: 0 }];
    guarded_deployments::set_first_waiting(&mut tx, id(1), &waiting).await.unwrap();
    assert_eq!(deployments::list(&mut tx, &awaited, None, 5).await.unwrap().len(), 1);
    let revision = deployments::revision(&mut tx, id(1)).await.unwrap().unwrap();
    let standing = Standing { state: DeploymentState::Running, waiting: vec![Waiting::Resume] };
    assert!(deployments::set_state(&mut tx, id(1), revision, &standing, at(3)).await.unwrap());
    assert_eq!(deployments::count(&mut tx, &awaited).await.unwrap(), 0);
}

fn strategy(name: &str, environment: Option<Environment>, is_default: bool) -> NamedStrategy {
    NamedStrategy {
        name: name.parse().unwrap(),
        environment,
        description: String::new(),
        strategy: Strategy { canary: 1, ..Strategy::default() },
        is_default,
        updated_by: "admin".parse().unwrap(),
        updated_at: at(1),
    }
}

async fn strategies_have_names_and_defaults(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let default = async |tx: &mut Conn| {
        let found = strategies::default_of(tx, Environment::Prod).await.unwrap();
        found.map(|named| named.name.to_string())
    };
    assert_eq!(default(&mut tx).await, None);
    strategies::put(&mut tx, &strategy("plain", None, true)).await.unwrap();
    assert_eq!(default(&mut tx).await.as_deref(), Some("plain"));
    strategies::put(&mut tx, &strategy("careful", Some(Environment::Prod), true)).await.unwrap();
    strategies::put(&mut tx, &strategy("quick", Some(Environment::Test), true)).await.unwrap();
    assert_eq!(default(&mut tx).await.as_deref(), Some("careful"));
    // An environment has one default.
    strategies::put(&mut tx, &strategy("slow", Some(Environment::Prod), true)).await.unwrap();
    strategies::put(&mut tx, &strategy("slow", Some(Environment::Prod), true)).await.unwrap();
    assert_eq!(default(&mut tx).await.as_deref(), Some("slow"));
    let careful = strategies::find(&mut tx, &"careful".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(careful, strategy("careful", Some(Environment::Prod), false));
    let behind = strategies::page(&mut tx, Some(&careful.name), 2).await.unwrap();
    assert_eq!(behind.iter().map(|named| named.name.as_str()).collect::<Vec<_>>(), ["plain", "quick"]);
    strategies::delete(&mut tx, &"slow".parse().unwrap()).await.unwrap();
    assert_eq!(default(&mut tx).await.as_deref(), Some("plain"));
    assert_eq!(strategies::count(&mut tx).await.unwrap(), 3);
}
