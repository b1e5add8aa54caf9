//! Packs that are sent ahead of a version: verified, kept outside of the store, and gone once the version is made.

use std::io::{self, Read as _, Seek as _, SeekFrom};

use axum::body::Body;
use futures::TryStreamExt as _;
use packhorse_content::digest_of;
use packhorse_content::pack::{MemoryPacks, PackBounds, PackStore as _, recover};
use packhorse_model::Digest;
use packhorse_model::api::slim::StagedPack;
use packhorse_store::segments::SegmentRow;
use packhorse_store::staged;
use tokio::io::AsyncWriteExt as _;

use super::receive::{cut_off, stored};
use crate::app::App;
use crate::error::ApiError;

/// Takes a pack in. It waits in a file until it is whole, so that slow senders take no memory.
pub(crate) async fn stage(app: &App, body: Body) -> Result<StagedPack, ApiError> {
    let mut file = receive(app, body).await?;
    let _turn = app.slim_turns.acquire().await.map_err(ApiError::internal)?;
    let packs = app.objects.staged.clone();
    let verified = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(stored)?;
        file.read_to_end(&mut bytes).map_err(stored)?;
        let (pack, size) = (digest_of(&bytes), bytes.len() as u64);
        let held = MemoryPacks::default();
        held.write(&pack, &bytes).map_err(stored)?;
        let segments = recover(&held, &pack, PackBounds::SENT).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                ApiError::invalid("slim_pack", error.to_string()).hint("push again; nothing of this pack was kept")
            }
            _ => stored(error),
        })?;
        packs.write(&pack, &bytes).map_err(stored)?;
        Ok::<_, ApiError>((pack, size, segments))
    });
    let (pack, size, segments) = verified.await.map_err(ApiError::internal)??;
    let rows: Vec<SegmentRow> =
        segments.iter().map(|(segment, location)| super::content::row(segment, location)).collect();
    let mut tx = app.store.write().await?;
    staged::insert(&mut tx, &pack, size, &rows, app.clock.now()).await?;
    tx.commit().await?;
    Ok(StagedPack { pack, segments: rows.len() as u64 })
}

async fn receive(app: &App, body: Body) -> Result<std::fs::File, ApiError> {
    let folder = app.config.data.join("tmp");
    let file = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder)?;
        tempfile::tempfile_in(folder)
    });
    let mut file = tokio::fs::File::from_std(file.await.map_err(ApiError::internal)?.map_err(stored)?);
    let (mut pieces, mut size) = (body.into_data_stream(), 0);
    while let Some(piece) = pieces.try_next().await.map_err(|_| cut_off())? {
        size += piece.len() as u64;
        if size > PackBounds::SENT.bytes {
            let title = format!("a pack may have {} bytes", PackBounds::SENT.bytes);
            return Err(ApiError::new(http::StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", title)
                .hint("send the segments in more packs"));
        }
        file.write_all(&piece).await.map_err(stored)?;
    }
    file.flush().await.map_err(stored)?;
    Ok(file.into_std().await)
}

/// Forgets packs of which a version was made. What cannot be removed now goes with what is too old.
pub(crate) async fn unstage(app: &App, packs: &[Digest]) {
    let forgotten = async {
        let mut tx = app.store.write().await.map_err(io::Error::other)?;
        staged::forget(&mut tx, packs).await.map_err(io::Error::other)?;
        tx.commit().await.map_err(io::Error::other)?;
        for pack in packs {
            app.objects.staged.remove(pack).await?;
        }
        Ok::<(), io::Error>(())
    };
    if let Err(error) = forgotten.await {
        tracing::warn!(%error, "packs of a slim push could not be removed yet");
    }
}
