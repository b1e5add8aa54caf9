//! Danger rules.

mod create;
mod delete;
mod get;
mod list;
mod update;

use packhorse_content::danger::RuleFault;
use packhorse_model::name::DangerRuleName;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::handler, create::handler)).routes(routes!(
        get::handler,
        update::handler,
        delete::handler
    ))
}

fn not_found(name: &DangerRuleName) -> ApiError {
    ApiError::not_found("danger rule", name).hint("`packhorse danger-rule list` shows those that there are")
}

fn faulty(fault: &RuleFault) -> ApiError {
    ApiError::invalid("danger_rule", fault.to_string())
        .hint("docs/scripts.md shows what a rule consists of; its pattern has no look-ahead and no back references")
}
