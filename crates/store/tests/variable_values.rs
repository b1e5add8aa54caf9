//! Values of variables by scope, and the vault.

use packhorse_model::ids::{ModuleId, VariableId};
use packhorse_model::order::HostFacts;
use packhorse_model::topology::Environment;
use packhorse_model::variables::{Scope, VariableValue};
use packhorse_store::variables::{self, NewVariable, VariableFilter};
use packhorse_store::vault::{self, NewVersion, Sealed};
use packhorse_store::{Conn, hosts, topology};

use crate::harness::{TestStore, at, id, on_both};
use crate::version_list::package;

on_both!(values_are_found_by_scope_and_name, secrets_have_versions_and_users);

const SCOPES: [&str; 7] = [
    "global",
    "environment:prod",
    "business:Shop",
    "system:Shop/Live",
    "module:Shop/Live/Web",
    "host:web-1",
    "package:shop-1",
];

async fn set(conn: &mut Conn, number: u128, name: &str, scope: &Scope, value: &VariableValue) {
    let stored = variables::stored_scope(conn, scope).await.unwrap().unwrap();
    let secret = match value {
        VariableValue::Secret(name) => Some(vault::by_name(conn, name).await.unwrap().unwrap().id),
        _ => None,
    };
    let new = NewVariable {
        id: id(number),
        name: &name.parse().unwrap(),
        scope: &stored,
        value,
        secret,
        description: "",
        revision: 1,
        by: "user:ada",
        at: at(1),
    };
    variables::put(conn, &new).await.unwrap();
}

async fn shown(conn: &mut Conn, filter: &VariableFilter, after: Option<VariableId>) -> Vec<String> {
    let page = variables::page(conn, filter, after, 10).await.unwrap();
    page.iter().map(|variable| format!("{} {}", variable.name, variable.scope)).collect()
}

async fn values_are_found_by_scope_and_name(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let (shop, live) = ("Shop".parse().unwrap(), "Live".parse().unwrap());
    topology::insert_business(&mut tx, id(1), &shop, at(0)).await.unwrap();
    topology::insert_system(&mut tx, id(1), id(1), &live, Environment::Prod, at(0)).await.unwrap();
    topology::insert_module(&mut tx, id::<ModuleId>(1), id(1), &"Web".parse().unwrap(), at(0)).await.unwrap();
    let (host, _) = hosts::join(&mut tx, id(1), &"web-1".parse().unwrap(), &HostFacts::default(), at(0)).await.unwrap();
    package(&mut tx, 1).await;
    for (number, scope) in (1..).zip(SCOPES) {
        set(&mut tx, number, "DB_Host", &scope.parse().unwrap(), &VariableValue::Integer(7)).await;
    }
    set(&mut tx, 8, "dbx", &Scope::Global, &VariableValue::Boolean(true)).await;
    // The same name in other letters is the same variable.
    set(&mut tx, 9, "db_host", &Scope::Global, &VariableValue::Text("a".to_owned())).await;

    let found = variables::definitions(&mut tx, &["db_host".to_owned(), "nothing".to_owned()]).await.unwrap();
    let scopes: Vec<String> = found["db_host"].keys().map(ToString::to_string).collect();
    assert_eq!(scopes, SCOPES);
    assert_eq!(found["db_host"][&Scope::Global], VariableValue::Text("a".to_owned()));

    let begins = VariableFilter { scope: None, name: Some("db_".to_owned()) };
    assert_eq!(variables::count(&mut tx, &begins).await.unwrap(), 7);
    assert_eq!(shown(&mut tx, &begins, Some(id(6))).await, ["DB_Host package:shop-1"]);
    let global = variables::stored_scope(&mut tx, &Scope::Global).await.unwrap();
    let in_global = VariableFilter { scope: global, name: None };
    assert_eq!(shown(&mut tx, &in_global, None).await.len(), 2);

    // What a scope named is gone, and its values with it.
    hosts::delete(&mut tx, host).await.unwrap();
    let found = variables::definitions(&mut tx, &["db_host".to_owned()]).await.unwrap();
    assert!(!found["db_host"].contains_key(&"host:web-1".parse().unwrap()));
    assert!(variables::stored_scope(&mut tx, &"business:Bank".parse().unwrap()).await.unwrap().is_none());
    variables::delete(&mut tx, id(8)).await.unwrap();
    assert!(variables::by_id(&mut tx, id(8)).await.unwrap().is_none());
}

async fn secrets_have_versions_and_users(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let name = "shop-db".parse().unwrap();
    assert_eq!(vault::any_key(&mut tx).await.unwrap(), None);
    vault::insert(&mut tx, id(1), &name, "the shop's", "user:ada", at(1)).await.unwrap();
    for version in 1..=2 {
        let sealed = Sealed { key_id: "k".to_owned(), bytes: vec![u8::try_from(version).unwrap(); 40] };
        let new = NewVersion { secret: id(1), version, sealed: &sealed, by: "user:ada", at: at(2) };
        vault::add_version(&mut tx, &new).await.unwrap();
    }
    set(&mut tx, 1, "password", &Scope::Global, &VariableValue::Secret(name.clone())).await;
    let secret = vault::by_name(&mut tx, &name).await.unwrap().unwrap();
    assert_eq!((secret.version, secret.used_by), (2, 1));
    assert_eq!(vault::sealed(&mut tx, id(1), 1).await.unwrap().unwrap().bytes, [1; 40]);
    assert_eq!(vault::current(&mut tx, std::slice::from_ref(&name)).await.unwrap()[&name].version, 2);
    assert_eq!(vault::users(&mut tx, id(1), 5).await.unwrap()[0].1.as_str(), "password");
    assert_eq!(vault::page(&mut tx, None, 10).await.unwrap().len(), 1);
    assert!(vault::page(&mut tx, Some(&name), 10).await.unwrap().is_empty());
    variables::delete(&mut tx, id(1)).await.unwrap();
    vault::delete(&mut tx, id(1)).await.unwrap();
    assert_eq!(vault::sealed(&mut tx, id(1), 2).await.unwrap(), None);
    assert_eq!(vault::count(&mut tx).await.unwrap(), 0);
}
