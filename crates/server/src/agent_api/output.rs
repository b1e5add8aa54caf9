//! `POST /agent/v1/attempts/{attempt}/steps/{index}/output`

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use http::StatusCode;
use packhorse_model::ids::AttemptId;
use packhorse_model::problem::Problem;
use packhorse_store::attempts;
use packhorse_store::step_outputs::{self, Appended};
use serde::Deserialize;

use crate::access::Agent;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};

/// Steps that one attempt may have.
const MOST_STEPS: u32 = 256;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Offset {
    /// Where the piece begins in the whole output of the step.
    offset: u64,
}

/// Takes the next piece of a step's output. A piece that does not begin where the last one ended is refused with the expected offset as
/// `detail`. Of long output the beginning and the end are kept.
#[utoipa::path(
    post, path = "/agent/v1/attempts/{attempt}/steps/{index}/output", operation_id = "add_output", tag = "agents",
    params(
        ("attempt" = AttemptId, Path, description = "The attempt."),
        ("index" = u32, Path, description = "The step, from 0."),
        Offset,
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, description = "It is stored."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    agent: Agent,
    Path((attempt, index)): Path<(AttemptId, u32)>,
    Query(query): Query<Offset>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    app.presence.note(agent.host, app.clock.now());
    let bytes = bytes.map_err(|error| {
        ApiError::new(error.status(), "bad_body", "the piece is too long, or was cut off").detail(error.body_text())
    })?;
    let standing = attempts::standing(&mut *app.store.read().await?, attempt).await?;
    let standing = standing.ok_or_else(|| ApiError::not_found("attempt", attempt))?;
    if standing.host != agent.host {
        return Err(ApiError::forbidden("not_your_attempt", format!("attempt {attempt} is not of this host")));
    }
    if index >= MOST_STEPS {
        return Err(ApiError::invalid("too_many_steps", format!("an attempt has at most {MOST_STEPS} steps")));
    }
    let offset = query.offset;
    let appended = app
        .store
        .transact(move |tx| {
            let bytes = bytes.clone();
            Box::pin(async move { step_outputs::append(tx, attempt, index, offset, &bytes).await })
        })
        .await?;
    match appended {
        Appended::Stored => Ok(StatusCode::NO_CONTENT),
        Appended::Expected { offset } => {
            Err(ApiError::conflict("output_offset", "this piece does not follow the last one")
                .detail(offset.to_string())
                .hint("go on at the offset that `detail` says"))
        }
    }
}
