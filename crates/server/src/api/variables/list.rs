//! `GET /api/v1/variables`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::variable_values::Variable;
use packhorse_model::ids::VariableId;
use packhorse_model::name::variable_key;
use packhorse_model::problem::Problem;
use packhorse_model::variables::Scope;
use packhorse_store::variables::{self, VariableFilter};
use serde::Deserialize;

use super::known;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only values of this scope, such as `module:Shop/Production/Web`.
    scope: Option<Scope>,
    /// Only names that begin like this.
    name: Option<String>,
}

/// Lists the values of variables by name.
#[utoipa::path(
    get, path = "/api/v1/variables", operation_id = "list_variable_values", tag = "variables",
    params(Filter, PageQuery),
    responses((status = 200, body = Page<Variable>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Variable>>, ApiError> {
    let mut reader = app.store.read().await?;
    let scope = match &filter.scope {
        Some(scope) => Some(known(&mut reader, scope).await?),
        None => None,
    };
    let filter = VariableFilter { scope, name: filter.name.as_deref().map(variable_key) };
    let found = variables::page(&mut reader, &filter, page.after::<VariableId>()?, page.limit() + 1).await?;
    let total = variables::count(&mut reader, &filter).await?;
    Ok(Json(page.page(found, total, |last| last.id.to_string())))
}
