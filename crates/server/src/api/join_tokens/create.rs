//! `POST /api/v1/join-tokens`

use std::net::IpAddr;

use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;
use packhorse_model::api::hosts::{CreateJoinToken, CreatedJoinToken};
use packhorse_model::problem::Problem;
use packhorse_store::join_tokens::{self, JoinToken};
use packhorse_store::{hosts, topology};
use serde_json::json;

use crate::access::{CallerTx, Secret, SecretKind};
use crate::app::App;
use crate::error::ApiError;

const MINUTES: u32 = 60;
const MOST_MINUTES: u32 = 7 * 24 * 60;

/// Makes a token with which one host joins, once. The token is in this reply and nowhere else.
#[utoipa::path(
    post, path = "/api/v1/join-tokens", operation_id = "create_join_token", tag = "hosts",
    request_body = CreateJoinToken,
    responses((status = 201, body = CreatedJoinToken), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx<CreateJoinToken>) -> Result<Response, ApiError> {
    let minutes = call.input.expires_in_minutes.unwrap_or(MINUTES);
    if !(1..=MOST_MINUTES).contains(&minutes) {
        let title = format!("a join token may be good for 1 to {MOST_MINUTES} minutes");
        return Err(ApiError::invalid("join_token_expiry", title));
    }
    let host = call.input.host.clone();
    let paths = call.input.modules.clone();
    if paths.is_empty() && hosts::by_name(call.conn(), &host).await?.is_none() {
        return Err(ApiError::invalid(
            "host_without_module",
            format!("host {host} is new, and must belong to a module"),
        )
        .hint("name one, as in --module Shop/Production/Web"));
    }
    let mut modules = Vec::with_capacity(paths.len());
    for path in &paths {
        let module = topology::module(call.conn(), path).await?;
        modules.push(module.ok_or_else(|| {
            ApiError::not_found("module", path)
                .hint("`packhorse topology tree` shows the modules; `packhorse topology apply` makes them")
        })?);
    }
    let secret = Secret::generate(SecretKind::JoinToken, &call.app.random);
    let expires_at = call.now.checked_add(SignedDuration::from_mins(i64::from(minutes))).map_err(ApiError::internal)?;
    let id = call.app.random.id(call.now);
    let (created_by, created_at) = (call.caller.user, call.now);
    let token = JoinToken { id, host: host.clone(), modules, created_by, created_at, expires_at };
    join_tokens::insert(call.conn(), &token, &secret.hash()).await?;
    call.audit("join_token.create", &host, json!({ "join_token": id, "modules": paths, "expires_at": expires_at }));
    let text = format!("{}.{}", secret.reveal(), call.app.authority.fingerprint());
    let agent_url = agent_url(&call.app);
    let command = format!("packhorse-agent join {agent_url} --token {text}");
    let reply = CreatedJoinToken { token: text, expires_at, agent_url, command };
    call.finish_secret(StatusCode::CREATED, &reply).await
}

/// The address of the agent listener as far as the server knows it: the first configured name, else the address that it
/// listens on, else the machine's name. Configured names are host names or addresses, so nothing in it means anything to a shell.
fn agent_url(app: &App) -> String {
    let listen = app.agent_address();
    let name = match app.config.agent_names.first() {
        Some(name) => name.clone(),
        None if listen.ip().is_unspecified() => rustix::system::uname().nodename().to_string_lossy().into_owned(),
        None => listen.ip().to_string(),
    };
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => format!("https://[{address}]:{}", listen.port()),
        _ => format!("https://{name}:{}", listen.port()),
    }
}
