//! What becomes of a version: yanked, banned, protected, deleted.

use packhorse_model::api::packages::VersionDetail;
use packhorse_model::api::version_states::StateReason;
use packhorse_model::{PackageName, VersionNumber};
use reqwest::Url;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;

/// A change of where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionChange {
    /// It is not to be chosen any more.
    Yank,
    /// It may be chosen again.
    Unyank,
    /// It must not run.
    Ban,
    /// It may run again.
    Unban,
}

impl VersionChange {
    fn word(self) -> &'static str {
        match self {
            Self::Yank => "yank",
            Self::Unyank => "unyank",
            Self::Ban => "ban",
            Self::Unban => "unban",
        }
    }
}

/// Whether a version can be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Neither by a rule nor by a person.
    On,
    /// As any.
    Off,
}

impl Client {
    fn version_url(&self, package: &PackageName, version: &VersionNumber, word: &str) -> Url {
        self.url(&["packages", package.as_str(), "versions", version.as_str(), word])
    }

    /// Changes where a version stands.
    ///
    /// # Errors
    /// When there is no such version, a ban has no reason, or the version stands where this leads nowhere.
    pub async fn change_version(
        &self,
        package: &PackageName,
        version: &VersionNumber,
        change: VersionChange,
        reason: &StateReason,
        key: &IdempotencyKey,
    ) -> Result<VersionDetail, ClientError> {
        self.post(self.version_url(package, version, change.word()), reason, key).await
    }

    /// Protects a version, or takes that back.
    ///
    /// # Errors
    /// When there is no such version.
    pub async fn protect_version(
        &self,
        package: &PackageName,
        version: &VersionNumber,
        protection: Protection,
        key: &IdempotencyKey,
    ) -> Result<VersionDetail, ClientError> {
        let word = match protection {
            Protection::On => "protect",
            Protection::Off => "unprotect",
        };
        self.order(self.version_url(package, version, word), key).await
    }

    /// Deletes a version.
    ///
    /// # Errors
    /// When it is on hosts, which the problem names, in an open deployment, or protected.
    pub async fn delete_version(&self, package: &PackageName, version: &VersionNumber) -> Result<(), ClientError> {
        self.delete(self.url(&["packages", package.as_str(), "versions", version.as_str()])).await
    }

    /// Deletes a package with all its versions.
    ///
    /// # Errors
    /// As [`Client::delete_version`], of any of them.
    pub async fn delete_package(&self, package: &PackageName) -> Result<(), ClientError> {
        self.delete(self.url(&["packages", package.as_str()])).await
    }
}
