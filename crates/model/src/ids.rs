//! Typed identifiers. Each is a ULID in lower case: 26 characters that sort by the time of their making.
//!
//! Time and randomness are parameters, so that whoever makes an identifier decides where they come from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text was not a ULID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an identifier; identifiers are 26 characters of 0-9 and a-z")]
pub struct IdError {
    text: String,
}

/// What every typed identifier can do, for code that makes identifiers of any type.
pub trait Identifier: Sized {
    /// An identifier made at `time` from 80 bits of `randomness`.
    #[must_use]
    fn from_parts(time: jiff::Timestamp, randomness: u128) -> Self;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^[0-9a-hjkmnp-tv-z]{26}$"))]
        pub struct $name(ulid::Ulid);

        impl Identifier for $name {
            fn from_parts(time: jiff::Timestamp, randomness: u128) -> Self {
                let millis = u64::try_from(time.as_millisecond()).unwrap_or(0);
                Self(ulid::Ulid::from_parts(millis, randomness))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                ulid::Ulid::from_string(text).map(Self).map_err(|_| IdError { text: text.to_owned() })
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0.to_string().to_ascii_lowercase())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )+};
}

ids! {
    /// A package.
    PackageId
    /// One version of a package.
    VersionId
    /// A business of the topology.
    BusinessId
    /// A system of a business.
    SystemId
    /// A module of a system.
    ModuleId
    /// A host.
    HostId
    /// A deployment.
    DeploymentId
    /// A plan of a deployment.
    PlanId
    /// A unit: one instance in one plan.
    UnitId
    /// An attempt: one try at a unit.
    AttemptId
    /// A user.
    UserId
    /// An API token.
    TokenId
    /// A browser session.
    SessionId
    /// A one-time token with which a host joins.
    JoinTokenId
    /// An upload of an archive.
    UploadId
    /// An object of a ControlTier project.
    ObjectId
    /// A job on the storage.
    StorageJobId
    /// A draft of a version.
    DraftId
    /// A value that a variable has in a scope.
    VariableId
    /// A secret in the vault.
    SecretId
    /// A database to which database packages are applied.
    DatabaseTargetId
    /// A test of a database target.
    DatabaseTestId
    /// A lock on deployments.
    LockId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_time_and_reads_back() {
        let at = |second| jiff::Timestamp::from_second(second).unwrap();
        let early = HostId::from_parts(at(1_700_000_000), u128::MAX);
        let late = HostId::from_parts(at(1_700_000_001), 0);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse(), Ok(early));
        assert!("not-an-id".parse::<HostId>().is_err());
    }
}
