//! How a rule is said on the command line, and how it is shown.

use clap::{ArgGroup, Args};
use packhorse_model::api::retention::{RetentionRule, SetRetention};
use packhorse_model::tag::Tag;

/// Which versions are kept; what none of these keeps is deleted.
#[derive(Debug, Args)]
pub(super) struct Parts {
    /// Keep so many versions, those of the highest numbers
    #[arg(long, value_name = "N")]
    keep_last: Option<u32>,
    /// Keep so many of those that were on a host, the ones that were there last
    #[arg(long, value_name = "N")]
    keep_last_deployed: Option<u32>,
    /// Keep those that were pushed, or on a host, within so many days
    #[arg(long, value_name = "DAYS")]
    keep_used_days: Option<u32>,
    /// Keep those that have this tag, beside what another part keeps; may be given several times
    #[arg(long, value_name = "TAG")]
    keep_tag: Vec<Tag>,
}

impl Parts {
    /// The rule, if any part is said.
    pub(super) fn rule(self) -> Option<RetentionRule> {
        let rule = RetentionRule {
            keep_last: self.keep_last,
            keep_last_deployed: self.keep_last_deployed,
            keep_used_days: self.keep_used_days,
            keep_tags: self.keep_tag,
        };
        (rule != RetentionRule::default()).then_some(rule)
    }
}

/// A rule, or that every version is kept.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("rule").required(true).multiple(true).args(["keep_last", "keep_last_deployed", "keep_used_days", "keep_tag", "keep_all"]))]
pub(super) struct Said {
    #[command(flatten)]
    parts: Parts,
    /// Keep every version
    #[arg(long, conflicts_with_all = ["keep_last", "keep_last_deployed", "keep_used_days", "keep_tag"])]
    keep_all: bool,
}

impl Said {
    pub(super) fn set(self) -> SetRetention {
        SetRetention { rule: if self.keep_all { None } else { self.parts.rule() } }
    }
}

/// A rule in a sentence.
pub(super) fn told(rule: Option<&RetentionRule>) -> String {
    let Some(rule) = rule else { return "every version is kept".to_owned() };
    let parts = [
        rule.keep_last.map(|number| format!("the last {number}")),
        rule.keep_last_deployed.map(|number| format!("the last {number} that were deployed")),
        rule.keep_used_days.map(|days| format!("those used within {days} days")),
        (!rule.keep_tags.is_empty()).then(|| {
            let tags: Vec<String> = rule.keep_tags.iter().map(ToString::to_string).collect();
            format!("those with the tag {}", tags.join(" or "))
        }),
    ];
    format!("kept are {}; the rest is deleted", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}
