//! Joining: from a one-time token to an identity.

use std::net::IpAddr;

use packhorse_client::agent_api::{AgentApiError, Endpoint};
use packhorse_model::order::JoinRequest;

use super::{Identity, IdentityError, JoinToken, new_key};
use crate::facts;
use crate::paths::Paths;

/// A host could not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The server is not the one that the token is of.
    #[error(
        "{0} is not the server that this token is of: its authority has another fingerprint, so nothing was sent to it"
    )]
    Stranger(String),
    /// The server cannot be reached or says no.
    #[error(transparent)]
    Api(#[from] AgentApiError),
    /// What came cannot be kept.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// Joins the server. The secret is sent only to a server that shows a certificate of the authority for which the token vouches.
///
/// # Errors
/// [`JoinError`]; this host is then what it was before.
pub async fn join(paths: &Paths, url: &str, from: Option<IpAddr>, token: &JoinToken) -> Result<Identity, JoinError> {
    let endpoint = Endpoint::new(url, from)?;
    let authority = endpoint.authority_unverified().await?;
    if !token.vouches_for(&authority) {
        return Err(JoinError::Stranger(url.to_owned()));
    }
    let (key, certificate_request) = new_key()?;
    let request = JoinRequest {
        token: token.secret().to_owned(),
        certificate_request,
        facts: facts::gather(paths, facts::local_address(&endpoint)),
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let reply = endpoint.trusting(&authority)?.join(&request).await?;
    let identity = Identity {
        server: endpoint.url.to_string(),
        from,
        host: reply.host,
        name: reply.name,
        incarnation: reply.incarnation,
        // The one that was checked, whatever came with the reply.
        authority,
        certificate: reply.certificate,
        key,
    };
    // What cannot be used must not be kept.
    identity.connect()?;
    identity.validity()?;
    identity.save(paths)?;
    Ok(identity)
}
