//! Which versions of a database an application works with.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::wrong;
use crate::name::PackageName;
use crate::version::VersionNumber;

/// The versions of a database package with which a version of an application works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseNeed {
    /// The database package.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub database: PackageName,
    /// The lowest version that will do; any if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub from: Option<VersionNumber>,
    /// The version from which on none will do; any if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub below: Option<VersionNumber>,
}

impl DatabaseNeed {
    /// Whether a database of this version will do; none is an empty one.
    #[must_use]
    pub fn is_met_by(&self, version: Option<&VersionNumber>) -> bool {
        version.is_some_and(|version| {
            self.from.as_ref().is_none_or(|from| version >= from)
                && self.below.as_ref().is_none_or(|below| version < below)
        })
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        match (&self.from, &self.below) {
            (Some(from), Some(below)) if from >= below => {
                Err(wrong("needs.below", format!("no version is {from} or later and before {below}")))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for DatabaseNeed {
    /// `shop-db from 1.1.0 and below 2.0.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.database)?;
        match (&self.from, &self.below) {
            (Some(from), Some(below)) => write!(f, " from {from} and below {below}"),
            (Some(from), None) => write!(f, " from {from}"),
            (None, Some(below)) => write!(f, " below {below}"),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_a_range_of_versions() {
        let need = |from: Option<&str>, below: Option<&str>| DatabaseNeed {
            database: "shop-db".parse().unwrap(),
            from: from.map(|text| text.parse().unwrap()),
            below: below.map(|text| text.parse().unwrap()),
        };
        let met = |need: &DatabaseNeed, version: &str| need.is_met_by(Some(&version.parse().unwrap()));
        let both = need(Some("1.1"), Some("2.0"));
        assert_eq!(["1.0", "1.1", "1.10", "2.0"].map(|version| met(&both, version)), [false, true, true, false]);
        assert_eq!(both.to_string(), "shop-db from 1.1 and below 2.0");
        assert!(met(&need(None, None), "0.1") && !need(None, None).is_met_by(None));
        assert!(need(Some("2.0"), Some("1.0")).check().is_err());
    }
}
