//! What is found in texts: `/api/v1/packages/{name}/versions/{version}/{variables,findings}` and `/api/v1/config/check`.

use packhorse_model::api::packages::VersionFindings;
use packhorse_model::api::variables::{Certainty, CheckConfig, ConfigCheck, FoundVariable};
use packhorse_model::{PackageName, VersionNumber};

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query};

impl Client {
    /// The variables in a version's files, or what only looks like one, by path and line.
    pub fn variables(
        &self,
        package: &PackageName,
        version: &VersionNumber,
        which: Certainty,
    ) -> Pages<'_, FoundVariable> {
        let url = self.url(&["packages", package.as_str(), "versions", version.as_str(), "variables"]);
        self.pages(with_query(url, &[("which", Some(which.as_str().to_owned()))]))
    }

    /// What should be better about a version, by the rules of today.
    ///
    /// # Errors
    /// `version_not_found`, `package_not_found`.
    pub async fn version_findings(
        &self,
        package: &PackageName,
        version: &VersionNumber,
    ) -> Result<VersionFindings, ClientError> {
        self.get(self.url(&["packages", package.as_str(), "versions", version.as_str(), "findings"])).await
    }

    /// What is wrong with the syntax of a text, and which variables it has.
    ///
    /// # Errors
    /// When the text is too long.
    pub async fn check_config(&self, text: &CheckConfig, key: &IdempotencyKey) -> Result<ConfigCheck, ClientError> {
        self.post(self.url(&["config", "check"]), text, key).await
    }
}
