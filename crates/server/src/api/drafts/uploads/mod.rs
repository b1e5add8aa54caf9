//! Uploads into drafts: in pieces, so that a cut connection costs only the piece that was on its way.
//!
//! Announce, send pieces each at its offset, finish. Finishing is a request of its own, so that a conflict loses no bytes: it can be sent again
//! with another place.

mod create;
mod delete;
mod finish;
mod get;
mod list;
mod patch;

use http::HeaderName;
use jiff::Timestamp;
use packhorse_model::api::drafts::{DraftUpload, UploadPlace};
use packhorse_model::filename::{ArchiveFormat, Packing};
use packhorse_model::ids::{DraftId, UploadId};
use packhorse_store::Conn;
use packhorse_store::drafts::uploads::{self, UploadRow};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::drafts::{self, Refusal, UPLOADS_KEPT};
use crate::error::ApiError;

/// How many bytes are safe, or where a piece begins.
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// How many bytes there will be.
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler, create::handler))
        .routes(routes!(get::handler, patch::handler, delete::handler))
        .routes(routes!(finish::handler))
}

async fn find(conn: &mut Conn, draft: DraftId, id: UploadId) -> Result<UploadRow, ApiError> {
    uploads::get(conn, draft, id).await?.ok_or_else(|| {
        ApiError::not_found("upload", id)
            .hint("it was finished long ago, deleted, or abandoned for a day: begin a new one")
    })
}

fn shown(row: UploadRow) -> DraftUpload {
    DraftUpload {
        id: row.id,
        place: row.place,
        size: row.size,
        sha256: row.sha256,
        received: row.received,
        creator: row.creator,
        expires_at: row.updated_at.saturating_add(UPLOADS_KEPT).unwrap_or(Timestamp::MAX),
        revision: row.revision,
    }
}

/// Refuses a place that nothing could be put at.
fn check_place(place: &UploadPlace) -> Result<(), ApiError> {
    match place {
        UploadPlace::File { path, mode, .. } => {
            drafts::place(path).map_err(Refusal::into_api)?.ok_or_else(|| Refusal::Top.into_api())?;
            mode.as_deref().map(drafts::mode).transpose().map_err(Refusal::into_api)?;
            Ok(())
        }
        UploadPlace::Archive { file_name, into, .. } => {
            drafts::place(into).map_err(Refusal::into_api)?;
            format_of(file_name).map(drop)
        }
    }
}

fn format_of(file_name: &str) -> Result<ArchiveFormat, ApiError> {
    let format = ArchiveFormat::of_file_name(file_name).map(|(_, format)| format);
    format.filter(|format| format.packing() != Packing::OneFile).ok_or_else(|| {
        let error =
            packhorse_model::filename::FileNameError::Extension { file_name: file_name.chars().take(120).collect() };
        ApiError::invalid("NAME_EXTENSION", error.to_string()).hint("pack it as .tar.gz, .tar.zst or .zip")
    })
}
