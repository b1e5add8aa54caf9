//! `/api/v1/slim-uploads`: what the server lacks of an archive, and no more.

use packhorse_model::Digest;
use packhorse_model::api::packages::PushReply;
use packhorse_model::api::slim::{StagedPack, question, read_answer};
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;

use crate::client::{Client, read};
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::uploads::Push;

const OCTETS: &str = "application/octet-stream";

impl Client {
    /// Which of these files the server lacks; at most [`MOST_ASKED`](packhorse_model::api::slim::MOST_ASKED).
    ///
    /// # Errors
    /// When the server cannot say.
    pub async fn slim_missing_files(&self, files: &[Digest], key: &IdempotencyKey) -> Result<Vec<bool>, ClientError> {
        self.ask(self.url(&["slim-uploads", "missing-files"]), files, files.len(), key).await
    }

    /// Which of the segments that these recipes name the server lacks; there are `named`.
    ///
    /// # Errors
    /// `slim_incomplete` if a recipe has not been sent.
    pub async fn slim_missing_segments(
        &self,
        recipes: &[Digest],
        named: usize,
        key: &IdempotencyKey,
    ) -> Result<Vec<bool>, ClientError> {
        self.ask(self.url(&["slim-uploads", "missing-segments"]), recipes, named, key).await
    }

    /// Sends a pack of segments ahead of the archive that they are for.
    ///
    /// # Errors
    /// `slim_pack` if it did not arrive whole.
    pub async fn slim_pack(&self, pack: Vec<u8>, key: &IdempotencyKey) -> Result<StagedPack, ClientError> {
        read(self.octets(self.url(&["slim-uploads", "packs"]), pack, key).await?).await
    }

    /// Pushes an archive by the list of what it is made of.
    ///
    /// # Errors
    /// Those of [`Client::upload`]; `slim_incomplete` if something has not been sent, `slim_mismatch` if the archive does not come out.
    pub async fn slim_upload(
        &self,
        push: &Push,
        list: Vec<u8>,
        key: &IdempotencyKey,
    ) -> Result<PushReply, ClientError> {
        read(self.octets(push.url(self.url(&["slim-uploads"])), list, key).await?).await
    }

    async fn ask(
        &self,
        url: Url,
        about: &[Digest],
        count: usize,
        key: &IdempotencyKey,
    ) -> Result<Vec<bool>, ClientError> {
        let response = self.octets(url.clone(), question(about), key).await?;
        let bytes = response.bytes().await.map_err(|error| ClientError::unreachable(&url, &error))?;
        let strange = || ClientError::unexpected(&url, "the answer is not about what was asked");
        read_answer(&bytes, count).ok_or_else(strange)
    }

    async fn octets(&self, url: Url, body: Vec<u8>, key: &IdempotencyKey) -> Result<reqwest::Response, ClientError> {
        let body = bytes::Bytes::from(body);
        self.send(|| self.uploading(url.clone(), key).header(CONTENT_TYPE, OCTETS).body(body.clone())).await
    }
}
