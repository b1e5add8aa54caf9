//! The variables of versions.

use packhorse_model::api::variables::{Certainty, FoundVariable};
use packhorse_model::ids::VersionId;
use packhorse_model::variables::{Doubt, VariableKind};
use packhorse_store::version_variables::{count, insert, list};

use crate::harness::{TestStore, id, on_both};
use crate::package_list::{package, version};

on_both!(variables_and_doubts_are_kept_apart_and_paged);

fn found(line: u32, doubt: Option<Doubt>) -> FoundVariable {
    FoundVariable {
        path: "conf/支付.conf".to_owned(),
        line,
        column: 5,
        length: 6,
        prefix: '@',
        kind: VariableKind::SingleEncrypted,
        name: format!("名{line}"),
        doubt: doubt.map(Into::into),
    }
}

async fn variables_and_doubts_are_kept_apart_and_paged(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let shop = package(&mut tx, 1, "shop", "").await;
    version(&mut tx, 1, shop, "1.0.0", "").await;
    let version: VersionId = id(1);
    let all: Vec<FoundVariable> =
        (1..=1_201).map(|line| found(line, (line == 7).then_some(Doubt::LogPattern))).collect();
    insert(&mut tx, version, &all).await.unwrap();
    assert_eq!(count(&mut tx, version, Certainty::Variables).await.unwrap(), 1_200);
    assert_eq!(count(&mut tx, version, Certainty::Doubts).await.unwrap(), 1);
    let doubts = list(&mut tx, version, Certainty::Doubts, 0, 10).await.unwrap();
    assert_eq!(doubts, [(1, all[6].clone())]);
    let page = list(&mut tx, version, Certainty::Variables, 5, 2).await.unwrap();
    assert_eq!(page, [(6, all[5].clone()), (7, all[7].clone())], "the doubt between them has no number here");
    tx.execute("DELETE FROM versions WHERE id = $1", packhorse_store::args![version]).await.unwrap();
    assert_eq!(count(&mut tx, version, Certainty::Variables).await.unwrap(), 0);
}
