//! Database packages: `/api/v1/packages/{name}/database-chain` and what is beside it.

use packhorse_model::api::database::{CheckSql, DatabaseChain, SqlCheck, VersionDatabase};
use packhorse_model::{PackageName, VersionNumber};

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::with_query;

impl Client {
    /// How a database comes from one version of a package to another; from an empty one without `from`.
    ///
    /// # Errors
    /// When nothing leads there; the problem names between which versions.
    pub async fn database_chain(
        &self,
        package: &PackageName,
        from: Option<&VersionNumber>,
        to: &VersionNumber,
    ) -> Result<DatabaseChain, ClientError> {
        let ends = [("from", from.map(ToString::to_string)), ("to", Some(to.to_string()))];
        self.get(with_query(self.url(&["packages", package.as_str(), "database-chain"]), &ends)).await
    }

    /// What a version of a database package consists of.
    ///
    /// # Errors
    /// When there is no such version, or it is of no database package.
    pub async fn version_database(
        &self,
        package: &PackageName,
        version: &VersionNumber,
    ) -> Result<VersionDatabase, ClientError> {
        self.get(self.url(&["packages", package.as_str(), "versions", version.as_str(), "database"])).await
    }

    /// What is in a text of SQL.
    ///
    /// # Errors
    /// When the text is too long.
    pub async fn check_sql(&self, sql: &CheckSql, key: &IdempotencyKey) -> Result<SqlCheck, ClientError> {
        self.post(self.url(&["database", "check"]), sql, key).await
    }
}
