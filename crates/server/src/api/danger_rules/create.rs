//! `POST /api/v1/danger-rules`

use axum::response::Response;
use http::StatusCode;
use packhorse_content::danger::validate;
use packhorse_model::api::scripts::{DangerRule, NewDangerRule};
use packhorse_model::danger::RuleOrigin;
use packhorse_model::problem::Problem;
use packhorse_store::danger_rules::{self, StoredRule};
use serde_json::json;

use super::faulty;
use crate::access::CallerTx;
use crate::danger::{self, MOST_OWN};
use crate::error::ApiError;

/// Makes a danger rule of the site's own.
#[utoipa::path(
    post, path = "/api/v1/danger-rules", operation_id = "create_danger_rule", tag = "scripts",
    request_body = NewDangerRule,
    responses((status = 201, body = DangerRule), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx<NewDangerRule>) -> Result<Response, ApiError> {
    let NewDangerRule { name, spec } = call.input.clone();
    validate(&spec).map_err(|fault| faulty(&fault))?;
    let rules = danger::all(call.conn()).await?;
    if rules.iter().any(|rule| rule.name == name) {
        return Err(ApiError::conflict("danger_rule_exists", format!("there is a danger rule {name}"))
            .hint("edit that one, or choose another name"));
    }
    if rules.iter().filter(|rule| rule.origin == RuleOrigin::Own).count() >= MOST_OWN {
        return Err(ApiError::conflict("danger_rules_full", format!("there are {MOST_OWN} own danger rules already"))
            .hint("join rules with the same message into one pattern, or delete some"));
    }
    let stored = StoredRule { name: name.clone(), spec: spec.clone(), updated_at: call.now };
    danger_rules::put(call.conn(), &stored).await?;
    call.audit("danger_rule.create", &name, json!(spec));
    let reply = DangerRule { name, origin: RuleOrigin::Own, spec, updated_at: Some(call.now) };
    call.finish(StatusCode::CREATED, &reply).await
}
