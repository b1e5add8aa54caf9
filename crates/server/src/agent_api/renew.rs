//! `POST /agent/v1/renew`

use axum::Json;
use axum::extract::{Request, State};
use packhorse_model::order::{RenewReply, RenewRequest};
use packhorse_model::problem::Problem;
use packhorse_store::audit::NewEntry;
use packhorse_store::{StoreError, hosts};
use serde_json::json;

use crate::access::{Renewing, read_body};
use crate::app::App;
use crate::error::ApiError;

/// A new certificate for a new key, over the old certificate while it is good, or for a while after it was: 30 days, if the server's
/// configuration says nothing else. For one that is over, only the latest certificate of the host counts.
#[utoipa::path(
    post, path = "/agent/v1/renew", operation_id = "renew", tag = "agents",
    request_body = RenewRequest,
    responses((status = 200, body = RenewReply), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    Renewing { agent, expired_at }: Renewing,
    request: Request,
) -> Result<Json<RenewReply>, ApiError> {
    let input: RenewRequest = read_body(request.into_body()).await?;
    let now = app.clock.now();
    let certificate = app.authority.sign_agent(&input.certificate_request, agent.host, agent.incarnation)?;
    let mut tx = app.store.write().await?;
    if !hosts::set_certificate(&mut tx, agent.host, agent.incarnation, &certificate.serial).await? {
        // Removed, or joined again, while the request came in.
        drop(tx);
        agent.confirm(&app).await?;
        return Err(StoreError::Conflict.into());
    }
    if let Some(expired_at) = expired_at {
        tx.audit(NewEntry {
            at: now,
            actor: agent.actor(),
            action: "host.renew_expired",
            object: agent.name.to_string(),
            detail: json!({ "host": agent.host, "incarnation": agent.incarnation, "expired_at": expired_at }),
        });
    }
    tx.commit().await?;
    app.presence.note(agent.host, now);
    tracing::info!(host = %agent.name, "renewed an agent's certificate");
    Ok(Json(RenewReply { certificate: certificate.pem, authority: app.authority.pem().to_owned() }))
}
