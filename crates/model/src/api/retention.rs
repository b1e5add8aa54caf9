//! Which versions are deleted by themselves.

use serde::{Deserialize, Serialize};

use crate::ids::VersionId;
use crate::kind::VersionState;
use crate::name::UserName;
use crate::tag::Tag;
use crate::version::VersionNumber;

/// The most that a number of a rule may be.
pub const MOST: u32 = 100_000;
/// Tags of a rule at most.
pub const MOST_TAGS: usize = 20;

/// Which versions of a package are kept. Each part that is said keeps some; what none of them keeps is deleted. What is in use, or could be
/// gone back to, is kept whatever the rule says: see [`KeptBecause`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionRule {
    /// Keeps so many versions, those of the highest numbers; 1 to 100,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100_000))]
    pub keep_last: Option<u32>,
    /// Keeps so many of the versions that were on a host, those that were there last; 1 to 100,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100_000))]
    pub keep_last_deployed: Option<u32>,
    /// Keeps versions that were pushed, or on a host, within so many days; 1 to 100,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100_000))]
    pub keep_used_days: Option<u32>,
    /// Keeps versions that have one of these tags, as tag or as `releasetag`; 20 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep_tags: Vec<Tag>,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetentionRuleError {
    /// It would keep nothing.
    #[error(
        "a rule says at least one of keep_last, keep_last_deployed and keep_used_days; one that says nothing would keep nothing"
    )]
    Empty,
    /// A number is out of its range.
    #[error("{0} must be from 1 to {MOST}")]
    Number(&'static str),
    /// Too many tags.
    #[error("keep_tags has {MOST_TAGS} tags at most")]
    Tags,
}

impl RetentionRule {
    /// Whether it is a rule by which something may be deleted.
    ///
    /// # Errors
    /// If it keeps nothing but tags, or a number or the list of tags is out of its range.
    pub fn check(&self) -> Result<(), RetentionRuleError> {
        let numbers = [
            ("keep_last", self.keep_last),
            ("keep_last_deployed", self.keep_last_deployed),
            ("keep_used_days", self.keep_used_days),
        ];
        if numbers.iter().all(|(_, number)| number.is_none()) {
            return Err(RetentionRuleError::Empty);
        }
        for (name, number) in numbers {
            if number.is_some_and(|number| !(1..=MOST).contains(&number)) {
                return Err(RetentionRuleError::Number(name));
            }
        }
        if self.keep_tags.len() > MOST_TAGS {
            return Err(RetentionRuleError::Tags);
        }
        Ok(())
    }
}

/// A rule that is to hold: for a package, or as the default of the site. Without one, every version is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetRetention {
    /// The rule; `null` keeps every version.
    pub rule: Option<RetentionRule>,
}

/// Who said what is kept, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredRetention {
    /// The rule; `null` keeps every version.
    pub rule: Option<RetentionRule>,
    /// Who said so.
    pub updated_by: UserName,
    /// When.
    pub updated_at: jiff::Timestamp,
}

/// The default of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteRetention {
    /// What was said; `null` if nothing ever was, which keeps every version.
    pub stored: Option<StoredRetention>,
    /// When rules were last applied to all packages; `null` if they never were.
    pub applied_at: Option<jiff::Timestamp>,
}

/// Where the rule of a package is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RetentionSource {
    /// It has its own.
    Package,
    /// The default of the site.
    Site,
    /// Nobody said anything: every version is kept.
    Nobody,
}

/// The rule of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackageRetention {
    /// Where `rule` is from.
    pub source: RetentionSource,
    /// What holds; `null` keeps every version.
    pub rule: Option<RetentionRule>,
    /// What was said for this package; `null` if nothing was, so that the default of the site holds.
    pub own: Option<StoredRetention>,
    /// What was said for the site; `null` if nothing was.
    pub site: Option<StoredRetention>,
}

/// A rule to try.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewRetention {
    /// The rule; the one that holds if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RetentionRule>,
}

/// What a rule would do to the versions of a package: a page of them, the highest number first. Nothing is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionPreview {
    /// The rule; `null` keeps every version.
    pub rule: Option<RetentionRule>,
    /// Versions that would be kept, of all.
    pub kept: u64,
    /// Versions that would be deleted, of all.
    pub deleted: u64,
    /// Bytes that those added to the store when they came. What becomes free is at most about that: others may need some of it by now.
    pub deleted_bytes: u64,
    /// The rows.
    pub items: Vec<VersionFate>,
    /// Opaque; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Rows of the whole list.
    pub total: u64,
}

/// What would become of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionFate {
    /// Its identity.
    pub id: VersionId,
    /// Its number.
    pub version: VersionNumber,
    /// Where it stands.
    pub state: VersionState,
    /// When it was pushed.
    pub created_at: jiff::Timestamp,
    /// When it was last on a host; `null` if it never was.
    pub deployed_at: Option<jiff::Timestamp>,
    /// On how many hosts it is.
    pub instances: u64,
    /// Bytes that it added to the store.
    pub new_bytes: u64,
    /// Why it is kept; `null` if it would be deleted.
    pub kept_because: Option<KeptBecause>,
}

/// Why a version is kept; of several reasons the first of this list. Those up to `fresh` hold whatever a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum KeptBecause {
    /// Hosts have it.
    Instances,
    /// Hosts can be put back to it.
    RollbackTarget,
    /// An open deployment has to do with it.
    OpenDeployment,
    /// Somebody protected it.
    Protected,
    /// An open draft began with it.
    DraftBase,
    /// It is banned: deleted, it could come back as if it had never been.
    Banned,
    /// Its package is a database: later versions lead on from it.
    DatabaseChain,
    /// It is the latest.
    Latest,
    /// It was pushed within the last day.
    Fresh,
    /// There is no rule.
    NoRule,
    /// `keep_last`
    KeepLast,
    /// `keep_last_deployed`
    KeepLastDeployed,
    /// `keep_used_days`
    KeepUsedDays,
    /// `keep_tags`
    KeepTags,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_says_something_within_bounds() {
        let rule = |text: &str| serde_json::from_str::<RetentionRule>(text).unwrap().check();
        assert_eq!(rule(r#"{"keep_last":3}"#), Ok(()));
        assert_eq!(rule(r#"{"keep_last_deployed":100000,"keep_used_days":1,"keep_tags":["lts"]}"#), Ok(()));
        assert_eq!(rule(r#"{"keep_tags":["lts"]}"#), Err(RetentionRuleError::Empty));
        assert_eq!(rule("{}"), Err(RetentionRuleError::Empty));
        assert_eq!(rule(r#"{"keep_last":0}"#), Err(RetentionRuleError::Number("keep_last")));
        assert_eq!(rule(r#"{"keep_used_days":100001}"#), Err(RetentionRuleError::Number("keep_used_days")));
        assert!(serde_json::from_str::<RetentionRule>(r#"{"keep":3}"#).is_err());
    }
}
