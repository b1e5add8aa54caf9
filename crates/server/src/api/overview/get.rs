//! `GET /api/v1/overview`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::overview::Overview;
use packhorse_model::order::Health;
use packhorse_model::problem::Problem;
use packhorse_store::deployments::Progress;
use packhorse_store::hosts::Seen;
use packhorse_store::instances::HeardSince;
use packhorse_store::{deployments, hosts, instances, versions};

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::presence;

/// Rows of each list.
const ROWS: u32 = 10;

/// What goes on.
#[utoipa::path(
    get, path = "/api/v1/overview", operation_id = "get_overview", tag = "overview",
    responses((status = 200, body = Overview), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(State(app): State<App>, _caller: Caller) -> Result<Json<Overview>, ApiError> {
    let mut reader = app.store.read().await?;
    let cutoff = presence::cutoff(app.clock.now(), app.config.host_offline_after);
    let seen = |seen| hosts::Filter { seen: Some(seen), ..hosts::Filter::default() };
    let progress = |progress| deployments::Filter { progress: Some(progress), ..deployments::Filter::default() };
    let totals = versions::totals(&mut reader).await?;
    let unhealthy = instances::Filter { health: Some(Health::Unhealthy), ..instances::Filter::default() };
    Ok(Json(Overview {
        hosts_online: hosts::count(&mut reader, &seen(Seen::Since(cutoff))).await?,
        hosts_offline: hosts::count(&mut reader, &seen(Seen::Before(cutoff))).await?,
        packages: totals.packages,
        versions: totals.versions,
        instances: instances::total(&mut reader).await?,
        instances_unhealthy: instances::count(&mut reader, &unhealthy, HeardSince(cutoff)).await?.rows,
        content_bytes: totals.content_bytes,
        stored_bytes: totals.stored_bytes,
        running: deployments::list(&mut reader, &progress(Progress::Open), None, ROWS).await?,
        recent: deployments::list(&mut reader, &progress(Progress::Ended), None, ROWS).await?,
        recent_versions: versions::newest(&mut reader, ROWS).await?,
    }))
}
