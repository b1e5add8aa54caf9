//! Where a guard rail holds.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::topology::{Environment, ModulePath};
use crate::variables::Scope;

/// Where a guard rail holds. Written as `global`, `environment:prod`, `business:Shop`, `system:Shop/Production` or
/// `module:Shop/Production/Web`; `site` is read as `global`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GuardScope(Scope);

/// A text that says no place where a guard rail could hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no scope of a guard rail: write global, environment:dev|test|staging|prod, business:NAME, system:BUSINESS/SYSTEM or module:BUSINESS/SYSTEM/MODULE"
)]
pub struct GuardScopeError(String);

/// A module that a deployment acts in, with what its system is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuardedModule {
    /// The module.
    pub path: ModulePath,
    /// What its system is for.
    pub environment: Environment,
}

impl GuardScope {
    /// The scope of the whole site.
    #[must_use]
    pub fn global() -> Self {
        Self(Scope::Global)
    }

    /// The same as a scope of anything.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.0
    }

    /// Whether what a deployment does in a module falls under it.
    #[must_use]
    pub fn covers(&self, module: &GuardedModule) -> bool {
        let path = &module.path;
        match &self.0 {
            Scope::Global => true,
            Scope::Environment(environment) => *environment == module.environment,
            Scope::Business(business) => *business == path.business,
            Scope::System { business, system } => *business == path.business && *system == path.system,
            Scope::Module(wanted) => wanted == path,
            Scope::Host(_) | Scope::Package(_) => false,
        }
    }
}

impl FromStr for GuardScope {
    type Err = GuardScopeError;

    fn from_str(text: &str) -> Result<Self, GuardScopeError> {
        if text == "site" {
            return Ok(Self::global());
        }
        match text.parse() {
            Ok(Scope::Host(_) | Scope::Package(_)) | Err(_) => Err(GuardScopeError(text.to_owned())),
            Ok(scope) => Ok(Self(scope)),
        }
    }
}

impl TryFrom<String> for GuardScope {
    type Error = GuardScopeError;

    fn try_from(text: String) -> Result<Self, GuardScopeError> {
        text.parse()
    }
}

impl From<GuardScope> for String {
    fn from(scope: GuardScope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for GuardScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_what_lies_in_it() {
        let module = GuardedModule { path: "Shop/Production/Web".parse().unwrap(), environment: Environment::Prod };
        let covers = |text: &str| text.parse::<GuardScope>().unwrap().covers(&module);
        for text in [
            "global",
            "site",
            "environment:prod",
            "business:Shop",
            "system:Shop/Production",
            "module:Shop/Production/Web",
        ] {
            assert!(covers(text), "{text}");
        }
        for text in [
            "environment:test",
            "business:Bank",
            "system:Bank/Production",
            "system:Shop/Test",
            "module:Shop/Production/Db",
        ] {
            assert!(!covers(text), "{text}");
        }
    }

    #[test]
    fn hosts_and_packages_are_no_scopes() {
        for text in ["host:web-1", "package:shop-web", "", "Site", "module:Shop"] {
            assert!(text.parse::<GuardScope>().is_err(), "{text:?}");
        }
        insta::assert_snapshot!("host:web-1".parse::<GuardScope>().unwrap_err(), @r#""host:web-1" is no scope of a guard rail: write global, environment:dev|test|staging|prod, business:NAME, system:BUSINESS/SYSTEM or module:BUSINESS/SYSTEM/MODULE"#);
    }
}
