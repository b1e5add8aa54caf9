//! `POST /api/v1/vault/secrets`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::vault::{NewSecret, Secret};
use packhorse_model::ids::SecretId;
use packhorse_model::problem::Problem;
use packhorse_store::vault::{self, NewVersion};
use serde_json::json;

use super::{check_description, check_value, not_found};
use crate::access::CallerTx;
use crate::error::ApiError;

/// Puts a secret into the vault. What it says is never given back.
#[utoipa::path(
    post, path = "/api/v1/vault/secrets", operation_id = "create_secret", tag = "vault",
    request_body = NewSecret,
    responses((status = 201, body = Secret), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx<NewSecret>) -> Result<Response, ApiError> {
    let NewSecret { name, value, description } = call.input.clone();
    check_value(&value)?;
    check_description(&description)?;
    if vault::by_name(call.conn(), &name).await?.is_some() {
        return Err(ApiError::conflict("secret_exists", format!("there is a secret {name} already"))
            .hint(format!("give it a new value with `packhorse secret set {name}`, or choose another name")));
    }
    let (now, by) = (call.now, call.caller.actor());
    let id: SecretId = call.app.random.id(now);
    let sealed = call.app.vault.seal(id, 1, &value).map_err(ApiError::internal)?;
    vault::insert(call.conn(), id, &name, &description, &by, now).await?;
    let new = NewVersion { secret: id, version: 1, sealed: &sealed, by: &by, at: now };
    vault::add_version(call.conn(), &new).await?;
    call.audit("secret.create", &name, json!({ "secret": id, "version": 1 }));
    let secret: Secret = vault::by_name(call.conn(), &name).await?.ok_or_else(|| not_found(&name))?;
    call.finish(StatusCode::CREATED, &secret).await
}
