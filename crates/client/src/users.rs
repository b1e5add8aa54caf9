//! `/api/v1/users`.

use packhorse_model::api::users::{NewUser, UserSummary};

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::Pages;

impl Client {
    /// Users by name.
    pub fn users(&self) -> Pages<'_, UserSummary> {
        self.pages(self.url(&["users"]))
    }

    /// Adds a user.
    ///
    /// # Errors
    /// When the name is taken, or the password too short.
    pub async fn add_user(&self, user: &NewUser, key: &IdempotencyKey) -> Result<UserSummary, ClientError> {
        self.post(self.url(&["users"]), user, key).await
    }
}
