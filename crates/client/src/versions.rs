//! `/api/v1/packages/{name}/versions`. The archives' bytes are in `download.rs`.

use packhorse_model::api::packages::{TreeEntry, VersionDetail, VersionSummary};
use packhorse_model::{PackageName, UserName, VersionNumber, VersionState};

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::{Pages, with_query, word};

/// Which versions of a package, and in which order.
#[derive(Debug, Clone, Default)]
pub struct VersionFilter {
    /// With this text in number, build or description.
    pub search: Option<String>,
    /// That stand here.
    pub state: Option<VersionState>,
    /// That this person pushed.
    pub creator: Option<UserName>,
    /// That are on a host, or on none.
    pub deployed: Option<bool>,
    /// By what they are sorted, as the server calls it: `-version`, `size`.
    pub sort: Option<String>,
}

impl Client {
    /// The versions of a package, the highest first, or in the order that the filter asks for.
    pub fn versions(&self, package: &PackageName, filter: &VersionFilter) -> Pages<'_, VersionSummary> {
        let filters = [
            ("search", filter.search.clone()),
            ("state", word(filter.state)),
            ("creator", filter.creator.as_ref().map(ToString::to_string)),
            ("deployed", filter.deployed.map(|is| is.to_string())),
            ("sort", filter.sort.clone()),
        ];
        self.pages(with_query(self.url(&["packages", package.as_str(), "versions"]), &filters))
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
