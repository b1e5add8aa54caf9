//! Uploads: archives that become versions.

pub(in crate::api) mod create;
mod said;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create::handler))
}
