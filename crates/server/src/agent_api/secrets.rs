//! `GET /agent/v1/attempts/{attempt}/secrets`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::AttemptSecrets;
use packhorse_model::problem::Problem;
use packhorse_store::{attempts, vault};

use crate::access::Agent;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// The secrets that an open attempt of the calling host needs, and no others. They are of the versions that its plan was made with.
#[utoipa::path(
    get, path = "/agent/v1/attempts/{attempt}/secrets", operation_id = "agent_get_secrets", tag = "agents",
    params(("attempt" = AttemptId, Path, description = "The attempt.")),
    responses((status = 200, body = AttemptSecrets), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    agent: Agent,
    Path(attempt): Path<AttemptId>,
) -> Result<Json<AttemptSecrets>, ApiError> {
    app.presence.note(agent.host, app.clock.now());
    let mut reader = app.store.read().await?;
    let standing = attempts::standing(&mut reader, attempt).await?;
    let standing = standing.ok_or_else(|| ApiError::not_found("attempt", attempt))?;
    if standing.host != agent.host || standing.incarnation != agent.incarnation {
        return Err(ApiError::forbidden("not_your_attempt", format!("attempt {attempt} is not of this host")));
    }
    if standing.ended_at.is_some() {
        return Err(ApiError::conflict("attempt_ended", format!("attempt {attempt} has ended"))
            .hint("a further attempt has secrets of its own"));
    }
    let own = attempts::particulars(&mut reader, attempt).await?.unwrap_or_default();
    let mut values = BTreeMap::new();
    for (name, wanted) in own.secrets {
        let sealed = vault::sealed(&mut reader, wanted.secret, wanted.version).await?.ok_or_else(|| {
            ApiError::conflict("secret_gone", format!("the secret of the variable {name} is not in the vault any more"))
                .hint("make a new plan, which uses what is there now")
        })?;
        let value = app.vault.open(wanted.secret, wanted.version, &sealed).map_err(ApiError::internal)?;
        values.insert(name, value);
    }
    Ok(Json(AttemptSecrets { values }))
}
