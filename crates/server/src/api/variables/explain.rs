//! `GET /api/v1/variables/explain`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::variable_values::{Candidate, Explanation, Outcome};
use packhorse_model::problem::Problem;
use packhorse_model::variables::provenance;
use packhorse_model::{HostName, PackageName};
use packhorse_store::packages;
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::engine::uses;
use crate::engine::values::{self, Found};
use crate::error::ApiError;
use crate::extract::Query;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The variable, without its prefix.
    name: String,
    /// The package.
    package: PackageName,
    /// The host.
    host: HostName,
}

/// What a variable comes to for a package on a host, and every value that holds there, from the narrowest scope to the widest.
#[utoipa::path(
    get, path = "/api/v1/variables/explain", operation_id = "explain_variable", tag = "variables",
    params(Which),
    responses((status = 200, body = Explanation), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(Which { name, package, host }): Query<Which>,
) -> Result<Json<Explanation>, ApiError> {
    let mut reader = app.store.read().await?;
    let place = values::place(&mut reader, &package, &host, &name).await?;
    let definitions = place.known.definitions(&name).cloned().unwrap_or_default();
    let candidates = provenance(&definitions, &place.scopes)
        .into_iter()
        .map(|given| Candidate { scope: given.scope.clone(), value: given.value.clone() })
        .collect();
    let outcome = match place.known.find(&name, &place.scopes, &place.own) {
        Found::Text(text) => Outcome::Value { text },
        Found::Secret(secret, version) => Outcome::Secret { secret: secret.to_string(), version: version.version },
        Found::Nothing(why) => Outcome::Unresolved { reason: why.reason },
    };
    let number = match place.version {
        Some(number) => Some(number),
        None => packages::get(&mut reader, &package).await?.and_then(|package| package.latest),
    };
    let uses = match number {
        Some(number) => uses::of_name(&mut reader, place.package, &number, &name).await?,
        None => Vec::new(),
    };
    Ok(Json(Explanation { name, package, host, outcome, candidates, uses }))
}
