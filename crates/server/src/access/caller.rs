//! A person, or CI in a person's name.

use axum::extract::FromRequestParts;
use http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method};
use jiff::{SignedDuration, Timestamp};
use packhorse_model::UserName;
use packhorse_model::ids::{SessionId, UserId};
use packhorse_store::{sessions, tokens};

use super::secret::{Secret, SecretKind};
use crate::app::App;
use crate::error::ApiError;

/// The name of the cookie that holds a session's secret.
pub(crate) const COOKIE_NAME: &str = "packhorse_session";
/// A session that is not used for so long is at its end.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_hours(8);
/// A session is at its end after so long, however much it is used.
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Who is calling.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The user.
    pub(crate) user: UserId,
    /// The user's name.
    pub(crate) name: UserName,
    /// How we know.
    pub(crate) via: Via,
}

/// How we know who is calling.
#[derive(Debug, Clone)]
pub(crate) enum Via {
    /// By a browser's session.
    Session(SessionId),
    /// By an API token of this name.
    Token(String),
}

impl Caller {
    /// As the audit log names them.
    pub(crate) fn actor(&self) -> String {
        match &self.via {
            Via::Session(_) => format!("user:{}", self.name),
            Via::Token(token) => format!("token:{token}"),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let now = app.clock.now();
        if let Some(value) = parts.headers.get(AUTHORIZATION) {
            let token = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
            let secret = token.and_then(|text| Secret::parse(SecretKind::ApiToken, text.trim()));
            let secret = secret.ok_or_else(|| ApiError::unauthenticated("this is no API token"))?;
            return by_token(app, &secret, now).await;
        }
        let Some(secret) = session_cookie(&parts.headers) else {
            return Err(ApiError::unauthenticated("this needs a signed-in user"));
        };
        let caller = by_session(app, &secret, now).await?;
        if !parts.method.is_safe() {
            require_same_origin(&parts.method, &parts.headers)?;
        }
        Ok(caller)
    }
}

async fn by_token(app: &App, secret: &Secret, now: Timestamp) -> Result<Caller, ApiError> {
    let found = tokens::by_secret(&mut *app.store.read().await?, &secret.hash()).await?;
    let token = found
        .filter(|token| token.expires_at.is_none_or(|end| now < end))
        .ok_or_else(|| ApiError::unauthenticated("this API token is unknown, or at its end"))?;
    app.usage.token(token.id, token.used_at, now);
    Ok(Caller { user: token.user, name: token.user_name, via: Via::Token(token.name) })
}

async fn by_session(app: &App, secret: &Secret, now: Timestamp) -> Result<Caller, ApiError> {
    let found = sessions::by_secret(&mut *app.store.read().await?, &secret.hash()).await?;
    let session = found
        .filter(|session| {
            now < session.expires_at && now < session.used_at.saturating_add(IDLE).unwrap_or(Timestamp::MAX)
        })
        .ok_or_else(|| ApiError::unauthenticated("this session is at its end"))?;
    app.usage.session(session.id, session.used_at, now);
    Ok(Caller { user: session.user, name: session.user_name, via: Via::Session(session.id) })
}

/// The secret in the session cookie.
pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<Secret> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .and_then(|(_, value)| Secret::parse(SecretKind::Session, value))
}

/// A browser sends its cookie whoever made it send the request, so a change by cookie must come from our own pages.
pub(crate) fn require_same_origin(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name: http::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let same = match text(http::HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site == "same-origin",
        None => match (text(ORIGIN), text(HOST)) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
            _ => false,
        },
    };
    if same {
        return Ok(());
    }
    Err(ApiError::forbidden("cross_site", format!("this {method} came from another site"))
        .hint("use the console itself, or an API token instead of a session"))
}
