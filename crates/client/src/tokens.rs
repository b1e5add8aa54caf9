//! `/api/v1/tokens`.

use packhorse_model::api::sessions::{CreateToken, CreatedToken, TokenSummary};
use packhorse_model::ids::TokenId;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::Pages;

impl Client {
    /// Makes an API token; its secret comes only with this answer.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create_token(&self, token: &CreateToken, key: &IdempotencyKey) -> Result<CreatedToken, ClientError> {
        self.post(self.url(&["tokens"]), token, key).await
    }

    /// The tokens of this user.
    pub fn tokens(&self) -> Pages<'_, TokenSummary> {
        self.pages(self.url(&["tokens"]))
    }

    /// Takes a token back.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn delete_token(&self, id: TokenId) -> Result<(), ClientError> {
        self.delete(self.url(&["tokens", &id.to_string()])).await
    }
}
