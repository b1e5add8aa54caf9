//! `PUT /api/v1/vault/secrets/{name}`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::vault::{Secret, SecretChange};
use packhorse_model::name::SecretName;
use packhorse_model::problem::Problem;
use packhorse_store::vault::{self, NewVersion};
use serde_json::json;

use super::{check_description, check_value, not_found};
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Gives a secret a new value, or another description. Instances have the new value when they are deployed again.
#[utoipa::path(
    put, path = "/api/v1/vault/secrets/{name}", operation_id = "update_secret", tag = "vault",
    params(("name" = SecretName, Path)),
    request_body = SecretChange,
    responses((status = 200, body = Secret), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(name): Path<SecretName>,
    mut call: CallerTx<SecretChange>,
) -> Result<Response, ApiError> {
    let SecretChange { value, description } = call.input.clone();
    let (now, by) = (call.now, call.caller.actor());
    let secret = vault::by_name(call.conn(), &name).await?.ok_or_else(|| not_found(&name))?;
    if let Some(description) = &description {
        check_description(description)?;
        vault::describe(call.conn(), secret.id, description, &by, now).await?;
    }
    if let Some(value) = &value {
        check_value(value)?;
        let version = secret.version.saturating_add(1);
        let sealed = call.app.vault.seal(secret.id, version, value).map_err(ApiError::internal)?;
        let new = NewVersion { secret: secret.id, version, sealed: &sealed, by: &by, at: now };
        vault::add_version(call.conn(), &new).await?;
    }
    let after: Secret = vault::by_name(call.conn(), &name).await?.ok_or_else(|| not_found(&name))?;
    call.audit("secret.update", &name, json!({ "secret": secret.id, "version": after.version }));
    call.finish(StatusCode::OK, &after).await
}
