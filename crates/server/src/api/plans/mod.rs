//! Plans.

mod create;
mod diff;
mod file;
mod get;
mod hosts;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::handler))
        .routes(routes!(get::handler))
        .routes(routes!(file::handler))
        .routes(routes!(diff::handler))
        .routes(routes!(hosts::handler))
}
