//! Forgets what was sent for versions that never came.

use std::io;
use std::time::Duration;

use jiff::SignedDuration;
use packhorse_store::staged;

use crate::app::App;

/// How often to look.
const EVERY: Duration = Duration::from_secs(3600);
/// How long a slim push may take from its first pack to its end, tries after a cut connection included.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// An object is written before its row, so it goes some time after it.
const LATER: SignedDuration = SignedDuration::from_hours(1);

/// Runs until the server stops.
pub(crate) async fn run(app: App) {
    loop {
        if let Err(error) = forget(&app).await {
            tracing::warn!(%error, "what was left of slim pushes could not be removed; it will be tried again in an hour");
        }
        if tokio::time::timeout(EVERY, app.stopping.cancelled()).await.is_ok() {
            return;
        }
    }
}

async fn forget(app: &App) -> io::Result<()> {
    let before = app.clock.now().saturating_sub(KEPT).map_err(io::Error::other)?;
    let mut tx = app.store.write().await.map_err(io::Error::other)?;
    staged::forget_before(&mut tx, before).await.map_err(io::Error::other)?;
    tx.commit().await.map_err(io::Error::other)?;
    app.objects.staged.remove_older(before.saturating_sub(LATER).map_err(io::Error::other)?).await
}
