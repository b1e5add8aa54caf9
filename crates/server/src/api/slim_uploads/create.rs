//! `POST /api/v1/slim-uploads`

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use packhorse_content::slim::SlimList;
use packhorse_model::api::packages::PushReply;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::api::uploads::create::{Upload, publish};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{self, Query};
use crate::intake;

/// Makes an archive from what is stored and what was sent, and takes it in as a new version. The body is the list of what it is made of. Refused as
/// the archive itself would be; and if it does not come out bit for bit, or something is missing.
#[utoipa::path(
    post, path = "/api/v1/slim-uploads", operation_id = "slim_upload_archive", tag = "packages",
    params(Upload),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = PushReply, description = "The version was made"),
        (status = 200, body = PushReply, description = "It was there with the same bytes"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    caller: Caller,
    Query(upload): Query<Upload>,
    body: Body,
) -> Result<Response, ApiError> {
    let intake = upload.intake()?;
    let bytes = extract::bytes(body, SlimList::MAX_BYTES).await?;
    let list = SlimList::from_bytes(&bytes).map_err(|error| {
        ApiError::invalid("slim_list", error.to_string()).hint("push with --slim of the same version, or without it")
    })?;
    let (received, used) = intake::assemble(&app, intake.options(), list).await?;
    let response = publish(&app, &caller, intake, received).await?;
    intake::unstage(&app, &used).await;
    Ok(response)
}
