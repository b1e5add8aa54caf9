//! Plans.

mod create;
mod diff;
mod file;
mod get;
mod hosts;

use packhorse_model::deployment::PlannedUnit;
use packhorse_model::ids::PackageId;
use packhorse_store::Conn;
use packhorse_store::plans::StoredPlan;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::engine::inventory;
use crate::error::ApiError;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::handler))
        .routes(routes!(get::handler))
        .routes(routes!(file::handler))
        .routes(routes!(diff::handler))
        .routes(routes!(hosts::handler))
}

/// The package of a unit of a plan.
async fn package_of(conn: &mut Conn, stored: &StoredPlan, unit: &PlannedUnit) -> Result<PackageId, ApiError> {
    let name = &unit.order.package;
    if stored.spec.package == *name { Ok(stored.package) } else { Ok(inventory::package(conn, name).await?.id) }
}
