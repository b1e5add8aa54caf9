//! Dropping the outputs of old runs: those that ended too long ago, and those beyond so many of one package.
//!
//! A run goes in many short transactions, so that the work may be killed between any two and is gone on with later. How scripts ended
//! stays.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::ids::DeploymentId;
use packhorse_store::audit::NewEntry;
use packhorse_store::{StoreError, script_results};
use serde_json::json;

use crate::app::App;

/// How often it is looked for old outputs.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Runs that are read at once.
const RUNS: u32 = 100;
/// Outputs that go in one transaction.
const OUTPUTS: u32 = 50;
/// Who drops by rule, in the audit log.
const SERVER: &str = "server";

/// Drops old outputs once a day, until the server stops.
pub(crate) async fn daily(app: App) {
    loop {
        match drop_old(&app).await {
            Ok(0) => {}
            Ok(runs) => tracing::info!(runs, "the outputs of old runs of scripts were dropped"),
            Err(error) => {
                tracing::warn!(%error, "the outputs of old runs could not all be dropped; the rest waits a day");
            }
        }
        if tokio::time::timeout(DAY, app.stopping.cancelled()).await.is_ok() {
            return;
        }
    }
}

/// Drops the outputs of all runs that the configuration does not keep. Gives of how many.
///
/// # Errors
/// Those of the store. What was dropped by then stays so.
pub async fn drop_old(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let mut runs = 0;
    if let Some(kept) = app.config.script_outputs_for {
        let kept = SignedDuration::try_from(kept).unwrap_or(SignedDuration::MAX);
        let before = now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        while !app.stopping.is_cancelled() {
            let old = script_results::ended_before(&mut *app.store.read().await?, before, RUNS).await?;
            if old.is_empty() {
                break;
            }
            runs += drop_all(app, &old, now).await?;
        }
    }
    if let Some(kept) = app.config.script_outputs_of {
        while let Some(package) = script_results::crowded(&mut *app.store.read().await?, kept, 1).await?.pop() {
            let old = script_results::beyond(&mut *app.store.read().await?, package, kept, RUNS).await?;
            runs += drop_all(app, &old, now).await?;
            if app.stopping.is_cancelled() {
                break;
            }
        }
    }
    Ok(runs)
}

async fn drop_all(app: &App, runs: &[DeploymentId], now: Timestamp) -> Result<u64, StoreError> {
    for run in runs {
        loop {
            let mut tx = app.store.write().await?;
            let dropped = script_results::drop_some(&mut tx, *run, OUTPUTS).await?;
            if dropped == 0 {
                script_results::set_dropped(&mut tx, *run, now).await?;
                tx.audit(NewEntry {
                    at: now,
                    actor: SERVER.to_owned(),
                    action: "deployment.drop_outputs",
                    object: run.to_string(),
                    detail: json!({
                        "days": app.config.script_outputs_for.map(|kept| kept.as_secs() / DAY.as_secs()),
                        "runs": app.config.script_outputs_of,
                    }),
                });
            }
            tx.commit().await?;
            if dropped == 0 {
                break;
            }
        }
    }
    Ok(runs.len() as u64)
}
