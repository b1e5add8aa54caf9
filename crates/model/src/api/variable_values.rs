//! Values of variables, by scope, and how a value comes about.

use serde::{Deserialize, Serialize};

use crate::ids::VariableId;
use crate::name::{HostName, PackageName, VariableName};
use crate::variables::{Scope, VariableValue};
use crate::version::VersionNumber;

/// Gives a variable a value in a scope, in place of the one that it has there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetVariable {
    /// Its name; upper and lower case are the same.
    pub name: VariableName,
    /// Where it holds.
    pub scope: Scope,
    /// What it is.
    #[serde(flatten)]
    pub value: VariableValue,
    /// What it is for; as it was, if not said.
    #[serde(default)]
    pub description: Option<String>,
    /// The revision that is being replaced, 0 for none; whatever is there, if not said.
    #[serde(default)]
    pub revision: Option<u32>,
}

/// A value that a variable has in a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Variable {
    /// Its identity.
    pub id: VariableId,
    /// Its name.
    pub name: VariableName,
    /// Where it holds.
    pub scope: Scope,
    /// What it is.
    #[serde(flatten)]
    pub value: VariableValue,
    /// What it is for.
    pub description: String,
    /// Rises with each change.
    pub revision: u32,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: jiff::Timestamp,
}

/// What a variable comes to for one package on one host, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// The variable.
    pub name: String,
    /// The package.
    pub package: PackageName,
    /// The host.
    pub host: HostName,
    /// What comes of it.
    pub outcome: Outcome,
    /// Every value that holds there, from the narrowest scope to the widest. The first decides.
    pub candidates: Vec<Candidate>,
    /// Where the version uses it that is on the host, or else the latest: the first 100 places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<VariableUse>,
}

/// The most uses that an explanation names.
pub const MOST_USES: usize = 100;

/// A place at which a version uses a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VariableUse {
    /// The version.
    pub version: VersionNumber,
    /// Where: `conf/shop.toml:3`, or the key of `packhorse.toml`.
    pub place: String,
    /// As it stands there: `[!db_password]`.
    pub token: String,
    /// What becomes of the value there.
    pub form: VariableForm,
}

/// What becomes of a value at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VariableForm {
    /// It stands there as it is.
    Clear,
    /// It stands there encrypted for the application and signed.
    Encrypted,
    /// It stands there encrypted for the application.
    SingleEncrypted,
    /// It is a whole file of the package.
    File,
    /// It is a key for encrypting.
    Key,
}

impl VariableForm {
    /// What becomes of it, for people.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::Clear => "as it is",
            Self::Encrypted => "encrypted for the application, and signed",
            Self::SingleEncrypted => "encrypted for the application",
            Self::File => "as the whole file",
            Self::Key => "as a key for encrypting",
        }
    }
}

/// What a variable comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// A value.
    Value {
        /// What stands in a file.
        text: String,
    },
    /// A secret of the vault.
    Secret {
        /// Its name.
        secret: String,
        /// Its version.
        version: u32,
    },
    /// No value, for this reason.
    Unresolved {
        /// Why, and what to do.
        reason: String,
    },
}

/// A value that holds at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Candidate {
    /// Where it was given.
    pub scope: Scope,
    /// What it is.
    #[serde(flatten)]
    pub value: VariableValue,
}

/// An instance whose rendered files would be others if its version were deployed now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AffectedInstance {
    /// The host.
    pub host: HostName,
    /// The package.
    pub package: PackageName,
    /// The version that is on it.
    pub version: VersionNumber,
}
