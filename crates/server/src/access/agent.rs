//! A host, known by the certificate of its connection.

use axum::extract::FromRequestParts;
use http::request::Parts;
use packhorse_model::HostName;
use packhorse_model::ids::HostId;
use packhorse_store::hosts::{self, HostIdentity};

use crate::app::App;
use crate::error::ApiError;

use super::expired::ExpiredIdentity;

/// What to do with a host whose identity is of no use any more.
pub(crate) const REJOIN: &str =
    "let the host join again: make a token with `packhorse host join-token` and run the command that it prints";

/// What a verified certificate says. The TLS listener puts it into every request of the connection; nobody else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentIdentity {
    /// The host.
    pub host: HostId,
    /// The joining at which the certificate was given out.
    pub incarnation: u32,
}

/// The host that is calling.
#[derive(Debug, Clone)]
pub(crate) struct Agent {
    /// Its identity.
    pub(crate) host: HostId,
    /// Its name.
    pub(crate) name: HostName,
    /// How many times it has joined.
    pub(crate) incarnation: u32,
}

impl Agent {
    /// As the audit log names it.
    pub(crate) fn actor(&self) -> String {
        format!("host:{}", self.name)
    }

    /// Looks again whether the host is still the one that it was when the request came in. For what waits long before it answers.
    ///
    /// # Errors
    /// 403 if it was removed or has joined again.
    pub(crate) async fn confirm(&self, app: &App) -> Result<(), ApiError> {
        current(app, AgentIdentity { host: self.host, incarnation: self.incarnation }).await.map(drop)
    }
}

/// The host of a certificate, if the certificate is of its latest joining.
async fn current(app: &App, identity: AgentIdentity) -> Result<Agent, ApiError> {
    let host = hosts::identity(&mut *app.store.read().await?, identity.host).await?;
    agent(host, identity)
}

/// The host of this row, if the identity is of its latest joining.
pub(super) fn agent(host: Option<HostIdentity>, identity: AgentIdentity) -> Result<Agent, ApiError> {
    let Some(host) = host else {
        return Err(ApiError::forbidden("host_removed", "this host was removed").hint(REJOIN));
    };
    if host.incarnation != identity.incarnation {
        return Err(ApiError::forbidden(
            "host_rejoined",
            "this host has joined again since this certificate was given out",
        )
        .detail(format!(
            "the certificate is of joining {}, the current one is {}",
            identity.incarnation, host.incarnation
        ))
        .hint(REJOIN));
    }
    Ok(Agent { host: identity.host, name: host.name, incarnation: host.incarnation })
}

impl FromRequestParts<App> for Agent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if let Some(expired) = parts.extensions.get::<ExpiredIdentity>() {
            return Err(expired.refusal());
        }
        let identity = parts.extensions.get::<AgentIdentity>().copied().ok_or_else(|| {
            ApiError::unauthenticated("this needs an agent's certificate")
                .hint("let the host join first: make a token with `packhorse host join-token` and run the command that it prints")
        })?;
        let agent = current(app, identity).await?;
        app.presence.note(identity.host, app.clock.now());
        Ok(agent)
    }
}
