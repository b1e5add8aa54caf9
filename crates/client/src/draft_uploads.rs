//! `/api/v1/drafts/{id}/uploads`: files in pieces, gone on with after whatever broke.

use std::io::SeekFrom;
use std::path::Path;

use packhorse_model::api::drafts::{Accepted, CreateUpload, DraftUpload, FinishUpload};
use packhorse_model::ids::{DraftId, UploadId};
use reqwest::Method;
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use crate::client::{Client, read};
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::Pages;
use crate::progress::Progress;

/// Bytes of a piece: what is sent again if the connection breaks.
const PIECE: u64 = 8 << 20;

impl Client {
    /// The uploads into a draft that are not finished.
    pub fn draft_uploads(&self, id: DraftId) -> Pages<'_, DraftUpload> {
        self.pages(self.draft_url(id, &["uploads"]))
    }

    /// Announces an upload.
    ///
    /// # Errors
    /// When the draft is closed, or too much is being uploaded into it.
    pub async fn create_draft_upload(
        &self,
        id: DraftId,
        upload: &CreateUpload,
        key: &IdempotencyKey,
    ) -> Result<DraftUpload, ClientError> {
        self.post(self.draft_url(id, &["uploads"]), upload, key).await
    }

    /// An upload, and how far it is.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn draft_upload(&self, id: DraftId, upload: UploadId) -> Result<DraftUpload, ClientError> {
        self.get(self.draft_url(id, &["uploads", &upload.to_string()])).await
    }

    /// Sends what is missing of an upload, piece by piece, from its file.
    ///
    /// # Errors
    /// When the file cannot be read, or the server stays away. What was sent is kept; the upload can be gone on with.
    pub async fn send_draft_upload(
        &self,
        id: DraftId,
        upload: &DraftUpload,
        file: &Path,
        progress: &Progress,
    ) -> Result<(), ClientError> {
        let unreadable = |source| ClientError::File { doing: "read", path: file.to_owned(), source };
        let url = self.draft_url(id, &["uploads", &upload.id.to_string()]);
        let mut opened = File::open(file).await.map_err(unreadable)?;
        let mut at = upload.received;
        while at < upload.size {
            progress.at(at);
            opened.seek(SeekFrom::Start(at)).await.map_err(unreadable)?;
            let mut piece = Vec::new();
            (&mut opened).take(PIECE.min(upload.size - at)).read_to_end(&mut piece).await.map_err(unreadable)?;
            if piece.is_empty() {
                return Err(unreadable(std::io::ErrorKind::UnexpectedEof.into()));
            }
            let bytes = bytes::Bytes::from(piece);
            let sent = self.send_once(
                self.request(Method::PATCH, url.clone())
                    .header("Upload-Offset", at)
                    .header("Content-Type", "application/offset+octet-stream")
                    .body(bytes.clone()),
            );
            match sent.await {
                Ok(_) => at += bytes.len() as u64,
                // Whether it arrived or not: the server knows where to go on.
                Err(error) => match self.draft_upload(id, upload.id).await {
                    Ok(now) if now.received != at => at = now.received,
                    Ok(_) if matches!(error, ClientError::Unreachable { .. }) => {}
                    _ => return Err(error),
                },
            }
        }
        progress.at(at);
        Ok(())
    }

    /// Puts an upload whose bytes are all there into its draft.
    ///
    /// # Errors
    /// `draft_conflict` when something else is there than was expected; the bytes stay. Any rule for archives and paths.
    pub async fn finish_draft_upload(
        &self,
        id: DraftId,
        upload: UploadId,
        finish: &FinishUpload,
        key: &IdempotencyKey,
    ) -> Result<Accepted, ClientError> {
        let url = self.draft_url(id, &["uploads", &upload.to_string(), "finish"]);
        read(self.send(|| self.uploading(url.clone(), key).json(finish)).await?).await
    }

    /// Gives an upload up.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn delete_draft_upload(&self, id: DraftId, upload: UploadId) -> Result<(), ClientError> {
        self.delete(self.draft_url(id, &["uploads", &upload.to_string()])).await
    }
}

/// SHA-256 of a file, in hexadecimal; read piece by piece.
///
/// # Errors
/// When it cannot be read.
pub async fn file_sha256(file: &Path) -> Result<String, ClientError> {
    let unreadable = |source| ClientError::File { doing: "read", path: file.to_owned(), source };
    let mut opened = File::open(file).await.map_err(unreadable)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 18];
    loop {
        let count = opened.read(&mut piece).await.map_err(unreadable)?;
        if count == 0 {
            return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hasher.update(&piece[..count]);
    }
}
