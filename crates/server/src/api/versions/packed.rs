//! The files of a version packed anew, for people: a function of the tree alone.

use axum::response::Response;
use http::{HeaderValue, header};
use packhorse_content::archive_out::{write_tar_gz, write_zip};
use packhorse_store::versions::StoredVersion;
use serde::Deserialize;

use crate::app::App;
use crate::download::{Sent, disposition};
use crate::error::ApiError;
use crate::objects::{Library, files_of};
use crate::streams;

/// How a tree is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub(crate) enum Form {
    #[serde(rename = "tar.gz")]
    TarGz,
    #[serde(rename = "zip")]
    Zip,
}

impl Form {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::TarGz => "tar.gz",
            Self::Zip => "zip",
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::TarGz => "application/gzip",
            Self::Zip => "application/zip",
        }
    }
}

/// Packs the files of a version while they are sent.
pub(super) async fn answer(app: &App, version: &StoredVersion, form: Form) -> Result<Response, ApiError> {
    let summary = &version.detail.summary;
    let (tree, size) = (summary.tree, version.content.tree_size);
    let library = Library::new(app.store.clone(), app.objects.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let tree = library.tree(&tree, size)?;
        let source = library.open(files_of(&tree))?;
        Ok((tree, source, library))
    });
    let (tree, source, library) = opened.await.map_err(ApiError::internal)?.map_err(ApiError::content)?;
    let body = streams::unmeasured(move |out| {
        library.noting(match form {
            Form::TarGz => write_tar_gz(&tree, &source, out),
            Form::Zip => write_zip(&tree, &source, out),
        })
    });
    let mut response = Response::new(Sent::Archive.counted(body));
    let name = format!("{}_{}.{}", summary.package, summary.version, form.extension());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(disposition(&name)).map_err(ApiError::internal)?);
    Ok(response)
}
