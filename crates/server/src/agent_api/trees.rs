//! `GET /agent/v1/trees/{tree}`, `…/full` and `…/delta/{from}`

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use packhorse_model::Digest;
use packhorse_model::problem::Problem;
use packhorse_store::versions;

use crate::access::Agent;
use crate::app::App;
use crate::download::Sent;
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::Library;
use crate::transfers::{TreeRef, send};

async fn find(app: &App, tree: Digest) -> Result<TreeRef, ApiError> {
    let size = versions::tree_size(&mut *app.store.read().await?, &tree).await?;
    size.map(|size| TreeRef { digest: tree, size }).ok_or_else(|| ApiError::not_found("tree", tree))
}

/// The list of a tree in its canonical form.
#[utoipa::path(
    get, path = "/agent/v1/trees/{tree}", operation_id = "agent_get_tree", tag = "agents",
    params(("tree" = Digest, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = Problem)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _agent: Agent,
    Path(tree): Path<Digest>,
) -> Result<Response, ApiError> {
    let tree = find(&app, tree).await?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let list =
        tokio::task::spawn_blocking(move || library.tree(&tree.digest, tree.size)).await.map_err(ApiError::internal)?;
    let list = list.map_err(ApiError::content)?;
    Ok(Response::new(Sent::File.counted(Body::from(list.to_bytes()))))
}

/// The whole tree as a tar under zstd. Answers ranges.
#[utoipa::path(
    get, path = "/agent/v1/trees/{tree}/full", operation_id = "agent_get_full", tag = "agents",
    params(("tree" = Digest, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = Problem)),
)]
pub(crate) async fn full(
    State(app): State<App>,
    _agent: Agent,
    Path(tree): Path<Digest>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let tree = find(&app, tree).await?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let path = app.transfers.full(library, tree).await.map_err(ApiError::content)?;
    send(Sent::Full, &path, &tree.digest.to_string(), &headers).await
}

/// What leads from one tree to another. Answers ranges.
#[utoipa::path(
    get, path = "/agent/v1/trees/{tree}/delta/{from}", operation_id = "agent_get_delta", tag = "agents",
    params(("tree" = Digest, Path), ("from" = Digest, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = Problem)),
)]
pub(crate) async fn delta(
    State(app): State<App>,
    _agent: Agent,
    Path((tree, from)): Path<(Digest, Digest)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (to, from) = (find(&app, tree).await?, find(&app, from).await?);
    let library = Library::new(app.store.clone(), app.objects.clone());
    let path = app.transfers.delta(library, from, to).await.map_err(ApiError::content)?;
    send(Sent::Delta, &path, &format!("{}.{}", to.digest, from.digest), &headers).await
}
