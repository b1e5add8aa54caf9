//! `/api/v1/session`: signing in with user and password, as a browser does.

use packhorse_model::api::sessions::{Session, SignIn};
use reqwest::header::SET_COOKIE;

use crate::access::Secret;
use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;

const COOKIE: &str = "packhorse_session=";

impl Client {
    /// Signs in, and returns the cookie by which the session is known.
    ///
    /// # Errors
    /// When user or password are wrong, or the server answers without a cookie.
    pub async fn sign_in(&self, sign_in: &SignIn, key: &IdempotencyKey) -> Result<Secret, ClientError> {
        let url = self.url(&["session"]);
        let response = self.send(|| self.keyed(url.clone(), key).json(sign_in)).await?;
        response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .find(|cookie| cookie.starts_with(COOKIE) && cookie.len() > COOKIE.len())
            .map(Secret::new)
            .ok_or_else(|| ClientError::unexpected(&url, "signed in, but no session cookie came"))
    }

    /// Who this client is.
    ///
    /// # Errors
    /// When the server does not know it.
    pub async fn session(&self) -> Result<Session, ClientError> {
        self.get(self.url(&["session"])).await
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the server does not end it.
    pub async fn sign_out(&self) -> Result<(), ClientError> {
        self.delete(self.url(&["session"])).await
    }
}
