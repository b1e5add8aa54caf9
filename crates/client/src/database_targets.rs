//! `/api/v1/database-targets`.

use packhorse_model::HostName;
use packhorse_model::api::database_targets::{DatabaseTarget, DatabaseTargetSpec, NewDatabaseTarget};
use packhorse_model::api::database_tests::DatabaseTest;
use packhorse_model::name::DatabaseTargetName;
use packhorse_model::topology::ModulePath;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query};

/// Which database targets are listed.
#[derive(Debug, Clone, Default)]
pub struct DatabaseTargetFilter {
    /// Of this module.
    pub module: Option<ModulePath>,
    /// Whose packages this host runs.
    pub host: Option<HostName>,
}

impl Client {
    /// The database targets by name, with what their ledgers said last.
    pub fn database_targets(&self, filter: &DatabaseTargetFilter) -> Pages<'_, DatabaseTarget> {
        let filters = [
            ("module", filter.module.as_ref().map(ToString::to_string)),
            ("host", filter.host.as_ref().map(ToString::to_string)),
        ];
        self.pages(with_query(self.url(&["database-targets"]), &filters))
    }

    /// A database target, with what its ledger said last.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn database_target(&self, name: &DatabaseTargetName) -> Result<DatabaseTarget, ClientError> {
        self.get(self.url(&["database-targets", name.as_str()])).await
    }

    /// Makes a database target.
    ///
    /// # Errors
    /// When there is one of this name, or what it names is not there.
    pub async fn create_database_target(
        &self,
        target: &NewDatabaseTarget,
        key: &IdempotencyKey,
    ) -> Result<DatabaseTarget, ClientError> {
        self.post(self.url(&["database-targets"]), target, key).await
    }

    /// Says anew what a database target is.
    ///
    /// # Errors
    /// When there is none of this name, or what it names is not there.
    pub async fn change_database_target(
        &self,
        name: &DatabaseTargetName,
        spec: &DatabaseTargetSpec,
    ) -> Result<DatabaseTarget, ClientError> {
        self.put(self.url(&["database-targets", name.as_str()]), spec).await
    }

    /// Asks the host of a database target to look into the database. What it finds, [`Client::database_test`] gives.
    ///
    /// # Errors
    /// When there is none of this name, or its host is offline.
    pub async fn test_database_target(
        &self,
        name: &DatabaseTargetName,
        key: &IdempotencyKey,
    ) -> Result<DatabaseTest, ClientError> {
        self.post(self.url(&["database-targets", name.as_str(), "test"]), &(), key).await
    }

    /// The latest test of a database target.
    ///
    /// # Errors
    /// When there is none of this name, or it was never tested.
    pub async fn database_test(&self, name: &DatabaseTargetName) -> Result<DatabaseTest, ClientError> {
        self.get(self.url(&["database-targets", name.as_str(), "test"])).await
    }

    /// Forgets a database target.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn delete_database_target(&self, name: &DatabaseTargetName) -> Result<(), ClientError> {
        self.delete(self.url(&["database-targets", name.as_str()])).await
    }
}
