//! Sending a file into a draft, and going on with what an earlier run has begun.

use std::path::Path;

use futures::TryStreamExt as _;
use packhorse_client::{Client, file_sha256};
use packhorse_model::api::drafts::{Accepted, CreateUpload, DraftUpload, FinishUpload, UploadPlace};
use packhorse_model::ids::DraftId;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;

/// Sends a file, from where an earlier run of the same upload has come to, and puts it in its place.
pub(super) async fn send(
    context: &Context,
    client: &Client,
    id: DraftId,
    file: &Path,
    place: UploadPlace,
) -> Result<Accepted, CommandError> {
    let size = std::fs::metadata(file).map_err(|error| CommandError::file("read", file, &error))?.len();
    let sha256 = file_sha256(file).await?;
    let announced = CreateUpload { place, size, sha256: Some(sha256) };
    let upload = match begun(client, id, &announced).await? {
        Some(upload) => upload,
        None => client.create_draft_upload(id, &announced, &clock::new_key()?).await?,
    };
    let transfer = context.reporter().transfer(&format!("sending {}", file.display()), size);
    let sent = client.send_draft_upload(id, &upload, file, &transfer.progress()).await;
    drop(transfer);
    sent.map_err(|error| resumable(error.into()))?;
    match client.finish_draft_upload(id, upload.id, &FinishUpload::default(), &clock::new_key()?).await {
        Ok(accepted) => Ok(accepted),
        // A refused place is said anew with the next run; the bytes need not wait for it.
        Err(error) if error.problem().is_some() => {
            client.delete_draft_upload(id, upload.id).await?;
            Err(error.into())
        }
        Err(error) => Err(resumable(error.into())),
    }
}

fn resumable(error: CommandError) -> CommandError {
    error.hinted("run the same command again within a day: it goes on where it was")
}

/// The same upload, begun by an earlier run.
async fn begun(client: &Client, id: DraftId, wanted: &CreateUpload) -> Result<Option<DraftUpload>, CommandError> {
    let mut pages = client.draft_uploads(id);
    while let Some(page) = pages.try_next().await? {
        for upload in page.items {
            if upload.place == wanted.place && upload.size == wanted.size && upload.sha256 == wanted.sha256 {
                return Ok(Some(upload));
            }
        }
    }
    Ok(None)
}
