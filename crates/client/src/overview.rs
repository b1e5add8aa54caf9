//! `/api/v1/overview` and `/api/v1/audit`.

use packhorse_model::api::overview::{AuditEntry, Overview};

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::Pages;

impl Client {
    /// What goes on.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn overview(&self) -> Result<Overview, ClientError> {
        self.get(self.url(&["overview"])).await
    }

    /// The audit log.
    pub fn audit(&self) -> Pages<'_, AuditEntry> {
        self.pages(self.url(&["audit"]))
    }
}
