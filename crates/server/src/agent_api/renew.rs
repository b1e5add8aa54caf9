//! `POST /agent/v1/renew`

use axum::Json;
use axum::extract::{Request, State};
use packhorse_model::order::{RenewReply, RenewRequest};
use packhorse_model::problem::Problem;

use crate::access::{Agent, read_body};
use crate::app::App;
use crate::error::ApiError;

/// A new certificate for a new key, over the old certificate while it is good.
#[utoipa::path(
    post, path = "/agent/v1/renew", operation_id = "renew", tag = "agents",
    request_body = RenewRequest,
    responses((status = 200, body = RenewReply), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    agent: Agent,
    request: Request,
) -> Result<Json<RenewReply>, ApiError> {
    let input: RenewRequest = read_body(request.into_body()).await?;
    let certificate = app.authority.sign_agent(&input.certificate_request, agent.host, agent.incarnation)?;
    tracing::info!(host = %agent.name, "renewed an agent's certificate");
    Ok(Json(RenewReply { certificate, authority: app.authority.pem().to_owned() }))
}
