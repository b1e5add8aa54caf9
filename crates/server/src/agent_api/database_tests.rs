//! `GET` and `POST /agent/v1/database-tests/{test}`

use axum::extract::State;
use http::StatusCode;
use jiff::SignedDuration;
use packhorse_model::api::database_tests::{ANSWER_SECONDS, DatabaseFound, DatabaseTestOrder, MOST_LEDGERS};
use packhorse_model::ids::DatabaseTestId;
use packhorse_model::problem::Problem;
use packhorse_store::database_targets::{self, StoredTarget};
use packhorse_store::database_tests::{self, StoredTest};
use packhorse_store::{Conn, StoreError, vault};

use crate::access::Agent;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Json, Path};

/// Characters of what a host found that are kept of a text.
const LONGEST_TEXT: usize = 2000;

/// The tests that a host has yet to answer: one look into an index.
pub(super) async fn open(app: &App, conn: &mut Conn, agent: &Agent) -> Result<Vec<DatabaseTestId>, StoreError> {
    let since =
        app.clock.now().saturating_sub(SignedDuration::from_secs(ANSWER_SECONDS)).unwrap_or(jiff::Timestamp::MIN);
    database_tests::open_of(conn, agent.host, since).await
}

/// How to get into the database that the calling host is to look into.
#[utoipa::path(
    get, path = "/agent/v1/database-tests/{test}", operation_id = "agent_get_database_test", tag = "agents",
    params(("test" = DatabaseTestId, Path, description = "The test.")),
    responses((status = 200, body = DatabaseTestOrder), (status = "4XX", body = Problem)),
)]
pub(crate) async fn order(
    State(app): State<App>,
    agent: Agent,
    Path(test): Path<DatabaseTestId>,
) -> Result<axum::Json<DatabaseTestOrder>, ApiError> {
    let mut reader = app.store.read().await?;
    let (_, target) = waiting(&app, &mut reader, &agent, test).await?;
    let password = match target.password {
        None => None,
        Some(wanted) => {
            let sealed = vault::sealed(&mut reader, wanted.secret, wanted.version).await?;
            let sealed =
                sealed.ok_or_else(|| ApiError::internal("the password of a database target is not in the vault"))?;
            Some(app.vault.open(wanted.secret, wanted.version, &sealed).map_err(ApiError::internal)?)
        }
    };
    Ok(axum::Json(DatabaseTestOrder { login: target.target.login, password }))
}

/// Takes in what the calling host found. The first answer stays.
#[utoipa::path(
    post, path = "/agent/v1/database-tests/{test}", operation_id = "agent_answer_database_test", tag = "agents",
    params(("test" = DatabaseTestId, Path, description = "The test.")),
    request_body = DatabaseFound,
    responses((status = 204, description = "It is written down."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn answer(
    State(app): State<App>,
    agent: Agent,
    Path(test): Path<DatabaseTestId>,
    Json(found): Json<DatabaseFound>,
) -> Result<StatusCode, ApiError> {
    let mut tx = app.store.write().await?;
    let (known, _) = waiting(&app, &mut tx, &agent, test).await?;
    database_tests::answer(&mut tx, known.id, &bounded(found), app.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The test and its target, if it is the calling host's and not over.
async fn waiting(
    app: &App,
    conn: &mut Conn,
    agent: &Agent,
    test: DatabaseTestId,
) -> Result<(StoredTest, StoredTarget), ApiError> {
    let gone = || ApiError::not_found("database test", test);
    let known = database_tests::by_id(conn, test).await?.ok_or_else(gone)?;
    if known.host != agent.host {
        return Err(ApiError::forbidden("not_your_database_test", format!("test {test} is not for this host")));
    }
    let age = app.clock.now().duration_since(known.asked_at);
    if known.answered_at.is_none() && age > SignedDuration::from_secs(ANSWER_SECONDS) {
        return Err(ApiError::conflict("database_test_over", format!("test {test} has run out"))
            .hint("a host has a minute to answer: test the database target again"));
    }
    let target = database_targets::by_name(conn, &known.target).await?.ok_or_else(gone)?;
    Ok((known, target))
}

/// What a host says, within bounds.
fn bounded(found: DatabaseFound) -> DatabaseFound {
    let short = |text: String| text.chars().take(LONGEST_TEXT).collect::<String>();
    let DatabaseFound { server, ledgers, obstacle } = found;
    DatabaseFound {
        server: server.map(short),
        ledgers: ledgers.map(|ledgers| ledgers.into_iter().take(MOST_LEDGERS).collect()),
        obstacle: obstacle.map(|mut obstacle| {
            obstacle.message = short(obstacle.message);
            obstacle
        }),
    }
}
