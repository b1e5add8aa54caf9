//! ControlTier's project.xml: loaded and written.

mod export;
mod import;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(import::handler)).routes(routes!(export::handler))
}
