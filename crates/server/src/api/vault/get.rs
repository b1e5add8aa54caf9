//! `GET /api/v1/vault/secrets/{name}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::vault::Secret;
use packhorse_model::name::SecretName;
use packhorse_model::problem::Problem;
use packhorse_store::vault;

use super::not_found;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// Shows a secret: everything but what it says.
#[utoipa::path(
    get, path = "/api/v1/vault/secrets/{name}", operation_id = "get_secret", tag = "vault",
    params(("name" = SecretName, Path)),
    responses((status = 200, body = Secret), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(name): Path<SecretName>,
) -> Result<Json<Secret>, ApiError> {
    let secret = vault::by_name(&mut *app.store.read().await?, &name).await?;
    secret.map(Json).ok_or_else(|| not_found(&name))
}
