//! Instances.

mod history;
mod list;
mod operations;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler))
        .routes(routes!(history::handler))
        .routes(routes!(operations::plan))
        .routes(routes!(operations::create))
        .routes(routes!(operations::apply))
}
