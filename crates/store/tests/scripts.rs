//! Danger rules. Database structures are tested through the server, with the versions that they belong to.

use packhorse_model::api::scripts::DangerRuleSpec;
use packhorse_model::danger::{DangerAction, DangerLevel, Language};
use packhorse_store::danger_rules::{self, StoredRule};

use crate::harness::{TestStore, at, on_both};

on_both!(a_danger_rule_is_written_over_and_deleted);

async fn a_danger_rule_is_written_over_and_deleted(test: TestStore) {
    let spec = DangerRuleSpec {
        message: "sends passwords in the clear".to_owned(),
        level: DangerLevel::High,
        action: DangerAction::Warn,
        languages: vec![Language::Shell],
        pattern: Some("telnet".to_owned()),
        is_enabled: true,
    };
    let mut rule = StoredRule { name: "no-telnet".parse().unwrap(), spec, updated_at: at(0) };
    let mut tx = test.store.write().await.unwrap();
    danger_rules::put(&mut tx, &rule).await.unwrap();
    rule.spec.is_enabled = false;
    rule.updated_at = at(1);
    danger_rules::put(&mut tx, &rule).await.unwrap();
    let other = StoredRule { name: "a".parse().unwrap(), ..rule.clone() };
    danger_rules::put(&mut tx, &other).await.unwrap();
    assert_eq!(danger_rules::get(&mut tx, &rule.name).await.unwrap(), Some(rule.clone()));
    assert_eq!(danger_rules::all(&mut tx, 9).await.unwrap(), [other.clone(), rule.clone()]);
    danger_rules::delete(&mut tx, &rule.name).await.unwrap();
    assert_eq!(danger_rules::all(&mut tx, 9).await.unwrap(), [other]);
}
