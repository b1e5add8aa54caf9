//! Refusals of drafts as clients are told: a conflict says what is there in fact, who put it there and when.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use packhorse_model::UserName;
use packhorse_model::api::drafts::{ConflictProblem, PathConflict, RefusedProblem};
use packhorse_model::api::packages::Finding;
use packhorse_model::ids::DraftId;
use packhorse_model::problem::MEDIA_TYPE;
use packhorse_store::drafts::{changes, entries};
use packhorse_store::{AsStoreError, Conn, StoreError};
use serde::Serialize;

use super::refusal::Refusal;
use crate::error::ApiError;

/// The most paths that a conflict names.
const MOST_NAMED: usize = 100;

/// Why a request about a draft failed.
#[derive(Debug)]
pub(crate) enum DraftError {
    /// As any request.
    Api(ApiError),
    /// Something else is there than was expected.
    Conflict(Box<ConflictProblem>),
    /// Lint refuses it.
    Refused(Box<RefusedProblem>),
}

impl From<ApiError> for DraftError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<StoreError> for DraftError {
    fn from(error: StoreError) -> Self {
        Self::Api(error.into())
    }
}

impl AsStoreError for DraftError {
    fn as_store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Api(error) => error.as_store_error(),
            Self::Conflict(_) | Self::Refused(_) => None,
        }
    }
}

impl IntoResponse for DraftError {
    fn into_response(self) -> Response {
        match self {
            Self::Api(error) => error.into_response(),
            Self::Conflict(problem) => respond(StatusCode::CONFLICT, &problem),
            Self::Refused(problem) => respond(StatusCode::UNPROCESSABLE_ENTITY, &problem),
        }
    }
}

fn respond(status: StatusCode, problem: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(problem)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What a refusal means, with what is there in fact if it is a conflict.
pub(super) async fn explain(conn: &mut Conn, draft: DraftId, refusal: Refusal) -> Result<DraftError, StoreError> {
    let Refusal::Conflict(mut paths) = refusal else { return Ok(refusal.into_api().into()) };
    let count = paths.len();
    paths.truncate(MOST_NAMED);
    let there = entries::at(conn, draft, &paths).await?;
    let touched = changes::touched(conn, draft, &paths, 0).await?;
    let conflicts = paths.into_iter().map(|path| {
        let now = there.iter().find(|row| row.path == path).and_then(|row| row.now.as_ref());
        let last = touched.iter().find(|touch| touch.path == path);
        PathConflict {
            present: now.map(|state| state.kind),
            digest: now.and_then(|state| state.digest),
            changed_by: last.map(|last| last.by.clone()),
            changed_at: last.map(|last| last.at),
            revision: last.map(|last| last.revision),
            path,
        }
    });
    let conflicts: Vec<PathConflict> = conflicts.collect();
    let title = conflicts.first().map_or_else(|| "something else is there".to_owned(), |first| sentence(first, count));
    let error = ApiError::conflict("draft_conflict", title)
        .hint("nothing was changed: look at what is there now, and send the change again with what it should expect");
    Ok(DraftError::Conflict(Box::new(ConflictProblem { problem: error.problem().clone(), conflicts })))
}

fn sentence(conflict: &PathConflict, count: usize) -> String {
    let others = match count {
        0 | 1 => String::new(),
        count => format!(", and {} more paths are not as expected", count - 1),
    };
    let what = match (&conflict.changed_by, conflict.changed_at, conflict.present) {
        (Some(by), Some(at), Some(_)) => format!("{:?} was changed by {by} at {at}", conflict.path),
        (Some(by), Some(at), None) => format!("{:?} was removed by {by} at {at}", conflict.path),
        (_, _, Some(_)) => format!("{:?} is there, with other content than expected", conflict.path),
        (_, _, None) => format!("there is nothing at {:?}", conflict.path),
    };
    format!("{what}{others}")
}

/// The words about a draft were changed by somebody else.
pub(super) fn of_settings(by: UserName, at: Timestamp, revision: u64) -> DraftError {
    let error =
        ApiError::conflict("draft_conflict", format!("version, build or description were changed by {by} at {at}"))
            .hint("nothing was changed: look at what they are now, and send them again");
    let conflict = PathConflict {
        path: String::new(),
        present: None,
        digest: None,
        changed_by: Some(by),
        changed_at: Some(at),
        revision: Some(revision),
    };
    DraftError::Conflict(Box::new(ConflictProblem { problem: error.problem().clone(), conflicts: vec![conflict] }))
}

/// Lint refuses a draft.
pub(super) fn of_lint(findings: Vec<Finding>, errors: usize) -> DraftError {
    let noun = if errors == 1 { "error" } else { "errors" };
    let first = findings.iter().max_by_key(|finding| finding.severity).map(|finding| finding.message.clone());
    let error = ApiError::invalid("draft_refused", format!("{errors} {noun} in the draft must be mended first"))
        .detail(first.unwrap_or_default())
        .hint("nothing was published: `packhorse draft lint` names all of them");
    DraftError::Refused(Box::new(RefusedProblem { problem: error.problem().clone(), findings }))
}
