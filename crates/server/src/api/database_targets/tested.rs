//! `GET /api/v1/database-targets/{name}/test`

use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use packhorse_model::api::database_tests::{ANSWER_SECONDS, DatabaseTest, DatabaseTestState};
use packhorse_model::name::DatabaseTargetName;
use packhorse_model::problem::Problem;
use packhorse_store::database_tests::{self, StoredTest};

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// Shows the latest test of a database target, with what the host found if it has answered.
#[utoipa::path(
    get, path = "/api/v1/database-targets/{name}/test", operation_id = "get_database_test", tag = "databases",
    params(("name" = DatabaseTargetName, Path)),
    responses((status = 200, body = DatabaseTest), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(name): Path<DatabaseTargetName>,
) -> Result<Json<DatabaseTest>, ApiError> {
    let mut reader = app.store.read().await?;
    let target = find(&mut reader, &name).await?;
    let test = database_tests::of_target(&mut reader, target.id).await?.ok_or_else(|| {
        ApiError::not_found("database test", &name)
            .hint(format!("nobody has tested it yet: `packhorse database-target test {name}`"))
    })?;
    Ok(Json(told(&app, test)))
}

/// A test as people see it at this moment.
pub(super) fn told(app: &App, test: StoredTest) -> DatabaseTest {
    let ends_at = test.asked_at.saturating_add(SignedDuration::from_secs(ANSWER_SECONDS)).unwrap_or(test.asked_at);
    let state = match test.answered_at {
        Some(_) => DatabaseTestState::Answered,
        None if app.clock.now() < ends_at => DatabaseTestState::Waiting,
        None => DatabaseTestState::Unanswered,
    };
    let last_seen_at = app.presence.last_seen(test.host, test.last_seen_at);
    DatabaseTest {
        id: test.id,
        target: test.target,
        host: test.host_name,
        state,
        asked_by: test.asked_by,
        asked_at: test.asked_at,
        answered_at: test.answered_at,
        found: test.found,
        last_seen_at: last_seen_at.filter(|_| state != DatabaseTestState::Answered),
    }
}
