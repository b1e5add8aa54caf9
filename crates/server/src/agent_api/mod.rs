//! What agents ask, under `/agent/v1`. Everything but the first two wants an agent's certificate.

mod authority;
mod database_tests;
mod files;
mod join;
mod output;
mod renew;
mod secrets;
mod sync;
mod trees;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// Every route under `/agent/v1`.
pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(authority::handler))
        .routes(routes!(join::handler))
        .routes(routes!(renew::handler))
        .routes(routes!(sync::handler))
        .routes(routes!(output::handler))
        .routes(routes!(secrets::handler))
        .routes(routes!(database_tests::order, database_tests::answer))
        .routes(routes!(trees::list))
        .routes(routes!(trees::full))
        .routes(routes!(trees::delta))
        .routes(routes!(files::handler))
}
