//! `/api/v1/packages/{name}/versions`. The archives' bytes are in `download.rs`.

use packhorse_model::api::packages::{TreeEntry, VersionDetail, VersionSummary};
use packhorse_model::{PackageName, VersionNumber};

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::Pages;

impl Client {
    /// The versions of a package, highest first.
    pub fn versions(&self, package: &PackageName) -> Pages<'_, VersionSummary> {
        self.pages(self.url(&["packages", package.as_str(), "versions"]))
    }

    /// One version.
    ///
    /// # Errors
    /// When there is no such package or version.
    pub async fn version(&self, package: &PackageName, version: &VersionNumber) -> Result<VersionDetail, ClientError> {
        self.get(self.url(&["packages", package.as_str(), "versions", version.as_str()])).await
    }

    /// The entries of a version's tree, by path.
    pub fn tree(&self, package: &PackageName, version: &VersionNumber) -> Pages<'_, TreeEntry> {
        self.pages(self.url(&["packages", package.as_str(), "versions", version.as_str(), "tree"]))
    }
}
