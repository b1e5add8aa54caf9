//! Sees assignments that other servers changed, so that agents which wait at this one are answered. One question for all of them,
//! however many wait.
//!
//! An embedded database has no other server; there the wake-ups after each commit are all there is to see.

use std::time::Duration;

use jiff::SignedDuration;
use packhorse_store::{StoreError, StoreUrl, host_assignments};

use crate::app::App;
use crate::wake::Changes;

/// How often it looks.
const REST: Duration = Duration::from_secs(1);
/// How far it looks back: clocks of servers may differ by so much, and a transaction may take so long.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

/// Looks until the server stops.
pub(crate) async fn run(app: App) {
    if matches!(app.config.database, StoreUrl::Sqlite(_)) {
        return;
    }
    while tokio::time::timeout(REST, app.stopping.cancelled()).await.is_err() {
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "assignments could not be looked at; they will be in a moment");
        }
    }
}

async fn look(app: &App) -> Result<(), StoreError> {
    let since = app.clock.now().saturating_sub(LOOK_BACK).unwrap_or(jiff::Timestamp::MIN);
    let hosts = host_assignments::raised_since(&mut *app.store.read().await?, since).await?;
    app.wake.tell(&Changes { hosts, ..Changes::default() });
    Ok(())
}
