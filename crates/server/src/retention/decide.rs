//! Which versions of a package a rule keeps, and why. Pure.
//!
//! What must hold: a version that something uses, or that could be gone back to, is kept whatever the rule says; and deleting what a rule
//! lets go changes nothing about what it keeps, so that applying it again deletes nothing more.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::api::retention::{KeptBecause, RetentionRule};
use packhorse_model::ids::VersionId;
use packhorse_model::{PackageKind, VersionNumber, VersionState};
use packhorse_store::retention::VersionFacts;

/// For so long after its push, a version is kept: whoever pushed it has not come to using it yet.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// What the decision rests on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions {
    /// All versions of the package, the highest number first.
    pub(crate) facts: Vec<VersionFacts>,
    /// Those that open deployments have to do with.
    pub(crate) in_deployments: BTreeSet<VersionNumber>,
    /// Those that open drafts began with.
    pub(crate) in_drafts: BTreeSet<VersionNumber>,
    /// Those that have a tag that the rule keeps.
    pub(crate) tagged: BTreeSet<VersionId>,
}

/// Why each version is kept, in the order of the facts; nothing for those that the rule lets go.
pub(crate) fn decide(
    kind: PackageKind,
    rule: Option<&RetentionRule>,
    versions: &Versions,
    now: Timestamp,
) -> Vec<Option<KeptBecause>> {
    let published = |facts: &&VersionFacts| facts.state == VersionState::Published;
    let latest = versions.facts.iter().find(published).map(|facts| facts.id);
    let kept = rule.map(|rule| Kept::of(rule, versions));
    let reason = |facts: &VersionFacts| {
        let fixed = [
            (facts.instances > 0, KeptBecause::Instances),
            (facts.is_rollback_target, KeptBecause::RollbackTarget),
            (versions.in_deployments.contains(&facts.version), KeptBecause::OpenDeployment),
            (facts.is_protected, KeptBecause::Protected),
            (versions.in_drafts.contains(&facts.version), KeptBecause::DraftBase),
            (facts.state == VersionState::Banned, KeptBecause::Banned),
            (kind == PackageKind::Database, KeptBecause::DatabaseChain),
            (latest == Some(facts.id), KeptBecause::Latest),
            (now.duration_since(facts.created_at) < FRESH, KeptBecause::Fresh),
        ];
        let fixed = fixed.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason);
        fixed.or_else(|| match (rule, &kept) {
            (Some(rule), Some(kept)) => kept.by(rule, versions, facts, now),
            _ => Some(KeptBecause::NoRule),
        })
    };
    versions.facts.iter().map(reason).collect()
}

/// What the parts of a rule keep that count versions.
struct Kept {
    last: BTreeSet<VersionId>,
    last_deployed: BTreeSet<VersionId>,
}

impl Kept {
    fn of(rule: &RetentionRule, versions: &Versions) -> Self {
        let most = |number: Option<u32>| number.map_or(0, |number| number as usize);
        // A version that is not to be chosen any more takes no place of one that may be.
        let published = versions.facts.iter().filter(|facts| facts.state == VersionState::Published);
        let mut deployed: Vec<_> =
            versions.facts.iter().filter_map(|facts| Some((facts.deployed_at?, facts.id))).collect();
        deployed.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            last: published.take(most(rule.keep_last)).map(|facts| facts.id).collect(),
            last_deployed: deployed.into_iter().take(most(rule.keep_last_deployed)).map(|(_, id)| id).collect(),
        }
    }

    fn by(
        &self,
        rule: &RetentionRule,
        versions: &Versions,
        facts: &VersionFacts,
        now: Timestamp,
    ) -> Option<KeptBecause> {
        let used_at = facts.deployed_at.map_or(facts.created_at, |at| at.max(facts.created_at));
        let is_used = rule
            .keep_used_days
            .is_some_and(|days| now.duration_since(used_at) < SignedDuration::from_hours(24 * i64::from(days)));
        let parts = [
            (self.last.contains(&facts.id), KeptBecause::KeepLast),
            (self.last_deployed.contains(&facts.id), KeptBecause::KeepLastDeployed),
            (is_used, KeptBecause::KeepUsedDays),
            (versions.tagged.contains(&facts.id), KeptBecause::KeepTags),
        ];
        parts.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
    }
}

#[cfg(test)]
mod tests {
    use packhorse_model::ids::Identifier as _;
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 24 * 60 * 60;

    fn day(number: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + number * DAY).unwrap()
    }

    fn facts(number: u32, pushed: i64, deployed: Option<i64>) -> VersionFacts {
        VersionFacts {
            id: VersionId::from_parts(day(0), u128::from(number)),
            version: format!("1.0.{number}").parse().unwrap(),
            state: VersionState::Published,
            created_at: day(pushed),
            deployed_at: deployed.map(day),
            new_bytes: 1,
            instances: 0,
            is_rollback_target: false,
            is_protected: false,
        }
    }

    fn told(rule: &str, versions: &Versions) -> Vec<String> {
        let rule: RetentionRule = serde_json::from_str(rule).unwrap();
        let fates = decide(PackageKind::File, Some(&rule), versions, day(100));
        let word = |fate: &Option<KeptBecause>| {
            fate.map_or("deleted".to_owned(), |fate| packhorse_store::word(&fate).unwrap())
        };
        versions.facts.iter().zip(&fates).map(|(facts, fate)| format!("{} {}", facts.version, word(fate))).collect()
    }

    #[test]
    fn each_part_keeps_some_and_the_rest_goes() {
        let versions = Versions {
            facts: vec![
                facts(6, 90, None),
                facts(5, 80, None),
                facts(4, 70, Some(75)),
                facts(3, 60, Some(96)),
                facts(2, 50, Some(65)),
                facts(1, 40, None),
            ],
            tagged: [facts(1, 40, None).id].into(),
            ..Versions::default()
        };
        insta::assert_snapshot!(told(r#"{"keep_last": 2}"#, &versions).join(", "), @"1.0.6 latest, 1.0.5 keep_last, 1.0.4 deleted, 1.0.3 deleted, 1.0.2 deleted, 1.0.1 keep_tags");
        insta::assert_snapshot!(told(r#"{"keep_last_deployed": 2}"#, &versions).join(", "), @"1.0.6 latest, 1.0.5 deleted, 1.0.4 keep_last_deployed, 1.0.3 keep_last_deployed, 1.0.2 deleted, 1.0.1 keep_tags");
        insta::assert_snapshot!(told(r#"{"keep_used_days": 21}"#, &versions).join(", "), @"1.0.6 latest, 1.0.5 keep_used_days, 1.0.4 deleted, 1.0.3 keep_used_days, 1.0.2 deleted, 1.0.1 keep_tags");
    }

    #[test]
    fn what_is_in_use_is_kept_whatever_the_rule_says() {
        let mut used: Vec<VersionFacts> = (1..=8).rev().map(|number| facts(number, 1, None)).collect();
        used[0].created_at = day(100);
        used[2].instances = 1;
        used[3].is_rollback_target = true;
        used[4].is_protected = true;
        used[5].state = VersionState::Banned;
        let versions = Versions {
            in_deployments: ["1.0.2".parse().unwrap()].into(),
            in_drafts: ["1.0.1".parse().unwrap()].into(),
            facts: used,
            ..Versions::default()
        };
        insta::assert_snapshot!(told(r#"{"keep_used_days": 1}"#, &versions).join(", "), @"1.0.8 latest, 1.0.7 deleted, 1.0.6 instances, 1.0.5 rollback_target, 1.0.4 protected, 1.0.3 banned, 1.0.2 open_deployment, 1.0.1 draft_base");
        let all = |kind, rule| decide(kind, rule, &versions, day(100)).iter().all(Option::is_some);
        assert!(all(PackageKind::File, None), "without a rule nothing goes");
        assert!(all(PackageKind::Database, Some(&RetentionRule { keep_last: Some(1), ..RetentionRule::default() })));
    }

    fn any_facts() -> impl Strategy<Value = (u32, i64, Option<i64>, u8)> {
        (0u32..40, 0i64..101, prop::option::of(0i64..101), 0u8..32)
    }

    fn any_rule() -> impl Strategy<Value = RetentionRule> {
        (prop::option::of(1u32..8), prop::option::of(1u32..8), prop::option::of(1u32..120)).prop_map(
            |(keep_last, keep_last_deployed, keep_used_days)| RetentionRule {
                keep_last,
                keep_last_deployed,
                keep_used_days,
                keep_tags: Vec::new(),
            },
        )
    }

    fn versions(seeds: Vec<(u32, i64, Option<i64>, u8)>) -> Versions {
        let mut all: Vec<VersionFacts> = Vec::new();
        let mut found = Versions::default();
        for (number, pushed, deployed, flags) in seeds {
            let mut one = facts(number, pushed, deployed);
            one.instances = u64::from(flags == 1);
            one.is_rollback_target = flags == 2;
            one.is_protected = flags == 3;
            one.state = if flags == 4 { VersionState::Yanked } else { VersionState::Published };
            match flags {
                5 => drop(found.in_deployments.insert(one.version.clone())),
                6 => drop(found.in_drafts.insert(one.version.clone())),
                _ => {}
            }
            if all.iter().all(|other| other.id != one.id) {
                all.push(one);
            }
        }
        all.sort_by(|a, b| b.version.cmp(&a.version));
        found.facts = all;
        found
    }

    proptest! {
        #[test]
        fn applying_a_rule_twice_is_applying_it_once(seeds in prop::collection::vec(any_facts(), 0..30), rule in any_rule()) {
            let before = versions(seeds);
            let fates = decide(PackageKind::File, Some(&rule), &before, day(100));
            for (facts, fate) in before.facts.iter().zip(&fates) {
                let is_used = facts.instances > 0 || facts.is_rollback_target || facts.is_protected
                    || before.in_deployments.contains(&facts.version) || before.in_drafts.contains(&facts.version);
                prop_assert!(!is_used || fate.is_some(), "{facts:?}");
            }
            let left: Vec<VersionFacts> = before.facts.iter().zip(&fates)
                .filter(|(_, fate)| fate.is_some()).map(|(facts, _)| facts.clone()).collect();
            let kept: Vec<_> = fates.iter().flatten().copied().collect();
            let after = decide(PackageKind::File, Some(&rule), &Versions { facts: left, ..before }, day(100));
            prop_assert_eq!(after.into_iter().flatten().collect::<Vec<_>>(), kept);
        }

        #[test]
        fn a_rule_that_keeps_more_deletes_nothing_else(seeds in prop::collection::vec(any_facts(), 0..30), rule in any_rule(), more in 1u32..5) {
            let versions = versions(seeds);
            let wider = RetentionRule {
                keep_last: rule.keep_last.map(|number| number + more),
                keep_last_deployed: rule.keep_last_deployed.map(|number| number + more),
                keep_used_days: rule.keep_used_days.map(|number| number + more),
                keep_tags: Vec::new(),
            };
            let narrow = decide(PackageKind::File, Some(&rule), &versions, day(100));
            let wide = decide(PackageKind::File, Some(&wider), &versions, day(100));
            prop_assert!(narrow.iter().zip(&wide).all(|(narrow, wide)| narrow.is_none() || wide.is_some()));
        }
    }
}
