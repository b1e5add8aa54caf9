//! `DELETE /api/v1/vault/secrets/{name}`

use axum::response::Response;
use packhorse_model::name::SecretName;
use packhorse_model::problem::Problem;
use packhorse_store::{database_targets, vault};
use serde_json::json;

use super::not_found;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// How many variables a refusal names.
const NAMED: u32 = 5;

/// Takes a secret out of the vault, with all that it ever said. Files that were rendered with it stay as they are.
#[utoipa::path(
    delete, path = "/api/v1/vault/secrets/{name}", operation_id = "delete_secret", tag = "vault",
    params(("name" = SecretName, Path)),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<SecretName>, mut call: CallerTx) -> Result<Response, ApiError> {
    let secret = vault::by_name(call.conn(), &name).await?.ok_or_else(|| not_found(&name))?;
    let users = vault::users(call.conn(), secret.id, NAMED).await?;
    if !users.is_empty() {
        let names: Vec<String> = users.iter().map(|(_, name)| name.to_string()).collect();
        return Err(ApiError::conflict("secret_used", format!("{} variables lead to {name}", secret.used_by))
            .detail(names.join(", "))
            .hint("give these variables another value first, or delete them"));
    }
    let targets = database_targets::with_secret(call.conn(), secret.id, NAMED).await?;
    if !targets.is_empty() {
        let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
        return Err(ApiError::conflict(
            "secret_used_by_databases",
            format!("database targets have {name} as password"),
        )
        .detail(names.join(", "))
        .hint("give these database targets another secret first, or delete them"));
    }
    vault::delete(call.conn(), secret.id).await?;
    call.audit("secret.delete", &name, json!({ "secret": secret.id, "version": secret.version }));
    call.finish_empty().await
}
