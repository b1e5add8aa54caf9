//! Variables that have no value, as plans and the problem `variables_unresolved` name them for programs.

use serde::{Deserialize, Serialize};

use crate::name::{HostName, SecretName};
use crate::variables::Scope;

/// The most uses that a problem, the cautions about a package or a file names.
pub const MOST_UNRESOLVED: usize = 100;

/// The most hosts that are named of one use.
pub const MOST_UNRESOLVED_HOSTS: usize = 5;

/// A use of a variable that comes to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnresolvedVariable {
    /// Where: `conf/shop.toml:3`, or the key of `packhorse.toml`.
    pub place: String,
    /// As it stands there: `[@db_host]`.
    pub token: String,
    /// Its name: `db_host`.
    pub name: String,
    /// Why it comes to nothing.
    #[serde(flatten)]
    pub why: NoValue,
    /// The first of the hosts on which it does.
    pub hosts: Vec<HostName>,
    /// How many more there are.
    pub hosts_more: u64,
}

/// A use because of which a file cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnresolvedInFile {
    /// Its line, counted from 1; none if the file is replaced as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// As it stands there: `[@db_host]`.
    pub token: String,
}

/// Why a variable comes to nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoValue {
    /// For programs.
    pub reason_code: NoValueReason,
    /// For people, as the end of a sentence about the variable: `has no value`.
    pub reason: String,
    /// The scopes that say different things, for `ambiguous`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// The secret that is missing, for `secret_missing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretName>,
}

/// Why a variable comes to nothing, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NoValueReason {
    /// No scope that holds there has a value.
    Undefined,
    /// Scopes that are equally narrow say different things.
    Ambiguous,
    /// It leads to a secret that is not in the vault.
    SecretMissing,
    /// It is a secret, and stands where others could see it.
    SecretSeen,
    /// It is none of the names that Packhorse itself gives, or means several modules there.
    NotGiven,
    /// It should be a key for encrypting, and what it comes to cannot serve as one.
    KeyUnusable,
    /// It is to be encrypted, and is longer than its key can encrypt.
    TooLong,
}

impl NoValue {
    /// A reason that says no more than its words.
    #[must_use]
    pub fn new(reason_code: NoValueReason, reason: impl Into<String>) -> Self {
        Self { reason_code, reason: reason.into(), scopes: Vec::new(), secret: None }
    }
}
