//! Users, sessions, tokens, topology, hosts.

use packhorse_model::HostName;
use packhorse_model::api::sessions::TokenSummary;
use packhorse_model::ids::{HostId, ModuleId};
use packhorse_model::order::HostFacts;
use packhorse_model::topology::Environment;
use packhorse_store::hosts::{Filter, Seen};
use packhorse_store::join_tokens::JoinToken;
use packhorse_store::sessions::NewSession;
use packhorse_store::{Conn, StoreError, hosts, join_tokens, sessions, tokens, topology, users};

use crate::harness::{TestStore, at, id, on_both};

on_both!(
    users_have_one_name,
    sessions_are_found_by_their_secret,
    tokens_are_listed_newest_first,
    the_topology_is_a_tree_with_counts,
    hosts_join_and_join_again,
    hosts_are_filtered,
    a_join_token_is_taken_once,
);

async fn users_have_one_name(test: TestStore) {
    assert!(!users::any(&mut test.store.read().await.unwrap()).await.unwrap());
    let user = test.user().await;
    let mut tx = test.store.write().await.unwrap();
    assert!(users::any(&mut tx).await.unwrap());
    let name = "admin".parse().unwrap();
    assert_eq!(users::credentials(&mut tx, &name).await.unwrap().unwrap().user, user);
    assert!(users::credentials(&mut tx, &"other".parse().unwrap()).await.unwrap().is_none());
    let twice = users::insert(&mut tx, id(2), &name, "hash", at(0)).await;
    assert!(matches!(twice, Err(StoreError::Unique)), "{twice:?}");
}

async fn sessions_are_found_by_their_secret(test: TestStore) {
    let user = test.user().await;
    let mut tx = test.store.write().await.unwrap();
    let new = NewSession { id: id(1), secret_hash: [7; 32], user, now: at(0), expires_at: at(100) };
    sessions::insert(&mut tx, &new).await.unwrap();
    sessions::touch(&mut tx, new.id, at(50)).await.unwrap();
    sessions::touch(&mut tx, new.id, at(40)).await.unwrap();
    let found = sessions::by_secret(&mut tx, &[7; 32]).await.unwrap().unwrap();
    assert_eq!((found.user, found.used_at, found.expires_at), (user, at(50), at(100)));
    assert!(sessions::by_secret(&mut tx, &[8; 32]).await.unwrap().is_none());
    assert_eq!(sessions::forget_expired(&mut tx, at(100)).await.unwrap(), 0);
    assert_eq!(sessions::forget_expired(&mut tx, at(101)).await.unwrap(), 1);
}

async fn tokens_are_listed_newest_first(test: TestStore) {
    let user = test.user().await;
    let mut tx = test.store.write().await.unwrap();
    for number in 1..=3_u8 {
        let token = TokenSummary {
            id: id(u128::from(number)),
            name: format!("token {number}"),
            created_at: at(0),
            expires_at: (number == 2).then(|| at(9)),
            last_used_at: None,
        };
        tokens::insert(&mut tx, user, &token, &[number; 32]).await.unwrap();
    }
    let first = tokens::list(&mut tx, user, None, 2).await.unwrap();
    assert_eq!(first.iter().map(|token| token.name.as_str()).collect::<Vec<_>>(), ["token 3", "token 2"]);
    let second = tokens::list(&mut tx, user, Some(first[1].id), 2).await.unwrap();
    assert_eq!(second.iter().map(|token| token.name.as_str()).collect::<Vec<_>>(), ["token 1"]);
    tokens::touch(&mut tx, id(2), at(5)).await.unwrap();
    let found = tokens::by_secret(&mut tx, &[2; 32]).await.unwrap().unwrap();
    assert_eq!((found.expires_at, found.used_at), (Some(at(9)), Some(at(5))));
    assert_eq!(tokens::count(&mut tx, user).await.unwrap(), 3);
}

/// Shop/Production with the modules Web and Cache.
async fn make_shop(conn: &mut Conn) -> [ModuleId; 2] {
    topology::lock(conn).await.unwrap();
    topology::insert_business(conn, id(1), &"Shop".parse().unwrap(), at(0)).await.unwrap();
    topology::insert_system(conn, id(1), id(1), &"Production".parse().unwrap(), Environment::Prod, at(0))
        .await
        .unwrap();
    for (number, name) in [(1, "Web"), (2, "Cache")] {
        topology::insert_module(conn, id(number), id(1), &name.parse().unwrap(), at(0)).await.unwrap();
    }
    [id(1), id(2)]
}

async fn join(conn: &mut Conn, number: u128, modules: &[ModuleId]) -> (HostId, u32) {
    let facts = HostFacts { address: format!("10.0.0.{number}"), ..HostFacts::default() };
    let name: HostName = format!("web-{number}").parse().unwrap();
    let (host, incarnation) = hosts::join(conn, id(number), &name, &facts, at(0)).await.unwrap();
    hosts::set_modules(conn, host, modules).await.unwrap();
    (host, incarnation)
}

async fn the_topology_is_a_tree_with_counts(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let [web, cache] = make_shop(&mut tx).await;
    topology::insert_business(&mut tx, id(2), &"Empty".parse().unwrap(), at(0)).await.unwrap();
    join(&mut tx, 1, &[web]).await;
    join(&mut tx, 2, &[web, cache]).await;
    let tree = topology::tree(&mut tx).await.unwrap();
    let names: Vec<_> = tree.businesses.iter().map(|business| business.name.as_str()).collect();
    assert_eq!(names, ["Empty", "Shop"]);
    let system = &tree.businesses[1].systems[0];
    assert_eq!(system.environment, Environment::Prod);
    let modules: Vec<_> = system.modules.iter().map(|module| (module.path.to_string(), module.hosts)).collect();
    assert_eq!(modules, [("Shop/Production/Cache".to_owned(), 1), ("Shop/Production/Web".to_owned(), 2)]);
    assert_eq!(topology::module(&mut tx, &"Shop/Production/Web".parse().unwrap()).await.unwrap(), Some(web));
    assert_eq!(topology::module(&mut tx, &"Shop/Production/Mail".parse().unwrap()).await.unwrap(), None);
}

async fn hosts_join_and_join_again(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let [web, cache] = make_shop(&mut tx).await;
    let (host, incarnation) = join(&mut tx, 1, &[web]).await;
    assert_eq!(incarnation, 1);
    let (again, incarnation) = {
        let facts = HostFacts { address: "10.9.9.9".to_owned(), ..HostFacts::default() };
        hosts::join(&mut tx, id(9), &"web-1".parse().unwrap(), &facts, at(5)).await.unwrap()
    };
    assert_eq!((again, incarnation), (host, 2));
    hosts::set_modules(&mut tx, host, &[cache]).await.unwrap();
    let stored = hosts::by_name(&mut tx, &"web-1".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(stored.modules.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Shop/Production/Cache"]);
    assert_eq!(
        (stored.facts.address.as_str(), stored.last_seen_at, stored.created_at),
        ("10.9.9.9", Some(at(5)), at(0))
    );
    hosts::delete(&mut tx, host).await.unwrap();
    assert!(hosts::identity(&mut tx, host).await.unwrap().is_none());
}

async fn hosts_are_filtered(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let [web, cache] = make_shop(&mut tx).await;
    for number in 1..=3 {
        let module = if number == 2 { cache } else { web };
        join(&mut tx, number, &[module]).await;
    }
    hosts::seen(&mut tx, &[(id(1), at(50)), (id(2), at(60))]).await.unwrap();
    hosts::seen(&mut tx, &[(id(2), at(40))]).await.unwrap();
    let since = |second| Some(Seen::Since(at(second)));
    let before = |second| Some(Seen::Before(at(second)));
    for (filter, expected) in [
        (Filter::default(), vec!["web-1", "web-2", "web-3"]),
        (Filter { module: Some(web), ..Filter::default() }, vec!["web-1", "web-3"]),
        (Filter { seen: since(60), ..Filter::default() }, vec!["web-2"]),
        (Filter { seen: before(60), ..Filter::default() }, vec!["web-1", "web-3"]),
        (Filter { search: Some("0.0.2".into()), ..Filter::default() }, vec!["web-2"]),
        (
            Filter { search: Some("WEB".into()), module: Some(cache), seen: since(0), ..Filter::default() },
            vec!["web-2"],
        ),
        (Filter { search: Some("_".into()), ..Filter::default() }, vec![]),
    ] {
        let found = hosts::list(&mut tx, &filter, None, 10).await.unwrap();
        assert_eq!(found.iter().map(|host| host.name.as_str()).collect::<Vec<_>>(), expected, "{filter:?}");
        assert_eq!(hosts::count(&mut tx, &filter).await.unwrap(), expected.len() as u64, "{filter:?}");
    }
    let page = hosts::list(&mut tx, &Filter::default(), Some(&"web-1".parse().unwrap()), 1).await.unwrap();
    assert_eq!(page[0].name.as_str(), "web-2");
}

async fn a_join_token_is_taken_once(test: TestStore) {
    let user = test.user().await;
    let mut tx = test.store.write().await.unwrap();
    let [web, _] = make_shop(&mut tx).await;
    let token = JoinToken {
        id: id(1),
        host: "web-1".parse().unwrap(),
        modules: vec![web],
        created_by: user,
        created_at: at(0),
        expires_at: at(60),
    };
    join_tokens::insert(&mut tx, &token, &[1; 32]).await.unwrap();
    join_tokens::insert(&mut tx, &JoinToken { id: id(2), ..token }, &[2; 32]).await.unwrap();
    assert!(join_tokens::take(&mut tx, &[9; 32], at(1)).await.unwrap().is_none());
    assert_eq!(join_tokens::take(&mut tx, &[1; 32], at(59)).await.unwrap().unwrap().modules, [web]);
    assert!(join_tokens::take(&mut tx, &[1; 32], at(59)).await.unwrap().is_none(), "taken");
    assert!(join_tokens::take(&mut tx, &[2; 32], at(60)).await.unwrap().is_none(), "at its end");
}
