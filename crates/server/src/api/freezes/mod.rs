//! Freezes: times in which nothing new starts.

mod delete;
mod list;
mod set;

use packhorse_model::api::guard_rails::Freeze;
use packhorse_model::name::FreezeName;
use packhorse_store::{Conn, guard_rails};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::handler)).routes(routes!(set::handler, delete::handler))
}

/// A freeze, or 404.
async fn find(conn: &mut Conn, name: &FreezeName) -> Result<Freeze, ApiError> {
    guard_rails::find_freeze(conn, name)
        .await?
        .ok_or_else(|| ApiError::not_found("freeze", name).hint("`packhorse freeze list` shows those that there are"))
}
