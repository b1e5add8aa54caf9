//! `/api/v1/uploads`: an archive as it is, streamed from its file.

use std::io;
use std::path::{Path, PathBuf};

use futures::{TryFutureExt, TryStreamExt};
use packhorse_model::api::packages::PushReply;
use packhorse_model::{PackageName, VersionNumber};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Url};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use crate::client::{Client, read};
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::with_query;
use crate::progress::Progress;

const BLOCK: usize = 256 << 10;

/// What is pushed, and what its file name does not say.
#[derive(Debug, Clone, Default)]
pub struct Push {
    /// The archive.
    pub file: PathBuf,
    /// The package, if not by the file name.
    pub package: Option<PackageName>,
    /// The version, if not by the file name.
    pub version: Option<VersionNumber>,
    /// The build, if not by the file name.
    pub build: Option<String>,
    /// A line about the version, if not by its manifest.
    pub description: Option<String>,
    /// Attributes, if not by the archive.
    pub attributes: PushAttributes,
}

/// Attributes that are said of a version beside its archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushAttributes {
    /// The subtype, where the extension does not say it: `file` and `bin` take a file of any name.
    pub subtype: Option<String>,
    /// Where it is installed, an absolute path.
    pub installroot: Option<String>,
    /// Its place among what is installed together: the lowest first.
    pub installrank: Option<i64>,
    /// Who made it.
    pub vendor: Option<String>,
    /// When it was built, as the builder writes it.
    pub buildtime: Option<String>,
    /// Where its file lies in a repository.
    pub repo_url: Option<String>,
}

impl Push {
    /// The address at which it is pushed, below `endpoint`.
    pub(crate) fn url(&self, endpoint: Url) -> Url {
        let file_name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let query = [
            ("file_name", Some(file_name)),
            ("package", self.package.as_ref().map(ToString::to_string)),
            ("version", self.version.as_ref().map(ToString::to_string)),
            ("build", self.build.clone()),
            ("description", self.description.clone()),
            ("type", self.attributes.subtype.clone()),
            ("installroot", self.attributes.installroot.clone()),
            ("installrank", self.attributes.installrank.map(|rank| rank.to_string())),
            ("vendor", self.attributes.vendor.clone()),
            ("buildtime", self.attributes.buildtime.clone()),
            ("repoUrl", self.attributes.repo_url.clone()),
        ];
        with_query(endpoint, &query)
    }
}

impl Client {
    /// Pushes an archive.
    ///
    /// # Errors
    /// When the file cannot be read, or the server refuses it: `version_exists` for other bytes under the same version, a
    /// stable code for each rule that an archive can break.
    pub async fn upload(
        &self,
        push: &Push,
        key: &IdempotencyKey,
        progress: &Progress,
    ) -> Result<PushReply, ClientError> {
        let url = push.url(self.url(&["uploads"]));
        let size = std::fs::metadata(&push.file).map_err(|error| unreadable(&push.file, error))?.len();
        let response = self
            .send(|| {
                self.uploading(url.clone(), key)
                    .header(CONTENT_TYPE, "application/octet-stream")
                    .header(CONTENT_LENGTH, size)
                    .body(body(push.file.clone(), size, progress.clone()))
            })
            .await?;
        read(response).await
    }
}

/// The file's first `size` bytes; opened when they are first asked for, so that every try begins at the beginning.
fn body(path: PathBuf, size: u64, progress: Progress) -> Body {
    let blocks = File::open(path).map_ok(move |file| ReaderStream::with_capacity(file.take(size), BLOCK));
    let mut sent = 0;
    Body::wrap_stream(blocks.try_flatten_stream().inspect_ok(move |block| {
        sent += block.len() as u64;
        progress.at(sent);
    }))
}

fn unreadable(path: &Path, source: io::Error) -> ClientError {
    ClientError::File { doing: "read", path: path.to_owned(), source }
}
