//! `GET /api/v1/packages/{package}/versions/{version}/tree`

use axum::Json;
use axum::extract::State;
use packhorse_content::{Entry, EntryKind};
use packhorse_model::api::Page;
use packhorse_model::api::packages::{TreeEntry, TreeEntryKind};
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::objects::Library;
use crate::paging::PageQuery;

/// Lists what a version consists of, by path.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/tree", operation_id = "list_tree", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path), PageQuery),
    responses((status = 200, body = Page<TreeEntry>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version)): Path<(PackageName, VersionNumber)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TreeEntry>>, ApiError> {
    let after = page.after::<String>()?;
    let found = find(&app, &package, &version).await?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let (tree, size) = (found.detail.summary.tree, found.content.tree_size);
    let tree = tokio::task::spawn_blocking(move || library.tree(&tree, size)).await.map_err(ApiError::internal)?;
    let tree = tree.map_err(ApiError::content)?;
    let from = after.map_or(0, |after| tree.entries().partition_point(|entry| entry.path.as_str() <= after.as_str()));
    let rows = tree.entries()[from..].iter().take(page.limit() as usize + 1).map(row).collect();
    Ok(Json(page.page(rows, tree.entries().len() as u64, |last| last.path.clone())))
}

pub(super) fn row(entry: &Entry) -> TreeEntry {
    let (kind, size, digest, target) = match &entry.kind {
        EntryKind::Directory => (TreeEntryKind::Directory, 0, None, None),
        EntryKind::File { size, digest } => (TreeEntryKind::File, *size, Some(*digest), None),
        EntryKind::Symlink { target } => (TreeEntryKind::Symlink, 0, None, Some(target.as_str().to_owned())),
    };
    TreeEntry { path: entry.path.as_str().to_owned(), kind, mode: format!("{:o}", entry.mode), size, digest, target }
}
