//! The danger rules of this site: those that come with Packhorse, as they were changed here, and its own.

use packhorse_content::danger::{self, RuleSet};
use packhorse_model::api::scripts::{DangerRule, DangerRuleSpec};
use packhorse_model::danger::RuleOrigin;
use packhorse_model::name::DangerRuleName;
use packhorse_store::danger_rules::{self, StoredRule};
use packhorse_store::{Conn, StoreError};

use crate::app::App;

/// Own rules that a site may have: every script is looked at with each of them.
pub(crate) const MOST_OWN: usize = 200;

/// All rules by name.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<DangerRule>, StoreError> {
    let mut rules = danger::defaults();
    let most = u32::try_from(MOST_OWN + rules.len()).unwrap_or(u32::MAX);
    for stored in danger_rules::all(conn, most).await? {
        match rules.iter_mut().find(|rule| rule.origin == RuleOrigin::Default && rule.name == stored.name) {
            Some(default) => changed(default, &stored),
            None => rules.push(own(stored)),
        }
    }
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rules)
}

/// One rule.
pub(crate) async fn get(conn: &mut Conn, name: &DangerRuleName) -> Result<Option<DangerRule>, StoreError> {
    let stored = danger_rules::get(conn, name).await?;
    Ok(match (default(name), stored) {
        (Some(mut default), Some(stored)) => {
            changed(&mut default, &stored);
            Some(default)
        }
        (Some(default), None) => Some(default),
        (None, stored) => stored.map(own),
    })
}

/// The rule of this name as it comes with Packhorse.
pub(crate) fn default(name: &DangerRuleName) -> Option<DangerRule> {
    danger::defaults().into_iter().find(|rule| rule.name == *name)
}

/// The rules, ready to look at scripts.
pub(crate) async fn rule_set(app: &App) -> Result<RuleSet, StoreError> {
    let rules = all(&mut *app.store.read().await?).await?;
    let (set, unusable) = RuleSet::new(&rules);
    for name in unusable {
        tracing::warn!(%name, "a danger rule has a pattern that this version does not take; it finds nothing");
    }
    Ok(set)
}

/// Of a default rule, only these two are the site's; words may be better in a newer version.
fn changed(default: &mut DangerRule, stored: &StoredRule) {
    let DangerRuleSpec { action, is_enabled, .. } = stored.spec;
    default.spec.action = action;
    default.spec.is_enabled = is_enabled;
    default.updated_at = Some(stored.updated_at);
}

fn own(stored: StoredRule) -> DangerRule {
    DangerRule { name: stored.name, origin: RuleOrigin::Own, spec: stored.spec, updated_at: Some(stored.updated_at) }
}
