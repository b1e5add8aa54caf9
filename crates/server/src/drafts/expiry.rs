//! Forgetting uploads that nobody goes on with, and drafts that were published long ago.

use jiff::{SignedDuration, Timestamp};
use packhorse_model::ids::UploadId;
use packhorse_store::StoreError;
use packhorse_store::drafts::{self, uploads};

use crate::app::App;

/// How long an upload waits for its next piece.
pub(crate) const UPLOADS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long the history of a published draft is kept.
const HISTORY_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Forgets what has expired. Bytes that no row names go as well.
pub(crate) async fn forget_expired(app: &App, now: Timestamp) -> Result<(), std::io::Error> {
    forget_rows(app, now).await.map_err(std::io::Error::other)?;
    let spool = &app.drafts.spool;
    let spooled = spool.list().await?;
    let known: Vec<UploadId> = {
        let mut reader = app.store.read().await.map_err(std::io::Error::other)?;
        uploads::known(&mut reader, &spooled).await.map_err(std::io::Error::other)?
    };
    for upload in spooled.into_iter().filter(|upload| !known.contains(upload)) {
        spool.remove_file(upload).await?;
    }
    Ok(())
}

async fn forget_rows(app: &App, now: Timestamp) -> Result<(), StoreError> {
    let before = |kept| now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
    let mut tx = app.store.write().await?;
    uploads::forget(&mut tx, before(UPLOADS_KEPT)).await?;
    drafts::forget_published(&mut tx, before(HISTORY_KEPT)).await?;
    tx.commit().await
}

/// Forgets abandoned uploads and old drafts now, instead of within the hour: for tests.
///
/// # Errors
/// If the database or the directory of uploads fails.
pub async fn forget_expired_now(app: &App) -> Result<(), std::io::Error> {
    forget_expired(app, app.clock.now()).await
}
