//! `GET /api/v1/environments`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use packhorse_model::api::guard_rails::EnvironmentRules;
use packhorse_model::problem::Problem;
use packhorse_model::topology::Environment;
use packhorse_store::guard_rails;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;

/// What deployments have to observe, for each environment.
#[utoipa::path(
    get, path = "/api/v1/environments", operation_id = "list_environments", tag = "guard rails",
    responses((status = 200, body = Vec<EnvironmentRules>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(State(app): State<App>, _caller: Caller) -> Result<Json<Vec<EnvironmentRules>>, ApiError> {
    let said = guard_rails::environments(&mut *app.store.read().await?).await?;
    let mut said: BTreeMap<Environment, EnvironmentRules> =
        said.into_iter().map(|rules| (rules.environment, rules)).collect();
    let nothing = |environment| EnvironmentRules {
        environment,
        approvals: 0,
        max_concurrent: None,
        updated_by: None,
        updated_at: None,
    };
    let all = Environment::ALL.map(|environment| said.remove(&environment).unwrap_or_else(|| nothing(environment)));
    Ok(Json(all.to_vec()))
}
