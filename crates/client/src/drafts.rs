//! `/api/v1/drafts`, but for uploads.

use packhorse_model::PackageName;
use packhorse_model::api::drafts::{
    Accepted, Batch, Change, CreateDraft, Draft, DraftEntry, DraftLint, DraftState, Expectation, PublishDraft,
    Published, Undo, UpdateDraft,
};
use packhorse_model::ids::DraftId;
use reqwest::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use reqwest::{Method, RequestBuilder, Url};

use crate::client::{Client, read};
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query, word};

/// Which entries of a draft.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Below this directory; empty for the top.
    pub under: String,
    /// Only what differs from the version that the draft began with.
    pub only_changed: bool,
}

/// A text of a draft, and the digest by which it is known.
#[derive(Debug, Clone)]
pub struct DraftText {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What to expect when it is written back.
    pub expect: Expectation,
}

impl Client {
    pub(crate) fn draft_url(&self, id: DraftId, rest: &[&str]) -> Url {
        let id = id.to_string();
        let path: Vec<&str> = ["drafts", &id].into_iter().chain(rest.iter().copied()).collect();
        self.url(&path)
    }

    fn file_url(&self, id: DraftId, path: &str) -> Url {
        let names: Vec<&str> = ["files"].into_iter().chain(path.split('/')).collect();
        self.draft_url(id, &names)
    }

    /// Drafts in a state, the last changed first.
    pub fn drafts(&self, state: DraftState, package: Option<&PackageName>) -> Pages<'_, Draft> {
        let filters = [("state", word(Some(state))), ("package", package.map(ToString::to_string))];
        self.pages(with_query(self.url(&["drafts"]), &filters))
    }

    /// One draft.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn draft(&self, id: DraftId) -> Result<Draft, ClientError> {
        self.get(self.draft_url(id, &[])).await
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// When the version that it shall begin with is not there, or the package is of another kind.
    pub async fn create_draft(&self, draft: &CreateDraft, key: &IdempotencyKey) -> Result<Draft, ClientError> {
        self.post(self.url(&["drafts"]), draft, key).await
    }

    /// Changes version, build and description.
    ///
    /// # Errors
    /// `draft_conflict` when somebody else has meanwhile.
    pub async fn update_draft(&self, id: DraftId, update: &UpdateDraft) -> Result<Accepted, ClientError> {
        self.put(self.draft_url(id, &[]), update).await
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn delete_draft(&self, id: DraftId) -> Result<(), ClientError> {
        self.delete(self.draft_url(id, &[])).await
    }

    /// What a draft holds.
    pub fn draft_entries(&self, id: DraftId, filter: &EntryFilter) -> Pages<'_, DraftEntry> {
        let show = filter.only_changed.then(|| "changed".to_owned());
        self.pages(with_query(
            self.draft_url(id, &["entries"]),
            &[("under", Some(filter.under.clone())), ("show", show)],
        ))
    }

    /// Who changed what, the newest first.
    pub fn draft_changes(&self, id: DraftId) -> Pages<'_, Change> {
        self.pages(self.draft_url(id, &["changes"]))
    }

    /// Changes a draft: all or nothing.
    ///
    /// # Errors
    /// `draft_conflict` when something else is there than was expected, and a stable code for each rule that a path can break.
    pub async fn change_draft(
        &self,
        id: DraftId,
        batch: &Batch,
        key: &IdempotencyKey,
    ) -> Result<Accepted, ClientError> {
        self.post(self.draft_url(id, &["operations"]), batch, key).await
    }

    /// Undoes an edit.
    ///
    /// # Errors
    /// `nothing_to_undo`, or `draft_conflict` when the same paths were changed since.
    pub async fn undo_draft(&self, id: DraftId, undo: &Undo, key: &IdempotencyKey) -> Result<Accepted, ClientError> {
        self.post(self.draft_url(id, &["undo"]), undo, key).await
    }

    /// Does an edit again that was undone.
    ///
    /// # Errors
    /// `nothing_to_redo`, or `draft_conflict` when the same paths were changed since.
    pub async fn redo_draft(&self, id: DraftId, undo: &Undo, key: &IdempotencyKey) -> Result<Accepted, ClientError> {
        self.post(self.draft_url(id, &["redo"]), undo, key).await
    }

    /// What lint says of a draft.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn lint_draft(&self, id: DraftId) -> Result<DraftLint, ClientError> {
        self.get(self.draft_url(id, &["lint"])).await
    }

    /// Publishes a draft.
    ///
    /// # Errors
    /// `draft_refused` when lint found an error, `version_exists` when the number is taken.
    pub async fn publish_draft(
        &self,
        id: DraftId,
        publish: &PublishDraft,
        key: &IdempotencyKey,
    ) -> Result<Published, ClientError> {
        let url = self.draft_url(id, &["publish"]);
        // All of the content passes through the server once more, which says nothing meanwhile.
        read(self.send(|| self.uploading(url.clone(), key).json(publish)).await?).await
    }

    /// A file of a draft, whole: for texts.
    ///
    /// # Errors
    /// When there is no such file, or it has more than `most` bytes.
    pub async fn draft_text(&self, id: DraftId, path: &str, most: u64) -> Result<DraftText, ClientError> {
        let url = self.file_url(id, path);
        let response = self.send(|| self.request(Method::GET, url.clone())).await?;
        if response.content_length().is_some_and(|length| length > most) {
            return Err(ClientError::unexpected(&url, format!("it has more than {most} bytes")));
        }
        let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        let expect =
            tag.trim_matches('"').parse().map_err(|_| ClientError::unexpected(&url, "its ETag is no digest"))?;
        let bytes = response.bytes().await.map_err(|error| self.transport(&error))?;
        Ok(DraftText { bytes: bytes.into(), expect })
    }

    /// Streams a file of a draft.
    ///
    /// # Errors
    /// When there is no such file.
    pub async fn draft_file(&self, id: DraftId, path: &str) -> Result<reqwest::Response, ClientError> {
        let url = self.file_url(id, path);
        self.send(|| self.request(Method::GET, url.clone())).await
    }

    /// Writes a small file of a draft.
    ///
    /// # Errors
    /// `draft_conflict` when something else is there than was expected.
    pub async fn put_draft_text(&self, id: DraftId, path: &str, text: DraftText) -> Result<Accepted, ClientError> {
        let url = self.file_url(id, path);
        let response = self.send(|| {
            expecting(self.request(Method::PUT, url.clone()), text.expect)
                .header(CONTENT_TYPE, "application/octet-stream")
                .body(text.bytes.clone())
        });
        read(response.await?).await
    }
}

fn expecting(request: RequestBuilder, expect: Expectation) -> RequestBuilder {
    match expect {
        Expectation::Absent => request.header(IF_NONE_MATCH, "*"),
        Expectation::Present | Expectation::Any => request.header(IF_MATCH, "*"),
        Expectation::Content(digest) => request.header(IF_MATCH, format!("\"{digest}\"")),
    }
}
