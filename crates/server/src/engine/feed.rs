//! What changes in a deployment, for everybody who watches it. Each watched deployment has one task that reads what changed, once for
//! all watchers, and at most a few times a second, however much happens.
//!
//! A watcher is first given the state as it is (with its units or without, or what changed after the revision that it saw last), and then every change. One
//! that cannot keep up is given the state anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::Stream;
use packhorse_model::api::deployments::DeploymentEvent;
use packhorse_model::ids::{DeploymentId, PlanId};
use packhorse_store::{Conn, deployments, units};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};

use super::detail;
use crate::app::App;
use crate::error::ApiError;

/// Changes that come within this time are told together.
const TOGETHER: Duration = Duration::from_millis(150);
/// How long a task rests if nobody wakes it.
const REST: Duration = Duration::from_secs(1);
/// Units in one event.
const UNITS: u32 = 500;
/// Changes that a watcher may be behind before it is given the state anew.
const BEHIND: usize = 32;

/// The watched deployments.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    watched: Mutex<HashMap<DeploymentId, Sender<Arc<News>>>>,
}

/// What changed up to a revision, ready to be sent.
#[derive(Debug)]
pub(crate) struct News {
    /// The revision of the deployment.
    pub(crate) revision: u64,
    /// The events, in order. Whoever got all of them is at that revision.
    pub(crate) events: Vec<Told>,
}

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// `deployment` or `units`.
    pub(crate) name: &'static str,
    /// The event as JSON.
    pub(crate) data: String,
}

impl Feeds {
    fn lock(&self) -> MutexGuard<'_, HashMap<DeploymentId, Sender<Arc<News>>>> {
        // Nothing can panic while it is held, and a map of channels is whole at any moment.
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the feed of a deployment unless somebody has come in the meantime.
    fn close_if_deserted(&self, id: DeploymentId) -> bool {
        let mut watched = self.lock();
        let is_deserted = watched.get(&id).is_none_or(|sender| sender.receiver_count() == 0);
        if is_deserted {
            watched.remove(&id);
        }
        is_deserted
    }
}

/// What a watcher is told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// The deployment with all of its units.
    Everything,
    /// The deployment alone.
    Deployment,
    /// What changed after this revision.
    After(u64),
}

/// Follows a deployment: first where it stands, then each change.
pub(crate) async fn follow(
    app: App,
    id: DeploymentId,
    first: First,
) -> Result<impl Stream<Item = Arc<News>> + use<>, ApiError> {
    let mut receiver = subscribe(&app, id).await?;
    let first = match first {
        First::Everything => news(&app, id, 0).await,
        First::After(seen) => news(&app, id, seen).await,
        First::Deployment => standing(&mut *app.store.read().await?, id).await.map(|(news, _)| news),
    }?;
    Ok(async_stream::stream! {
        let mut at = first.revision;
        yield Arc::new(first);
        loop {
            let next = tokio::select! {
                () = app.stopping.cancelled() => break,
                next = receiver.recv() => next,
            };
            match next {
                Ok(news) if news.revision > at => {
                    at = news.revision;
                    yield news;
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => match news(&app, id, at).await {
                    Ok(missed) => {
                        at = missed.revision;
                        yield Arc::new(missed);
                    }
                    // The client connects again and says what it saw last.
                    Err(_) => break,
                },
                Err(RecvError::Closed) => break,
            }
        }
    })
}

/// Joins the watchers of a deployment; the first one starts its task.
async fn subscribe(app: &App, id: DeploymentId) -> Result<Receiver<Arc<News>>, ApiError> {
    let follower = app.wake.follow_deployment(id);
    let revision = deployments::revision(&mut *app.store.read().await?, id).await?;
    let Some(revision) = revision else {
        return Err(
            ApiError::not_found("deployment", id).hint("`packhorse deployment list` shows those that there are")
        );
    };
    let mut watched = app.feeds.lock();
    if let Some(sender) = watched.get(&id) {
        return Ok(sender.subscribe());
    }
    let (sender, receiver) = broadcast::channel(BEHIND);
    watched.insert(id, sender.clone());
    tokio::spawn(feed(app.clone(), id, sender, follower, revision));
    Ok(receiver)
}

async fn feed(
    app: App,
    id: DeploymentId,
    sender: Sender<Arc<News>>,
    mut follower: tokio::sync::watch::Receiver<u64>,
    mut told: u64,
) {
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            _ = follower.changed() => tokio::time::sleep(TOGETHER).await,
            () = tokio::time::sleep(REST) => {}
        }
        if sender.receiver_count() == 0 && app.feeds.close_if_deserted(id) {
            return;
        }
        match changed(&app, id, told).await {
            Ok(Some(news)) => {
                told = news.revision;
                // Whoever left in this moment does not need it.
                let _ = sender.send(Arc::new(news));
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(deployment = %id, ?error, "what changed could not be read; it will be in a moment");
            }
        }
    }
}

async fn changed(app: &App, id: DeploymentId, told: u64) -> Result<Option<News>, ApiError> {
    let revision = deployments::revision(&mut *app.store.read().await?, id).await?;
    match revision {
        Some(revision) if revision > told => news(app, id, told).await.map(Some),
        _ => Ok(None),
    }
}

/// The deployment as it is, and the units that changed after `seen`, read at one moment.
async fn news(app: &App, id: DeploymentId, seen: u64) -> Result<News, ApiError> {
    let mut reader = app.store.read().await?;
    let (News { revision, mut events }, plan) = standing(&mut reader, id).await?;
    let filter = units::Filter { changed_after: Some(seen), ..units::Filter::default() };
    let mut after = None;
    loop {
        let placed = units::list(&mut reader, plan, &filter, after, UNITS).await?;
        let Some(last) = placed.last() else { break };
        after = Some(last.place);
        let is_last = placed.len() < UNITS as usize;
        let units = placed.into_iter().map(|placed| placed.unit).collect();
        events.push(told("units", &DeploymentEvent::Units { units })?);
        if is_last {
            break;
        }
    }
    Ok(News { revision, events })
}

/// The deployment as it is, and its plan.
async fn standing(conn: &mut Conn, id: DeploymentId) -> Result<(News, PlanId), ApiError> {
    let deployment = detail::detail(conn, id).await?;
    let (revision, plan) = (deployment.revision, deployment.plan);
    let events = vec![told("deployment", &DeploymentEvent::Deployment { deployment: Box::new(deployment) })?];
    Ok((News { revision, events }, plan))
}

fn told(name: &'static str, event: &DeploymentEvent) -> Result<Told, ApiError> {
    Ok(Told { name, data: serde_json::to_string(event).map_err(ApiError::internal)? })
}
