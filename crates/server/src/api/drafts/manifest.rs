//! `GET` and `PUT /api/v1/drafts/{id}/manifest`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use packhorse_content::EntryPath;
use packhorse_content::segment::FileRef;
use packhorse_model::api::drafts::{Accepted, ChangeKind, ConflictProblem, DraftManifest, Expectation, PutManifest};
use packhorse_model::ids::DraftId;
use packhorse_model::manifest::{FILE_NAME, Manifest};
use packhorse_model::problem::Problem;
use packhorse_store::collection;
use packhorse_store::drafts::entries;

use crate::access::{Caller, CallerRequest};
use crate::app::App;
use crate::drafts::{self, DraftError, Edit, Step, find};
use crate::error::ApiError;
use crate::extract::Path;
use crate::intake::write_content;

/// The settings of a draft's package, as its `packhorse.toml` says them.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}/manifest", operation_id = "get_draft_manifest", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    responses((status = 200, body = DraftManifest), (status = "4XX", body = Problem)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DraftId>,
) -> Result<Json<DraftManifest>, ApiError> {
    let (text, digest) = read(&app, id).await?;
    let manifest = Manifest::parse(&text).map_err(|error| drafts::wrong_manifest(&error))?;
    Ok(Json(DraftManifest { manifest, digest }))
}

/// Writes settings into a draft's `packhorse.toml`; its comments stay.
#[utoipa::path(
    put, path = "/api/v1/drafts/{id}/manifest", operation_id = "put_draft_manifest", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    request_body = PutManifest,
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ConflictProblem, description = "Somebody else changed packhorse.toml"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn put(Path(id): Path<DraftId>, request: CallerRequest<PutManifest>) -> Result<Response, DraftError> {
    let app = request.app.clone();
    let input = request.input.clone();
    let (text, digest) = read(&app, id).await?;
    let text = drafts::rewrite(&text, &input.manifest)?;
    let (files, stored) = drafts::store_texts(&app, vec![text.into_bytes()]).await?;
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answer) => return Ok(answer),
    };
    let (by, at) = (call.caller.name.clone(), call.now);
    let hold = collection::hold(call.conn()).await?;
    let draft = drafts::lock(call.conn(), id).await?;
    write_content(call.conn(), &hold, (&stored).into(), at).await?;
    let path = EntryPath::new(FILE_NAME).map_err(ApiError::internal)?;
    let file = files.first().copied().ok_or_else(|| ApiError::internal("a text was stored as no file"))?;
    // The text was made from what was read, which must still be there: `any` and `present` are not enough.
    let expect = match (input.expect, digest) {
        (Expectation::Any, None) => Expectation::Absent,
        (Expectation::Any | Expectation::Present, Some(digest)) => Expectation::Content(digest),
        (expect, _) => expect,
    };
    let steps = [Step::Write { path, file, mode: None, expect }];
    let edit = Edit { by: &by, at, kind: ChangeKind::Edit, title: "change the settings in packhorse.toml", seen: None };
    let accepted = drafts::edit(call.conn(), draft, &steps, &edit).await?;
    let response = call.finish(StatusCode::OK, &accepted).await?;
    app.drafts.tell();
    Ok(response)
}

/// The text of a draft's `packhorse.toml`, empty if there is none.
async fn read(app: &App, id: DraftId) -> Result<(String, Option<packhorse_model::Digest>), ApiError> {
    let rows = {
        let mut reader = app.store.read().await?;
        find(&mut reader, id).await?;
        entries::at(&mut reader, id, &[FILE_NAME.to_owned()]).await?
    };
    match rows.into_iter().find_map(|row| row.now) {
        None => Ok((String::new(), None)),
        Some(state) => {
            let digest = state.digest.ok_or_else(|| {
                ApiError::invalid("MANIFEST", "packhorse.toml is not a file").hint("delete it, or move it elsewhere")
            })?;
            let text = drafts::read_manifest(app, FileRef { digest, size: state.size }).await?;
            Ok((text, Some(digest)))
        }
    }
}
