//! The storage, and work on it.

mod damage;
mod jobs;
mod stats;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(stats::handler))
        .routes(routes!(jobs::start, jobs::list))
        .routes(routes!(jobs::get))
        .routes(routes!(damage::handler))
}
