//! Files of versions, and how two versions differ.

use std::path::Path;

use futures::TryStreamExt as _;
use packhorse_model::api::compare::{Comparison, TreeChange};
use packhorse_model::{PackageName, VersionNumber};
use reqwest::{Method, Response, Url};
use tokio::io::AsyncWriteExt as _;

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::{Pages, with_query};
use crate::progress::Progress;

/// How the files of a version are packed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackedAs {
    /// `.tar.gz`
    TarGz,
    /// `.zip`
    Zip,
}

impl PackedAs {
    /// The word by which it is asked for, which is also the extension.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TarGz => "tar.gz",
            Self::Zip => "zip",
        }
    }
}

impl Client {
    /// Streams a file of a version.
    ///
    /// # Errors
    /// When there is no such version or file.
    pub async fn version_file(
        &self,
        package: &PackageName,
        version: &VersionNumber,
        path: &str,
    ) -> Result<Response, ClientError> {
        let url = self.version_file_url(package, version, path);
        self.send(|| self.request(Method::GET, url.clone())).await
    }

    /// A file of a version, whole, unless it has more than `most` bytes.
    ///
    /// # Errors
    /// When there is no such version or file.
    pub async fn small_version_file(
        &self,
        package: &PackageName,
        version: &VersionNumber,
        path: &str,
        most: u64,
    ) -> Result<Option<Vec<u8>>, ClientError> {
        let response = self.version_file(package, version, path).await?;
        if response.content_length().is_none_or(|length| length > most) {
            return Ok(None);
        }
        let bytes = response.bytes().await.map_err(|error| self.transport(&error))?;
        Ok(Some(bytes.into()))
    }

    fn version_file_url(&self, package: &PackageName, version: &VersionNumber, path: &str) -> Url {
        let mut names = vec!["packages", package.as_str(), "versions", version.as_str(), "files"];
        names.extend(path.split('/'));
        self.url(&names)
    }

    fn comparison_url(&self, package: &PackageName, from: &VersionNumber, to: &VersionNumber) -> Url {
        self.url(&["packages", package.as_str(), "versions", from.as_str(), "compare", to.as_str()])
    }

    /// How much differs between two versions of a package.
    ///
    /// # Errors
    /// When one of them is not there.
    pub async fn comparison(
        &self,
        package: &PackageName,
        from: &VersionNumber,
        to: &VersionNumber,
    ) -> Result<Comparison, ClientError> {
        self.get(with_query(self.comparison_url(package, from, to), &[("limit", Some("1".to_owned()))])).await
    }

    /// What differs between two versions of a package, by path.
    pub fn differences(
        &self,
        package: &PackageName,
        from: &VersionNumber,
        to: &VersionNumber,
    ) -> Pages<'_, TreeChange> {
        self.pages(self.comparison_url(package, from, to))
    }

    /// Downloads the files of a version, packed anew, to `to`, which is replaced if it exists. Gives how many bytes came.
    ///
    /// # Errors
    /// When the server refuses or stays out of reach, the connection breaks, or the file cannot be written; nothing is left then.
    pub async fn download_packed(
        &self,
        package: &PackageName,
        version: &VersionNumber,
        form: PackedAs,
        to: &Path,
        progress: &Progress,
    ) -> Result<u64, ClientError> {
        let url = self.url(&["packages", package.as_str(), "versions", version.as_str(), "archive"]);
        let url = with_query(url, &[("as", Some(form.word().to_owned()))]);
        self.save(url, to, progress).await
    }

    /// Writes what is at an address to `to`, which is replaced if it exists, when all of it has come. Gives how many bytes that were.
    pub(crate) async fn save(&self, url: Url, to: &Path, progress: &Progress) -> Result<u64, ClientError> {
        let failed = |source| ClientError::File { doing: "write", path: to.to_owned(), source };
        let name = to.file_name().ok_or_else(|| failed(std::io::ErrorKind::IsADirectory.into()))?;
        let part = to.with_file_name(format!(".{}.packed", name.to_string_lossy()));
        let response = self.send(|| self.request(Method::GET, url.clone())).await?;
        let written = self.write(response, &part, progress).await;
        let kept = match written {
            Ok(size) => tokio::fs::rename(&part, to).await.map(|()| size).map_err(failed),
            Err(error) => Err(error),
        };
        if kept.is_err() {
            // The first error is the one that counts.
            let _ = tokio::fs::remove_file(&part).await;
        }
        kept
    }

    async fn write(&self, response: Response, part: &Path, progress: &Progress) -> Result<u64, ClientError> {
        let failed = |source| ClientError::File { doing: "write", path: part.to_owned(), source };
        let mut file = tokio::fs::File::create(part).await.map_err(failed)?;
        let (mut blocks, mut size) = (response.bytes_stream(), 0);
        while let Some(block) = blocks.try_next().await.map_err(|error| self.transport(&error))? {
            file.write_all(&block).await.map_err(failed)?;
            size += block.len() as u64;
            progress.at(size);
        }
        file.sync_all().await.map_err(failed)?;
        Ok(size)
    }
}
