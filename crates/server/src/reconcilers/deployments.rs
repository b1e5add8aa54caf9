//! Moves deployments on: all that are open, and those that have ended while something of theirs is still going on at a host.
//!
//! Level-triggered: it is woken by a hint, and by a timer in any case; what it does follows from the rows alone. Silent hosts are found here
//! too, since silence wakes nobody.

use std::time::Duration;

use packhorse_model::deployment::DeploymentState;
use packhorse_model::ids::DeploymentId;
use packhorse_planner::fleet::{Decision, Transition, step};
use packhorse_store::slots::{self, Budget};
use packhorse_store::{Conn, StoreError, deployments, version_states};
use tokio::time::Instant;

use super::beginnings::{self, PlanCheck};
use crate::app::App;
use crate::engine::{fleet, guard, write};
use crate::wake::Changes;

/// How long it rests if nobody wakes it.
const REST: Duration = Duration::from_secs(1);
/// How many decisions one deployment gets in a row before the next one has its turn.
const TURN: u32 = 8;

/// Looks after deployments until the server stops.
pub(crate) async fn run(app: App) {
    while !app.stopping.is_cancelled() {
        let begun = Instant::now();
        pass(&app).await;
        // At most half of the time goes into looking, however many hosts report; what they report meanwhile is looked at together.
        let took = begun.elapsed();
        let wanted_again = async {
            tokio::time::sleep(took).await;
            app.wake.reconciler_wanted().await;
        };
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = wanted_again => {}
            () = tokio::time::sleep(took + REST) => {}
        }
    }
}

/// Looks at every deployment that is not settled, once.
pub(crate) async fn pass(app: &App) {
    let unsettled = async { deployments::unsettled(&mut *app.store.read().await?).await };
    let unsettled = match unsettled.await {
        Ok(unsettled) => unsettled,
        Err(error) => return tracing::warn!(%error, "deployments could not be looked at; they will be in a moment"),
    };
    for deployment in unsettled {
        if let Err(error) = tend(app, deployment).await {
            tracing::warn!(%deployment, %error, "a deployment could not be moved on; it will be in a moment");
        }
    }
}

/// Moves one deployment on as far as it goes now.
async fn tend(app: &App, id: DeploymentId) -> Result<(), StoreError> {
    for _ in 0..TURN {
        let plan = match look(app, id).await? {
            Wish::Nothing => return Ok(()),
            Wish::Change => PlanCheck::None,
            Wish::Beginning => beginnings::check(app, id).await?,
        };
        let changes = decide(app, id, plan).await?;
        if changes.is_empty() {
            return Ok(());
        }
        app.wake.tell(&changes);
    }
    app.wake.reconcile();
    Ok(())
}

/// What there is to do about a deployment.
enum Wish {
    Nothing,
    /// Something has to be written.
    Change,
    /// It begins, after it has waited: its plan has to be looked at before.
    Beginning,
}

/// Whether there is anything to write; most of the time there is not, and then nobody who writes has to wait.
async fn look(app: &App, id: DeploymentId) -> Result<Wish, StoreError> {
    let now = app.clock.now();
    let mut reader = app.store.read().await?;
    let Some(fleet) = fleet::load(app, &mut reader, id, now).await? else { return Ok(Wish::Nothing) };
    if must_abort(&mut reader, &fleet).await? {
        return Ok(Wish::Change);
    }
    let decision = step(&fleet.state, now);
    Ok(match is_news(&fleet, &decision) {
        true if beginnings::is_late(&fleet, &decision, now) => Wish::Beginning,
        true => Wish::Change,
        false => Wish::Nothing,
    })
}

/// Decides and writes in one transaction, so that what was looked at, budgets and guard rails above all, still holds when it is granted.
async fn decide(app: &App, id: DeploymentId, plan: PlanCheck) -> Result<Changes, StoreError> {
    let shared = (app.clone(), plan);
    app.store
        .transact(move |tx| {
            let (app, plan) = shared.clone();
            Box::pin(async move {
                let now = app.clock.now();
                // Takes the row first: what hosts report meanwhile waits, instead of making us begin again and again.
                deployments::touch(tx, id, now).await?;
                guard::keep(tx, id).await?;
                let limit = deployments::find(tx, id).await?.and_then(|deployment| deployment.strategy.max_unavailable);
                slots::keep_budget(tx, if limit.is_some() { Budget::Shared } else { Budget::Own }).await?;
                let Some(fleet) = fleet::load(&app, tx, id, now).await? else { return Ok(Changes::default()) };
                let mut decision =
                    if must_abort(tx, &fleet).await? { abort(&fleet, now) } else { step(&fleet.state, now) };
                if beginnings::is_late(&fleet, &decision, now) {
                    match plan {
                        PlanCheck::Holds => {}
                        // What held it has gone in this moment: the next look finds that.
                        PlanCheck::None => return Ok(Changes::default()),
                        PlanCheck::Moved(moved) => {
                            beginnings::refuse(tx, &fleet, &moved, now).await?;
                            decision = abort(&fleet, now);
                        }
                    }
                }
                if !is_news(&fleet, &decision) {
                    return Ok(Changes::default());
                }
                write::write(&app, tx, &fleet, &decision, "engine", now).await
            })
        })
        .await
}

/// Whether a deployment brings a version somewhere that has been banned since.
async fn must_abort(conn: &mut Conn, fleet: &fleet::Fleet) -> Result<bool, StoreError> {
    let deployment = &fleet.deployment;
    let goes_on =
        [DeploymentState::Running, DeploymentState::Paused, DeploymentState::Halted].contains(&deployment.state);
    Ok(goes_on && version_states::plan_is_banned(conn, deployment.id, deployment.plan).await?)
}

/// The same as a person's word to abort.
fn abort(fleet: &fleet::Fleet, now: jiff::Timestamp) -> Decision {
    let transition = Transition::Deployment { from: fleet.deployment.state, to: DeploymentState::Aborting };
    let mut state = fleet.state.clone();
    state.apply(&transition, now);
    Decision { waiting: step(&state, now).waiting, transitions: vec![transition] }
}

fn is_news(fleet: &fleet::Fleet, decision: &packhorse_planner::fleet::Decision) -> bool {
    let waits_for_something_else =
        !fleet.deployment.state.is_terminal() && decision.waiting != fleet.deployment.waiting;
    !decision.transitions.is_empty() || !fleet.dead.is_empty() || waits_for_something_else
}
