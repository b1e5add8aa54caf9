//! `POST /api/v1/database-targets/{name}/test`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::database_tests::{DatabaseTest, DatabaseTestState};
use packhorse_model::api::hosts::HostState;
use packhorse_model::ids::DatabaseTestId;
use packhorse_model::name::DatabaseTargetName;
use packhorse_model::problem::Problem;
use packhorse_store::database_tests::{self, NewTest};
use packhorse_store::{database_targets, host_assignments, hosts};
use serde_json::json;

use super::not_found;
use super::tested::told;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;
use crate::presence;
use crate::wake::Changes;

/// Asks the host that runs the scripts of a database target to look into the database: whether it can be reached, what it is, and what its ledger says.
///
/// Nothing is changed in the database. The answer is at the same address, within a minute. As long as the host is at it, the same test is given again.
#[utoipa::path(
    post, path = "/api/v1/database-targets/{name}/test", operation_id = "test_database_target", tag = "databases",
    params(("name" = DatabaseTargetName, Path)),
    responses((status = 202, body = DatabaseTest), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<DatabaseTargetName>, mut call: CallerTx) -> Result<Response, ApiError> {
    let stored = database_targets::by_name(call.conn(), &name).await?.ok_or_else(|| not_found(&name))?;
    let target = stored.target;
    let Some(host) = &target.host else {
        return Err(ApiError::conflict("database_target_without_host", format!("no host runs the scripts of {name}"))
            .hint(format!(
                "its host was removed: say another one with `packhorse database-target edit {name} --host HOST`"
            )));
    };
    let host = hosts::by_name(call.conn(), host).await?.ok_or_else(|| ApiError::not_found("host", host))?;
    if let Some(open) = database_tests::of_target(call.conn(), target.id).await? {
        let open = told(&call.app, open);
        if open.state == DatabaseTestState::Waiting && open.host == host.name && open.asked_at >= target.updated_at {
            return call.finish(StatusCode::ACCEPTED, &open).await;
        }
    }
    let last_seen = call.app.presence.last_seen(host.id, host.last_seen_at);
    if presence::state(last_seen, call.now, call.app.config.host_offline_after) == HostState::Offline {
        let seen = last_seen.map_or_else(|| "never".to_owned(), |at| format!("at {at}"));
        return Err(ApiError::conflict("database_host_offline", format!("{}, which runs the scripts of {name}, is offline", host.name))
            .detail(format!("it was last heard of: {seen}"))
            .param("host", &host.name)
            .hint("look whether its agent runs and reaches the server; or say another host with `packhorse database-target edit`"));
    }
    let (id, by, at): (DatabaseTestId, _, _) = (call.app.random.id(call.now), call.caller.actor(), call.now);
    database_tests::put(call.conn(), &NewTest { id, target: target.id, host: host.id, by: &by, at }).await?;
    // The host hears of it with its assignment, which is told anew for that.
    let generation = host_assignments::raise(call.conn(), host.id, host.incarnation, at).await?;
    call.audit("database_target.test", &name, json!({ "target": target.id, "test": id, "host": host.name }));
    let asked = database_tests::by_id(call.conn(), id).await?.ok_or_else(|| not_found(&name))?;
    let app = call.app.clone();
    let asked = told(&app, asked);
    let answer = call.finish(StatusCode::ACCEPTED, &asked).await?;
    app.wake.tell(&Changes { hosts: vec![(host.id, generation)], ..Changes::default() });
    Ok(answer)
}
