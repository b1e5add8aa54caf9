//! Rules by which versions are deleted by themselves.

mod package;
mod preview;
mod site;

use packhorse_model::api::retention::SetRetention;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(site::get, site::set))
        .routes(routes!(package::get, package::set, package::clear))
        .routes(routes!(preview::handler))
}

fn check(said: &SetRetention) -> Result<(), ApiError> {
    match &said.rule {
        None => Ok(()),
        Some(rule) => rule.check().map_err(|error| {
            ApiError::invalid("bad_retention_rule", error.to_string())
                .hint("say a rule as {\"keep_last\": 10}, or null to keep every version")
        }),
    }
}
