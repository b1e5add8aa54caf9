//! `/api/v1/packages`.

use packhorse_model::api::packages::PackageSummary;
use packhorse_model::{PackageKind, PackageName};

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::{Pages, with_query, word};

/// Which packages.
#[derive(Debug, Clone, Default)]
pub struct PackageFilter {
    /// With this text in name, description or creator.
    pub search: Option<String>,
    /// Of this kind.
    pub kind: Option<PackageKind>,
}

impl Client {
    /// Packages by name.
    pub fn packages(&self, filter: &PackageFilter) -> Pages<'_, PackageSummary> {
        let filters = [("search", filter.search.clone()), ("kind", word(filter.kind))];
        self.pages(with_query(self.url(&["packages"]), &filters))
    }

    /// One package.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn package(&self, name: &PackageName) -> Result<PackageSummary, ClientError> {
        self.get(self.url(&["packages", name.as_str()])).await
    }
}
