//! Where a value holds. A narrower scope goes before a wider one: global, environment, business, system, module, host, package.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::{HostName, PackageName, TopologyName};
use crate::topology::{Environment, ModulePath};

/// Where a value holds. Written as `global`, `environment:prod`, `business:Shop`, `system:Shop/Production`,
/// `module:Shop/Production/Web`, `host:web-1` or `package:shop-web`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// Everywhere.
    Global,
    /// In systems that are for this.
    Environment(Environment),
    /// In a business.
    Business(TopologyName),
    /// In a system of a business.
    System {
        /// The business.
        business: TopologyName,
        /// The system.
        system: TopologyName,
    },
    /// In a module.
    Module(ModulePath),
    /// On a host.
    Host(HostName),
    /// For a package, wherever it goes.
    Package(PackageName),
}

/// The kinds of scopes, from the widest to the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ScopeKind {
    /// Everywhere.
    Global,
    /// In an environment.
    Environment,
    /// In a business.
    Business,
    /// In a system.
    System,
    /// In a module.
    Module,
    /// On a host.
    Host,
    /// For a package.
    Package,
}

/// A text that is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no scope: write global, environment:dev|test|staging|prod, business:NAME, system:BUSINESS/SYSTEM, module:BUSINESS/SYSTEM/MODULE, host:NAME or package:NAME"
)]
pub struct ScopeError(String);

impl Scope {
    /// How narrow it is.
    #[must_use]
    pub fn kind(&self) -> ScopeKind {
        match self {
            Self::Global => ScopeKind::Global,
            Self::Environment(_) => ScopeKind::Environment,
            Self::Business(_) => ScopeKind::Business,
            Self::System { .. } => ScopeKind::System,
            Self::Module(_) => ScopeKind::Module,
            Self::Host(_) => ScopeKind::Host,
            Self::Package(_) => ScopeKind::Package,
        }
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let error = || ScopeError(text.to_owned());
        let Some((kind, name)) = text.split_once(':') else {
            return if text == "global" { Ok(Self::Global) } else { Err(error()) };
        };
        match kind {
            "environment" => Environment::from_word(name).map(Self::Environment),
            "business" => name.parse().ok().map(Self::Business),
            "system" => name.split_once('/').and_then(|(business, system)| {
                Some(Self::System { business: business.parse().ok()?, system: system.parse().ok()? })
            }),
            "module" => name.parse().ok().map(Self::Module),
            "host" => name.parse().ok().map(Self::Host),
            "package" => name.parse().ok().map(Self::Package),
            _ => None,
        }
        .ok_or_else(error)
    }
}

impl TryFrom<String> for Scope {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str("global"),
            Self::Environment(environment) => write!(f, "environment:{}", environment.as_str()),
            Self::Business(business) => write!(f, "business:{business}"),
            Self::System { business, system } => write!(f, "system:{business}/{system}"),
            Self::Module(module) => write!(f, "module:{module}"),
            Self::Host(host) => write!(f, "host:{host}"),
            Self::Package(package) => write!(f, "package:{package}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        let texts = [
            "global",
            "environment:prod",
            "business:Shop",
            "system:Shop/Production",
            "module:Shop/Production/Web",
            "host:web-1",
            "package:shop-web",
        ];
        let scopes: Vec<Scope> = texts.iter().map(|text| text.parse().unwrap()).collect();
        assert!(scopes.iter().map(Scope::kind).is_sorted());
        assert_eq!(scopes.iter().map(ToString::to_string).collect::<Vec<_>>(), texts);
        for text in ["", "Global", "global:", "environment:live", "system:Shop", "module:a/b", "host:", "x:y"] {
            assert!(text.parse::<Scope>().is_err(), "{text:?}");
        }
        insta::assert_snapshot!("system:Shop".parse::<Scope>().unwrap_err(), @r#""system:Shop" is no scope: write global, environment:dev|test|staging|prod, business:NAME, system:BUSINESS/SYSTEM, module:BUSINESS/SYSTEM/MODULE, host:NAME or package:NAME"#);
    }
}
