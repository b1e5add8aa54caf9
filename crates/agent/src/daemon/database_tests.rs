//! Tests of database targets: looks into databases and tells what it finds, beside everything else that the agent does.
//!
//! Nothing of it is journalled, since nothing is changed by it: what an agent that was killed has not answered runs out at the server.

use std::collections::VecDeque;
use std::time::Duration;

use packhorse_client::agent_api::{AgentApi, AgentApiError};
use packhorse_database::probe;
use packhorse_model::ids::DatabaseTestId;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Databases that are looked into at once.
const MOST_AT_ONCE: usize = 8;
/// Tests that are remembered, so that one that is told of again is not made again.
const MOST_REMEMBERED: usize = 200;
/// How often the server is told what was found, until it has heard it.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// A way to ask for tests.
pub(super) type Tests = mpsc::Sender<DatabaseTestId>;

/// The way to ask for tests, and where they are asked for.
pub(super) fn tests() -> (Tests, mpsc::Receiver<DatabaseTestId>) {
    mpsc::channel(MOST_REMEMBERED)
}

/// Makes each test once, for ever.
pub(super) async fn answer(mut asked: mpsc::Receiver<DatabaseTestId>, api: watch::Receiver<AgentApi>) {
    let mut known: VecDeque<DatabaseTestId> = VecDeque::new();
    let mut running = JoinSet::new();
    while let Some(test) = asked.recv().await {
        if known.contains(&test) {
            continue;
        }
        known.push_back(test);
        if known.len() > MOST_REMEMBERED {
            known.pop_front();
        }
        while running.len() >= MOST_AT_ONCE {
            let _ = running.join_next().await;
        }
        while running.try_join_next().is_some() {}
        let api = api.borrow().clone();
        running.spawn(async move {
            if let Err(error) = one(&api, test).await {
                tracing::warn!(%test, %error, "the test of a database target is not answered");
            }
        });
    }
}

async fn one(api: &AgentApi, test: DatabaseTestId) -> Result<(), AgentApiError> {
    let order = api.database_test(test).await?;
    let found = probe(&order.login, order.password.as_deref()).await;
    let obstacle = found.obstacle.as_ref().map(|obstacle| obstacle.kind);
    tracing::info!(%test, database = %order.login, ?obstacle, "a database was looked into");
    for _ in 1..TRIES {
        match api.answer_database_test(test, &found).await {
            Err(error) if error.is_passing() => tokio::time::sleep(PAUSE).await,
            answered => return answered,
        }
    }
    api.answer_database_test(test, &found).await
}
