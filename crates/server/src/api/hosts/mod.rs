//! Hosts.

mod delete;
mod get;
mod labels;
mod list;

use packhorse_model::api::hosts::Host;
use packhorse_store::hosts::StoredHost;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::presence;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler))
        .routes(routes!(get::handler, delete::handler))
        .routes(routes!(labels::handler))
}

/// A host as clients see it.
fn host(app: &App, stored: StoredHost) -> Host {
    let last_seen_at = app.presence.last_seen(stored.id, stored.last_seen_at);
    Host {
        id: stored.id,
        name: stored.name,
        modules: stored.modules,
        labels: stored.labels,
        state: presence::state(last_seen_at, app.clock.now(), app.config.host_offline_after),
        facts: stored.facts,
        incarnation: stored.incarnation,
        instances: stored.instances,
        last_seen_at,
        created_at: stored.created_at,
    }
}
