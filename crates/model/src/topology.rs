//! Business › System › Module: where hosts belong. A system carries an environment.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::{NameError, TopologyName};

/// What a system is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Environment {
    /// Development.
    Dev,
    /// Test.
    #[default]
    Test,
    /// Staging.
    Staging,
    /// Production.
    Prod,
}

impl Environment {
    /// All of them, from the least careful to the most.
    pub const ALL: [Self; 4] = [Self::Dev, Self::Test, Self::Staging, Self::Prod];

    /// The word used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }

    /// The environment of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.as_str() == word)
    }
}

/// The path of a module: `BUSINESS/SYSTEM/MODULE`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModulePath {
    /// The business.
    pub business: TopologyName,
    /// The system.
    pub system: TopologyName,
    /// The module.
    pub module: TopologyName,
}

/// Why a text is no module path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModulePathError {
    /// Not three parts.
    #[error("{0:?} is not a module: write BUSINESS/SYSTEM/MODULE, as in Shop/Production/Web")]
    Form(String),
    /// A part that is no name.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl FromStr for ModulePath {
    type Err = ModulePathError;

    fn from_str(text: &str) -> Result<Self, ModulePathError> {
        let [business, system, module] = text.split('/').collect::<Vec<_>>()[..] else {
            return Err(ModulePathError::Form(text.to_owned()));
        };
        Ok(Self { business: business.parse()?, system: system.parse()?, module: module.parse()? })
    }
}

impl TryFrom<String> for ModulePath {
    type Error = ModulePathError;

    fn try_from(text: String) -> Result<Self, ModulePathError> {
        text.parse()
    }
}

impl From<ModulePath> for String {
    fn from(path: ModulePath) -> Self {
        path.to_string()
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.business, self.system, self.module)
    }
}

impl fmt::Debug for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

/// A topology as people write it; applying it adds and changes, and removes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopologySpec {
    /// The businesses.
    #[serde(default)]
    pub business: Vec<BusinessSpec>,
}

/// A business as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BusinessSpec {
    /// Its name, unique.
    pub name: TopologyName,
    /// Its systems.
    #[serde(default)]
    pub system: Vec<SystemSpec>,
}

/// A system as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SystemSpec {
    /// Its name, unique in its business.
    pub name: TopologyName,
    /// What it is for.
    #[serde(default)]
    pub environment: Environment,
    /// Its modules.
    #[serde(default)]
    pub module: Vec<ModuleSpec>,
}

/// A module as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModuleSpec {
    /// Its name, unique in its system.
    pub name: TopologyName,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_three_parts_and_refuses_others() {
        assert_eq!("Shop/Production/Web".parse::<ModulePath>().unwrap().to_string(), "Shop/Production/Web");
        insta::assert_snapshot!("Shop/Web".parse::<ModulePath>().unwrap_err(), @r#""Shop/Web" is not a module: write BUSINESS/SYSTEM/MODULE, as in Shop/Production/Web"#);
        assert!("Shop//Web".parse::<ModulePath>().is_err());
    }

    #[test]
    fn reads_a_file() {
        let spec: TopologySpec = toml::from_str(
            "[[business]]\nname='Shop'\n[[business.system]]\nname='Production'\nenvironment='prod'\n[[business.system.module]]\nname='Web'",
        )
        .unwrap();
        assert_eq!(spec.business[0].system[0].environment, Environment::Prod);
        assert_eq!(spec.business[0].system[0].module[0].name.as_str(), "Web");
    }
}
