//! Parts of a deployment: the packages that it brings together, one version of each.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::deployment::{Action, DeploymentSpec};
use crate::name::PackageName;
use crate::version::VersionNumber;

/// As many packages may be in one deployment.
pub const MOST_PARTS: usize = 20;

/// A further part of a deployment. The first one is the spec's own package and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecPart {
    /// The package.
    pub package: PackageName,
    /// The version that it is brought to. None on the way back, on which every host has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionNumber>,
}

impl fmt::Display for SpecPart {
    /// `shop-conf 2.0.0`, or the package alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{} {version}", self.package),
            None => write!(f, "{}", self.package),
        }
    }
}

/// Why packages cannot be in one deployment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartsError {
    /// Only what brings a version is done to several packages together.
    #[error("{} is done to one package at a time: only deploy, upgrade and downgrade bring several together", .action.as_str())]
    OneOnly {
        /// What is asked for.
        action: Action,
    },
    /// A package is named more than once.
    #[error("{package} is named twice: a deployment brings one version of a package")]
    Twice {
        /// The package.
        package: PackageName,
    },
    /// More than [`MOST_PARTS`].
    #[error("{count} packages are named, and up to {MOST_PARTS} may be in one deployment")]
    TooMany {
        /// So many are.
        count: usize,
    },
}

impl DeploymentSpec {
    /// Whether it brings more than one package.
    #[must_use]
    pub fn has_several_parts(&self) -> bool {
        !self.also.is_empty()
    }

    /// The packages that it is about, as they are named.
    pub fn packages(&self) -> impl Iterator<Item = &PackageName> {
        std::iter::once(&self.package).chain(self.also.iter().map(|part| &part.package))
    }

    /// Its parts, each as a spec of its own, as they are named.
    #[must_use]
    pub fn parts(&self) -> Vec<Self> {
        let first = Self { also: Vec::new(), ..self.clone() };
        let further = self.also.iter().map(|part| Self {
            package: part.package.clone(),
            version: part.version.clone(),
            ..first.clone()
        });
        std::iter::once(first.clone()).chain(further).collect()
    }

    /// Whether these packages may be in one deployment.
    ///
    /// # Errors
    /// As [`PartsError`] says.
    pub fn check_parts(&self) -> Result<(), PartsError> {
        if self.also.is_empty() {
            return Ok(());
        }
        if !matches!(self.action, Action::Deploy | Action::Upgrade | Action::Downgrade) {
            return Err(PartsError::OneOnly { action: self.action });
        }
        let count = self.also.len() + 1;
        if count > MOST_PARTS {
            return Err(PartsError::TooMany { count });
        }
        let mut named = std::collections::BTreeSet::new();
        match self.packages().find(|package| !named.insert(*package)) {
            Some(package) => Err(PartsError::Twice { package: package.clone() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(action: &str, also: &serde_json::Value) -> DeploymentSpec {
        let text = json!({ "action": action, "package": "shop-web", "version": "1.0.0", "targets": {}, "also": also });
        serde_json::from_value(text).unwrap()
    }

    fn part(package: &str) -> serde_json::Value {
        json!({ "package": package, "version": "2.0.0" })
    }

    #[test]
    fn each_part_is_a_spec_of_its_own() {
        let spec = spec("deploy", &json!([part("shop-conf")]));
        let parts: Vec<String> = spec
            .parts()
            .iter()
            .map(|part| format!("{}@{} {}", part.package, part.version.as_ref().unwrap(), part.also.len()))
            .collect();
        assert_eq!(parts, ["shop-web@1.0.0 0", "shop-conf@2.0.0 0"]);
        assert!(spec.check_parts().is_ok());
    }

    #[test]
    fn what_cannot_be_brought_together_is_refused() {
        let many: Vec<_> = (0..MOST_PARTS).map(|number| part(&format!("p{number}"))).collect();
        let error = |spec: &DeploymentSpec| spec.check_parts().unwrap_err().to_string();
        insta::assert_snapshot!(error(&spec("stop", &json!([part("a")]))), @"stop is done to one package at a time: only deploy, upgrade and downgrade bring several together");
        insta::assert_snapshot!(error(&spec("deploy", &json!([part("a"), part("a")]))), @"a is named twice: a deployment brings one version of a package");
        insta::assert_snapshot!(error(&spec("deploy", &json!(many))), @"21 packages are named, and up to 20 may be in one deployment");
        assert!(spec("stop", &json!([])).check_parts().is_ok());
    }

    #[test]
    fn a_spec_of_one_part_looks_as_it_always_did() {
        let text = serde_json::to_value(spec("deploy", &json!([]))).unwrap();
        assert!(text.get("also").is_none());
    }
}
