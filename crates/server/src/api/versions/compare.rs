//! `GET /api/v1/packages/{package}/versions/{version}/compare/{other}`

use axum::Json;
use axum::extract::State;
use packhorse_content::compare::{Change, compare};
use packhorse_model::api::compare::{ChangeCounts, ChangeKind, ComparedVersion, Comparison, TreeChange};
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};

use super::find;
use super::tree::row;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::objects::Library;
use crate::paging::PageQuery;

/// Compares a version with another, `other` being a number, or `package@number`: what is added, removed, changed and renamed, by path.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/compare/{other}", operation_id = "compare_versions", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path), ("other" = String, Path), PageQuery),
    responses((status = 200, body = Comparison), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version, other)): Path<(PackageName, VersionNumber, String)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Comparison>, ApiError> {
    let after = page.after::<String>()?;
    let wrong = || ApiError::bad_request("bad_version", format!("{other:?} is neither VERSION nor PACKAGE@VERSION"));
    let (other_package, other_version) = match other.split_once('@') {
        Some((name, number)) => (name.parse().map_err(|_| wrong())?, number.parse().map_err(|_| wrong())?),
        None => (package.clone(), other.parse().map_err(|_| wrong())?),
    };
    let (old, new) = (find(&app, &package, &version).await?, find(&app, &other_package, &other_version).await?);
    let library = Library::new(app.store.clone(), app.objects.clone());
    let trees = tokio::task::spawn_blocking(move || {
        let tree =
            |of: &packhorse_store::versions::StoredVersion| library.tree(&of.detail.summary.tree, of.content.tree_size);
        Ok((tree(&old)?, tree(&new)?))
    });
    let (old, new) = trees.await.map_err(ApiError::internal)?.map_err(ApiError::content)?;
    let changes = compare(&old, &new);
    let mut counts = ChangeCounts::default();
    for change in &changes {
        match change {
            Change::Added(_) => counts.added += 1,
            Change::Removed(_) => counts.removed += 1,
            Change::Changed(..) => counts.changed += 1,
            Change::Mode(..) => counts.mode += 1,
            Change::Renamed(..) => counts.renamed += 1,
        }
    }
    counts.unchanged =
        (old.entries().len() as u64).saturating_sub(counts.removed + counts.changed + counts.mode + counts.renamed);
    let from = after.map_or(0, |after| changes.partition_point(|change| change.path() <= after.as_str()));
    let rows = changes[from..].iter().take(page.limit() as usize + 1).map(told).collect();
    let page = page.page(rows, changes.len() as u64, |last: &TreeChange| {
        last.new.as_ref().or(last.old.as_ref()).map(|entry| entry.path.clone()).unwrap_or_default()
    });
    let from = ComparedVersion { package, version };
    let to = ComparedVersion { package: other_package, version: other_version };
    Ok(Json(Comparison { from, to, counts, items: page.items, next: page.next, total: page.total }))
}

fn told(change: &Change<'_>) -> TreeChange {
    let (change, old, new) = match change {
        Change::Added(new) => (ChangeKind::Added, None, Some(*new)),
        Change::Removed(old) => (ChangeKind::Removed, Some(*old), None),
        Change::Changed(old, new) => (ChangeKind::Changed, Some(*old), Some(*new)),
        Change::Mode(old, new) => (ChangeKind::Mode, Some(*old), Some(*new)),
        Change::Renamed(old, new) => (ChangeKind::Renamed, Some(*old), Some(*new)),
    };
    TreeChange { change, old: old.map(row), new: new.map(row) }
}
