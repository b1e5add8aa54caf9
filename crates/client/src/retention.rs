//! `/api/v1/retention`, `/api/v1/packages/{name}/retention`.

use packhorse_model::PackageName;
use packhorse_model::api::retention::{
    PackageRetention, PreviewRetention, RetentionPreview, SetRetention, SiteRetention,
};

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{PAGE, with_query};

impl Client {
    /// The rule for packages that have none of their own.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn site_retention(&self) -> Result<SiteRetention, ClientError> {
        self.get(self.url(&["retention"])).await
    }

    /// Changes the rule for packages that have none of their own.
    ///
    /// # Errors
    /// When the rule is none.
    pub async fn set_site_retention(&self, rule: &SetRetention) -> Result<SiteRetention, ClientError> {
        self.put(self.url(&["retention"]), rule).await
    }

    /// The rule of a package, and where it is from.
    ///
    /// # Errors
    /// When there is no such package.
    pub async fn package_retention(&self, package: &PackageName) -> Result<PackageRetention, ClientError> {
        self.get(self.url(&["packages", package.as_str(), "retention"])).await
    }

    /// Gives a package a rule of its own.
    ///
    /// # Errors
    /// When there is no such package, or the rule is none.
    pub async fn set_package_retention(
        &self,
        package: &PackageName,
        rule: &SetRetention,
    ) -> Result<PackageRetention, ClientError> {
        self.put(self.url(&["packages", package.as_str(), "retention"]), rule).await
    }

    /// Takes the package's own rule away.
    ///
    /// # Errors
    /// When there is no such package.
    pub async fn clear_package_retention(&self, package: &PackageName) -> Result<(), ClientError> {
        self.delete(self.url(&["packages", package.as_str(), "retention"])).await
    }

    /// A page of what a rule would do to the versions of a package; `cursor` is `next` of the page before.
    ///
    /// # Errors
    /// When there is no such package, or the rule is none.
    pub async fn preview_retention(
        &self,
        package: &PackageName,
        rule: &PreviewRetention,
        cursor: Option<String>,
        key: &IdempotencyKey,
    ) -> Result<RetentionPreview, ClientError> {
        let url = self.url(&["packages", package.as_str(), "retention", "preview"]);
        self.post(with_query(url, &[("limit", Some(PAGE.to_owned())), ("cursor", cursor)]), rule, key).await
    }
}
