//! Database packages.

mod chain;
mod check;
mod version;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(check::handler))
        .routes(routes!(chain::handler))
        .routes(routes!(version::handler))
}
