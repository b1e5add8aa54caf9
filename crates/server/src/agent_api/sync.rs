//! `POST /agent/v1/sync`

use std::time::Duration;

use axum::extract::State;
use packhorse_model::order::{Assignment, PROTOCOL, SyncReply, SyncRequest};
use packhorse_model::problem::Problem;
use packhorse_store::audit::NewEntry;
use packhorse_store::host_assignments::{self, HostAssignment};
use packhorse_store::{StoreError, attempts};
use serde_json::json;

use super::database_tests;
use super::join::shortened;
use crate::access::Agent;
use crate::app::App;
use crate::engine::fold::{self, FoldError, Joining, Told};
use crate::error::ApiError;
use crate::extract::Json;

/// How long an agent with nothing to do waits at most; proxies in between close what is silent for a minute.
const IDLE_WAIT: u32 = 55;
/// How long one with work to do waits at most, so that a host which is gone is soon missed.
const BUSY_WAIT: u32 = 5;

/// Takes in what a host reports, and answers with its assignment once there is a newer one than it has.
///
/// What was reported is committed before the answer. Reports may be sent again, and change nothing then.
#[utoipa::path(
    post, path = "/agent/v1/sync", operation_id = "sync", tag = "agents",
    request_body = SyncRequest,
    responses((status = 200, body = SyncReply), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    agent: Agent,
    Json(request): Json<SyncRequest>,
) -> Result<axum::Json<SyncReply>, ApiError> {
    let mut generations = app.wake.follow_host(agent.host);
    app.presence.note(agent.host, app.clock.now());
    let (generation, wait) = (request.generation, request.wait_seconds);
    let mut known = known(&app, &agent).await?;
    let is_received = known.is_some_and(|known| known.incarnation >= agent.incarnation);
    let joining = if is_received { Joining::Received } else { Joining::New };
    let told =
        Told { joining, reports: request.reports, instances: request.instances, facts: request.facts.map(shortened) };
    if joining == Joining::New || !told.reports.is_empty() || told.instances.is_some() || told.facts.is_some() {
        take_in(&app, &agent, told).await?;
        known = self::known(&app, &agent).await?;
    }
    if known.is_some_and(|known| known.generation < generation) {
        overtake(&app, &agent, generation).await?;
        known = self::known(&app, &agent).await?;
    }
    let Some(known) = known else { return Err(ApiError::internal("a host that was received has no assignment")) };

    if known.wants_inventory {
        return Ok(axum::Json(SyncReply { wants_inventory: true, ..nothing_new() }));
    }
    if known.generation > generation {
        return news(&app, &agent).await;
    }
    let most = if known.has_open { BUSY_WAIT } else { IDLE_WAIT };
    let has_news = tokio::select! {
        () = app.stopping.cancelled() => false,
        () = tokio::time::sleep(Duration::from_secs(u64::from(wait.min(most)))) => false,
        risen = generations.wait_for(|newest| *newest > known.generation) => risen.is_ok(),
    };
    if !has_news {
        return Ok(axum::Json(nothing_new()));
    }
    // The host may have been removed, or given to another machine, while this one waited.
    agent.confirm(&app).await?;
    news(&app, &agent).await
}

fn nothing_new() -> SyncReply {
    SyncReply { protocol: PROTOCOL, assignment: None, wants_inventory: false, database_tests: Vec::new() }
}

async fn known(app: &App, agent: &Agent) -> Result<Option<HostAssignment>, StoreError> {
    host_assignments::find(&mut *app.store.read().await?, agent.host).await
}

/// An agent that accepted more than we know of has seen a state that was lost with a database which was put back from a backup. What it is told
/// from now on must be newer than that, or it would refuse it for ever.
async fn overtake(app: &App, agent: &Agent, generation: u64) -> Result<(), StoreError> {
    tracing::warn!(host = %agent.name, generation, "a host has a newer assignment than the database knows of; it is overtaken");
    let mut tx = app.store.write().await?;
    host_assignments::overtake(&mut tx, agent.host, generation, app.clock.now()).await?;
    tx.commit().await
}

/// The whole assignment and its generation, read at one moment, and what the host is asked beside it.
async fn news(app: &App, agent: &Agent) -> Result<axum::Json<SyncReply>, ApiError> {
    let mut reader = app.store.read().await?;
    let known = host_assignments::find(&mut reader, agent.host).await?;
    let attempts = attempts::orders(&mut reader, agent.host).await?;
    let assignment = Assignment { generation: known.map_or(0, |known| known.generation), attempts };
    let database_tests = database_tests::open(app, &mut reader, agent).await?;
    Ok(axum::Json(SyncReply { assignment: Some(assignment), database_tests, ..nothing_new() }))
}

async fn take_in(app: &App, agent: &Agent, told: Told) -> Result<(), ApiError> {
    match fold::take_in(app, agent, told).await {
        Ok(_) => Ok(()),
        Err(FoldError::Store(error)) => Err(error.into()),
        Err(error @ FoldError::TooManySteps { .. }) => Err(ApiError::invalid("too_many_steps", error.to_string())),
        Err(error @ FoldError::NotYours(attempt)) => {
            let mut tx = app.store.write().await?;
            tx.audit(NewEntry {
                at: app.clock.now(),
                actor: agent.actor(),
                action: "attempt.foreign_report",
                object: attempt.to_string(),
                detail: json!({}),
            });
            tx.commit().await?;
            Err(ApiError::forbidden("not_your_attempt", error.to_string()))
        }
    }
}
