//! `GET /api/v1/drafts/{id}/lint`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::drafts::DraftLint;
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::app::App;
use crate::danger;
use crate::drafts;
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::Library;

/// What would be refused if a draft were published now, and what should be better.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}/lint", operation_id = "lint_draft", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    responses((status = 200, body = DraftLint), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DraftId>,
) -> Result<Json<DraftLint>, ApiError> {
    let (draft, tree) = {
        let mut reader = app.store.read().await?;
        let draft = drafts::find(&mut reader, id).await?;
        let tree = drafts::entry_tree(&mut reader, id).await?;
        (draft, tree)
    };
    let library = Library::new(app.store.clone(), app.objects.clone());
    let rules = danger::rule_set(&app).await?;
    let revision = draft.revision;
    let linted =
        tokio::task::spawn_blocking(move || drafts::lint(&draft, draft.version.as_ref(), &tree, &library, &rules));
    Ok(Json(DraftLint { revision, findings: linted.await.map_err(ApiError::internal)??.findings }))
}
