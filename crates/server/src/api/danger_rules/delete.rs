//! `DELETE /api/v1/danger-rules/{name}`

use axum::response::Response;
use packhorse_model::name::DangerRuleName;
use packhorse_model::problem::Problem;
use packhorse_store::danger_rules;
use serde_json::json;

use super::not_found;
use crate::access::CallerTx;
use crate::danger;
use crate::error::ApiError;
use crate::extract::Path;

/// Deletes a danger rule of the site's own.
#[utoipa::path(
    delete, path = "/api/v1/danger-rules/{name}", operation_id = "delete_danger_rule", tag = "scripts",
    params(("name" = DangerRuleName, Path)),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<DangerRuleName>, mut call: CallerTx) -> Result<Response, ApiError> {
    if danger::default(&name).is_some() {
        return Err(ApiError::conflict(
            "danger_rule_default",
            format!("{name} comes with Packhorse and cannot be deleted"),
        )
        .hint(format!("switch it off: `packhorse danger-rule edit {name} --off`")));
    }
    let rule = danger_rules::get(call.conn(), &name).await?.ok_or_else(|| not_found(&name))?;
    danger_rules::delete(call.conn(), &name).await?;
    call.audit("danger_rule.delete", &name, json!(rule.spec));
    call.finish_empty().await
}
