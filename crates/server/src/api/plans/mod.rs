//! Plans.

mod create;
mod file;
mod get;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create::handler)).routes(routes!(get::handler)).routes(routes!(file::handler))
}
