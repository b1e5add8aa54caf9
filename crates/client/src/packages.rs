//! `/api/v1/packages`.

use packhorse_model::api::package_edit::PackageEdit;
use packhorse_model::api::packages::PackageSummary;
use packhorse_model::{PackageKind, PackageName, UserName};
use reqwest::Method;
use reqwest::header::{ETAG, HeaderValue, IF_MATCH};

use crate::client::{Client, read};
use crate::error::ClientError;
use crate::paging::{Pages, with_query, word};

/// Which packages, and in which order.
#[derive(Debug, Clone, Default)]
pub struct PackageFilter {
    /// With these words in name, description, creator or tags.
    pub search: Option<String>,
    /// Of this kind.
    pub kind: Option<PackageKind>,
    /// That this person made.
    pub creator: Option<UserName>,
    /// With all these tags.
    pub tags: Vec<String>,
    /// Whose latest version has all these attributes with these values.
    pub metadata: Vec<(String, String)>,
    /// By what they are sorted, as the server calls it: `name`, `-updated`.
    pub sort: Option<String>,
}

/// A package, and what an edit of it must name to change what was seen here and nothing newer.
#[derive(Debug, Clone)]
pub struct EditablePackage {
    /// The package.
    pub package: PackageSummary,
    seen: Option<HeaderValue>,
}

impl Client {
    /// Packages by name, or in the order that the filter asks for.
    pub fn packages(&self, filter: &PackageFilter) -> Pages<'_, PackageSummary> {
        let filters = [
            ("search", filter.search.clone()),
            ("kind", word(filter.kind)),
            ("creator", filter.creator.as_ref().map(ToString::to_string)),
            ("sort", filter.sort.clone()),
        ];
        let mut url = with_query(self.url(&["packages"]), &filters);
        for tag in &filter.tags {
            url.query_pairs_mut().append_pair("tag", tag);
        }
        for (key, value) in &filter.metadata {
            url.query_pairs_mut().append_pair(&format!("meta.{key}"), value);
        }
        self.pages(url)
    }

    /// One package.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn package(&self, name: &PackageName) -> Result<PackageSummary, ClientError> {
        self.get(self.url(&["packages", name.as_str()])).await
    }

    /// One package, to be edited.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn editable_package(&self, name: &PackageName) -> Result<EditablePackage, ClientError> {
        let url = self.url(&["packages", name.as_str()]);
        let response = self.send(|| self.request(Method::GET, url.clone())).await?;
        let seen = response.headers().get(ETAG).cloned();
        Ok(EditablePackage { package: read(response).await?, seen })
    }

    /// Changes the description and the own tags of a package.
    ///
    /// # Errors
    /// When somebody changed them since the package was read, or the server refuses.
    pub async fn edit_package(
        &self,
        package: &EditablePackage,
        edit: &PackageEdit,
    ) -> Result<PackageSummary, ClientError> {
        let url = self.url(&["packages", package.package.name.as_str()]);
        let make = || {
            let request = self.request(Method::PATCH, url.clone()).json(edit);
            match &package.seen {
                Some(seen) => request.header(IF_MATCH, seen),
                None => request,
            }
        };
        read(self.send(make).await?).await
    }
}
