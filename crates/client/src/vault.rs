//! `/api/v1/vault/secrets`.

use packhorse_model::api::vault::{NewSecret, Secret, SecretChange};
use packhorse_model::name::SecretName;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::Pages;

impl Client {
    /// The secrets by name, without what they say.
    pub fn secrets(&self) -> Pages<'_, Secret> {
        self.pages(self.url(&["vault", "secrets"]))
    }

    /// A secret, without what it says.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn secret(&self, name: &SecretName) -> Result<Secret, ClientError> {
        self.get(self.url(&["vault", "secrets", name.as_str()])).await
    }

    /// Puts a secret into the vault.
    ///
    /// # Errors
    /// When there is one of this name.
    pub async fn create_secret(&self, secret: &NewSecret, key: &IdempotencyKey) -> Result<Secret, ClientError> {
        self.post(self.url(&["vault", "secrets"]), secret, key).await
    }

    /// Gives a secret a new value, or another description.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn change_secret(&self, name: &SecretName, change: &SecretChange) -> Result<Secret, ClientError> {
        self.put(self.url(&["vault", "secrets", name.as_str()]), change).await
    }

    /// Takes a secret out of the vault.
    ///
    /// # Errors
    /// When there is none of this name, or variables lead to it.
    pub async fn delete_secret(&self, name: &SecretName) -> Result<(), ClientError> {
        self.delete(self.url(&["vault", "secrets", name.as_str()])).await
    }
}
