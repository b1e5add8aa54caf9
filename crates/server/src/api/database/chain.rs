//! `GET /api/v1/packages/{package}/database-chain`

use axum::Json;
use axum::extract::State;
use packhorse_content::database::{Gap, chain};
use packhorse_model::api::database::DatabaseChain;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::{packages, versions};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::engine::databases;
use crate::error::ApiError;
use crate::extract::{Path, Query};

/// Between which versions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Ends {
    /// The version of the database now; left out for an empty one.
    #[param(value_type = Option<String>)]
    from: Option<VersionNumber>,
    /// The version that it is to have.
    #[param(value_type = String)]
    to: VersionNumber,
}

/// Works out how a database comes from one version of a package to another, forwards or back.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/database-chain", operation_id = "get_database_chain", tag = "packages",
    params(("package" = PackageName, Path), Ends),
    responses((status = 200, body = DatabaseChain), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(package): Path<PackageName>,
    Query(Ends { from, to }): Query<Ends>,
) -> Result<Json<DatabaseChain>, ApiError> {
    let mut reader = app.store.read().await?;
    let found = packages::by_name(&mut reader, &package).await?;
    let found = found.ok_or_else(|| crate::api::packages::not_found(&package))?;
    // The version whose steps are run must be there; the other end may have been deleted long ago.
    let upper = from.as_ref().map_or(&to, |from| from.max(&to));
    if versions::get(&mut reader, &package, upper).await?.is_none() {
        return Err(ApiError::not_found("version", format!("{package}@{upper}"))
            .hint(format!("`packhorse package show {package}` lists its versions")));
    }
    let stock = databases::stock(&mut reader, found.id, upper).await?;
    drop(reader);
    let stock = databases::stocked(&stock);
    if !stock.iter().any(|stocked| stocked.version == *upper) {
        return Err(ApiError::conflict("not_a_database", format!("{package} is no database package"))
            .hint("a package whose name ends in -db is a database package"));
    }
    let (steps, way_back) = chain(&stock, from.as_ref(), &to).map_err(|gap| refusal(&package, &gap))?;
    Ok(Json(DatabaseChain { package, from, to, steps, way_back }))
}

fn refusal(package: &PackageName, gap: &Gap) -> ApiError {
    let hint = match gap {
        Gap::Increment { to, .. } => format!("push {package}@{to} with an increment that begins there"),
        Gap::Rollback { .. } => "restore a backup, or push a version whose increment has a rollback".to_owned(),
        Gap::FullLoad { .. } => "push a version with a full load".to_owned(),
    };
    ApiError::conflict("database_gap", gap.to_string()).hint(hint)
}
