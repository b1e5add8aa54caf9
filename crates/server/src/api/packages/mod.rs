//! Packages.

mod bindings;
mod edit;
mod get;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) use get::not_found;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(bindings::list::handler))
        .routes(routes!(bindings::bind::handler, bindings::unbind::handler))
        .routes(routes!(list::handler))
        .routes(routes!(get::handler, edit::handler))
}
