//! Slim uploads: an archive that is not sent, but described, with what the server lacks of it.
//!
//! The order of a push: which files are missing; the recipes of those that have one, in packs; which segments those recipes lack; these, in packs;
//! last the list, from which the archive is made again here and taken in like any other. Nothing has to be remembered between the requests: what
//! has arrived is found by its digest, by the second try as well as by the first.

mod create;
mod missing_files;
mod missing_segments;
mod packs;

use packhorse_model::Digest;
use packhorse_model::api::slim::read_question;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;
use crate::extract;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::handler))
        .routes(routes!(missing_files::handler))
        .routes(routes!(missing_segments::handler))
        .routes(routes!(packs::handler))
}

/// Reads the digests that are asked about.
async fn question(body: axum::body::Body) -> Result<Vec<Digest>, ApiError> {
    let bytes = extract::bytes(body, packhorse_model::api::slim::MOST_ASKED * 32).await?;
    read_question(&bytes).ok_or_else(|| {
        ApiError::invalid("slim_question", "the body is not a list of digests of 32 bytes each")
            .hint("send the digests as bytes, one behind the other")
    })
}

/// An answer is bytes.
fn answer(marks: &[bool]) -> axum::response::Response {
    let octets = [(http::header::CONTENT_TYPE, "application/octet-stream")];
    axum::response::IntoResponse::into_response((octets, packhorse_model::api::slim::answer(marks)))
}
