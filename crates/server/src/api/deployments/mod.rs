//! Deployments.

mod abort;
mod approve;
pub(super) mod control;
mod create;
mod events;
mod force;
mod get;
mod list;
mod outputs;
mod override_freeze;
mod pause;
mod promote;
mod reject;
mod resize;
mod resume;
pub(super) mod retry;
mod rollback;
mod skip;
mod skip_ahead;
mod start;
mod take_back;
mod targets;
mod units;
mod verdict;

pub(crate) use create::{Consent, start};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler, create::handler))
        .routes(routes!(targets::handler))
        .routes(routes!(get::handler))
        .routes(routes!(units::handler))
        .routes(routes!(events::handler))
        .routes(routes!(outputs::groups::handler))
        .routes(routes!(outputs::hosts::handler))
        .routes(routes!(outputs::download::handler))
        .routes(routes!(pause::handler))
        .routes(routes!(resume::handler))
        .routes(routes!(abort::handler))
        .routes(routes!(retry::handler))
        .routes(routes!(skip::handler))
        .routes(routes!(promote::handler))
        .routes(routes!(skip_ahead::handler))
        .routes(routes!(resize::handler))
        .routes(routes!(rollback::handler))
        .routes(routes!(approve::handler))
        .routes(routes!(reject::handler))
        .routes(routes!(start::handler))
        .routes(routes!(override_freeze::handler))
}
