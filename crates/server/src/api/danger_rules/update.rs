//! `PUT /api/v1/danger-rules/{name}`

use axum::response::Response;
use http::StatusCode;
use packhorse_content::danger::validate;
use packhorse_model::api::scripts::{DangerRule, DangerRuleSpec};
use packhorse_model::name::DangerRuleName;
use packhorse_model::problem::Problem;
use packhorse_store::danger_rules::{self, StoredRule};
use serde_json::json;

use super::{faulty, not_found};
use crate::access::CallerTx;
use crate::danger;
use crate::error::ApiError;
use crate::extract::Path;

/// Changes a danger rule. Of one that comes with Packhorse, only its action and whether it looks at all.
#[utoipa::path(
    put, path = "/api/v1/danger-rules/{name}", operation_id = "update_danger_rule", tag = "scripts",
    params(("name" = DangerRuleName, Path)),
    request_body = DangerRuleSpec,
    responses((status = 200, body = DangerRule), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(name): Path<DangerRuleName>,
    mut call: CallerTx<DangerRuleSpec>,
) -> Result<Response, ApiError> {
    let spec = call.input.clone();
    let found = danger::get(call.conn(), &name).await?;
    let mut rule = found.ok_or_else(|| not_found(&name))?;
    match danger::default(&name) {
        Some(default) => {
            let same = DangerRuleSpec { action: spec.action, is_enabled: spec.is_enabled, ..default.spec };
            if same != spec {
                return Err(ApiError::invalid(
                    "danger_rule_default",
                    format!(
                        "{name} comes with Packhorse: only its action, and whether it looks at all, can be changed"
                    ),
                )
                .hint("switch it off, and make one of your own"));
            }
        }
        None => validate(&spec).map_err(|fault| faulty(&fault))?,
    }
    let now = call.now;
    danger_rules::put(call.conn(), &StoredRule { name: name.clone(), spec: spec.clone(), updated_at: now }).await?;
    call.audit("danger_rule.update", &name, json!({ "before": rule.spec, "after": spec }));
    rule.spec = spec;
    rule.updated_at = Some(now);
    call.finish(StatusCode::OK, &rule).await
}
