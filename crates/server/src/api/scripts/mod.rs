//! Scripts.

mod check;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check::handler))
}

/// Refuses a text that is too long to be looked at while somebody waits.
pub(super) fn require_short(text: &str) -> Result<(), ApiError> {
    if text.len() <= packhorse_model::api::scripts::MAX_CHECKED_BYTES {
        return Ok(());
    }
    Err(ApiError::invalid("text_too_long", "a text that is checked for an editor has up to 512 KiB")
        .hint("push it as a package: then all of it is looked at"))
}
