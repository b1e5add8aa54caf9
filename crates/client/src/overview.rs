//! `/api/v1/overview`.

use packhorse_model::api::overview::Overview;

use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// What goes on.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn overview(&self) -> Result<Overview, ClientError> {
        self.get(self.url(&["overview"])).await
    }
}
