//! `PUT /api/v1/variables`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::variable_values::{SetVariable, Variable};
use packhorse_model::problem::Problem;
use packhorse_model::variables::VariableValue;
use packhorse_store::variables::{self, NewVariable};
use packhorse_store::vault;
use serde_json::json;

use super::known;
use crate::access::CallerTx;
use crate::error::ApiError;

/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 500;

/// Gives a variable a value in a scope. Instances have it when they are deployed again.
#[utoipa::path(
    put, path = "/api/v1/variables", operation_id = "set_variable", tag = "variables",
    request_body = SetVariable,
    responses((status = 200, body = Variable), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx<SetVariable>) -> Result<Response, ApiError> {
    let SetVariable { name, scope, value, description, revision } = call.input.clone();
    value.check().map_err(|error| {
        ApiError::invalid("variable_value", error.to_string()).hint("put long texts into a file of the package")
    })?;
    if description.as_ref().is_some_and(|text| text.chars().count() > LONGEST_DESCRIPTION) {
        let title = format!("a description may have {LONGEST_DESCRIPTION} characters");
        return Err(ApiError::invalid("description_too_long", title));
    }
    let stored = known(call.conn(), &scope).await?;
    let secret = match &value {
        VariableValue::Secret(name) => {
            let secret = vault::by_name(call.conn(), name).await?;
            let missing = || {
                ApiError::not_found("secret", name)
                    .hint(format!("put it into the vault: `packhorse secret add {name}`"))
            };
            Some(secret.ok_or_else(missing)?.id)
        }
        _ => None,
    };
    let before = variables::find(call.conn(), &name, &stored).await?;
    let found = before.as_ref().map_or(0, |before| before.revision);
    if revision.is_some_and(|revision| revision != found) {
        let who = before.as_ref().map_or("someone".to_owned(), |before| before.updated_by.clone());
        return Err(ApiError::conflict(
            "variable_changed",
            format!("{name} in {scope} was changed by {who} meanwhile"),
        )
        .hint("look at the value that it has now, and set it anew"));
    }
    let (now, by) = (call.now, call.caller.actor());
    let description =
        description.unwrap_or_else(|| before.as_ref().map_or_else(String::new, |before| before.description.clone()));
    let id = before.as_ref().map_or_else(|| call.app.random.id(now), |before| before.id);
    let new = NewVariable {
        id,
        name: &name,
        scope: &stored,
        value: &value,
        secret,
        description: &description,
        revision: found.saturating_add(1),
        by: &by,
        at: now,
    };
    variables::put(call.conn(), &new).await?;
    let detail = json!({ "scope": scope, "before": before.map(|before| before.value), "after": value });
    call.audit("variable.set", &name, detail);
    let reply = Variable {
        id,
        name,
        scope,
        value,
        description,
        revision: found.saturating_add(1),
        updated_by: by,
        updated_at: now,
    };
    call.finish(StatusCode::OK, &reply).await
}
