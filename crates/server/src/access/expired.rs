//! A host whose certificate is over: it was off, or cut off, for longer than its certificate is good. It may ask for a new one, and for nothing else.

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use packhorse_store::hosts;

use super::agent::{self, Agent, AgentIdentity, REJOIN};
use crate::app::App;
use crate::error::ApiError;

/// What a certificate says that was verified and is over. The TLS listener puts it into the requests of the connection, in place of an
/// [`AgentIdentity`]; nobody else does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredIdentity {
    /// Who this was.
    pub identity: AgentIdentity,
    /// The serial number of the certificate, in hexadecimal.
    pub serial: String,
    /// Since when the certificate is over.
    pub expired_at: Timestamp,
}

impl ExpiredIdentity {
    /// What everything but a renewal answers.
    pub(super) fn refusal(&self) -> ApiError {
        ApiError::forbidden("certificate_expired", "the certificate of this host is over")
            .detail(format!("it was good until {}", self.expired_at))
            .hint("the agent renews it by itself when it starts; its log says if it could not")
    }

    /// The host, if it may have a new certificate for this one: within the configured time, for the latest certificate of the latest joining.
    async fn renewing(&self, app: &App) -> Result<Agent, ApiError> {
        let row = hosts::identity(&mut *app.store.read().await?, self.identity.host).await?;
        let is_latest = row.as_ref().is_some_and(|host| host.certificate.as_ref() == Some(&self.serial));
        let agent = agent::agent(row, self.identity)?;
        if !is_latest {
            return Err(ApiError::forbidden(
                "certificate_superseded",
                "the certificate of this host is over, and is not the latest that it was given",
            )
            .hint(REJOIN));
        }
        let limit = SignedDuration::try_from(app.config.renew_expired_within).unwrap_or(SignedDuration::MAX);
        if app.clock.now().duration_since(self.expired_at) >= limit {
            return Err(ApiError::forbidden(
                "certificate_too_old",
                "the certificate of this host has been over for too long to be renewed",
            )
            .detail(format!(
                "it was good until {}, and can be renewed for {} days after that",
                self.expired_at,
                limit.as_hours() / 24
            ))
            .hint(REJOIN));
        }
        Ok(agent)
    }
}

/// A host that asks for a new certificate, over one that is good or one that may still be renewed.
#[derive(Debug, Clone)]
pub(crate) struct Renewing {
    /// The host.
    pub(crate) agent: Agent,
    /// Since when its certificate is over, if it is.
    pub(crate) expired_at: Option<Timestamp>,
}

impl FromRequestParts<App> for Renewing {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match parts.extensions.get::<ExpiredIdentity>().cloned() {
            Some(expired) => {
                let agent = expired.renewing(app).await?;
                Ok(Self { agent, expired_at: Some(expired.expired_at) })
            }
            None => Ok(Self { agent: Agent::from_request_parts(parts, app).await?, expired_at: None }),
        }
    }
}
