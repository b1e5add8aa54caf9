//! Tests of database targets, as the host sees them that is asked.

use packhorse_model::api::database_tests::{DatabaseFound, DatabaseTestOrder};
use packhorse_model::ids::DatabaseTestId;

use super::{ANSWER, AgentApi, AgentApiError, LARGEST_ANSWER};

impl AgentApi {
    /// How to get into the database that this host is to look into. The password in it is for memory alone.
    ///
    /// # Errors
    /// [`AgentApiError`]; refused once the test has run out.
    pub async fn database_test(&self, test: DatabaseTestId) -> Result<DatabaseTestOrder, AgentApiError> {
        let url = self.url(&format!("agent/v1/database-tests/{test}"));
        let response = self.send(self.http.get(url).timeout(ANSWER)).await?;
        let body = self.body(response, LARGEST_ANSWER).await?;
        serde_json::from_slice(&body).map_err(|_| self.unexpected("a test of a database that cannot be read"))
    }

    /// Tells what this host found.
    ///
    /// # Errors
    /// [`AgentApiError`]; refused once the test has run out.
    pub async fn answer_database_test(&self, test: DatabaseTestId, found: &DatabaseFound) -> Result<(), AgentApiError> {
        let url = self.url(&format!("agent/v1/database-tests/{test}"));
        self.send(self.http.post(url).json(found).timeout(ANSWER)).await.map(drop)
    }
}
