//! `GET /api/v1/attempts/{attempt}/steps/{index}/output`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use packhorse_model::ids::AttemptId;
use packhorse_model::problem::Problem;
use packhorse_store::attempts::{self, StepProgress};
use packhorse_store::script_results;
use packhorse_store::step_outputs::{self, Piece};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::script_outputs::gone;

/// Pieces in one answer, each of at most 64 KiB.
const PIECES: u32 = 16;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Offset {
    /// Where to begin in the whole output; `X-Next-Offset` of the answer before.
    #[serde(default)]
    offset: u64,
}

/// What a step wrote, from an offset on. `X-Next-Offset` says where to go on, `X-Complete` whether there is no more to come.
#[utoipa::path(
    get, path = "/api/v1/attempts/{attempt}/steps/{index}/output", operation_id = "get_output", tag = "deployments",
    params(
        ("attempt" = AttemptId, Path, description = "The attempt."),
        ("index" = u32, Path, description = "The step, from 0."),
        Offset,
    ),
    responses(
        (status = 200, body = String, content_type = "text/plain", headers(
            ("X-Next-Offset" = u64, description = "Where to go on."),
            ("X-Complete" = bool, description = "Whether there is no more to come."),
        )),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((attempt, index)): Path<(AttemptId, u32)>,
    Query(query): Query<Offset>,
) -> Result<Response, ApiError> {
    let mut reader = app.store.read().await?;
    let progress = attempts::step_progress(&mut reader, attempt, index).await?;
    let pieces = step_outputs::pieces(&mut reader, attempt, index, query.offset, PIECES).await?;
    if progress.is_none() && pieces.is_empty() {
        return Err(ApiError::not_found("step", format!("{index} of attempt {attempt}")));
    }
    if query.offset == 0
        && pieces.is_empty()
        && let Some(dropped_at) = script_results::dropped_of_attempt(&mut reader, attempt).await?
    {
        return Err(gone(dropped_at));
    }
    let may_go_on = pieces.len() == PIECES as usize;
    let (body, next) = join(query.offset, pieces);
    let is_complete = progress == Some(StepProgress::Ended) && !may_go_on;
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let position = [("x-next-offset", next.to_string()), ("x-complete", is_complete.to_string())];
    Ok((headers, position, body).into_response())
}

/// The pieces from `offset` on as one text, with a line where the middle was left out, and the offset behind them.
fn join(offset: u64, pieces: Vec<Piece>) -> (Vec<u8>, u64) {
    let (mut body, mut at) = (Vec::new(), offset);
    for piece in pieces {
        let end = piece.start + piece.bytes.len() as u64;
        if piece.start > at {
            body.extend_from_slice(format!("\n[{} bytes are left out here]\n", piece.start - at).as_bytes());
            at = piece.start;
        }
        let skip = usize::try_from(at - piece.start).unwrap_or(usize::MAX).min(piece.bytes.len());
        body.extend_from_slice(&piece.bytes[skip..]);
        at = at.max(end);
    }
    (body, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start: u64, text: &str) -> Piece {
        Piece { start, bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn joins_and_says_what_is_left_out() {
        let pieces = || vec![piece(0, "abc"), piece(3, "de"), piece(10, "xyz")];
        let text = |(body, next): (Vec<u8>, u64)| format!("{} @{next}", String::from_utf8(body).unwrap());
        insta::assert_snapshot!(text(join(1, pieces())), @r"
        bcde
        [5 bytes are left out here]
        xyz @13
        ");
        insta::assert_snapshot!(text(join(11, vec![piece(10, "xyz")])), @"yz @13");
        insta::assert_snapshot!(text(join(13, Vec::new())), @" @13");
    }
}
