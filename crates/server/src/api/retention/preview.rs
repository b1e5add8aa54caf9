//! `POST /api/v1/packages/{package}/retention/preview`

use axum::Json;
use packhorse_model::api::retention::{PreviewRetention, RetentionPreview, SetRetention, VersionFate};
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::packages;

use super::check;
use crate::access::CallerRequest;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;
use crate::retention::{Judged, fates, of_package};

/// What a rule would do to the versions of a package now, or the one that holds if none is said. Deletes nothing.
#[utoipa::path(
    post, path = "/api/v1/packages/{package}/retention/preview", operation_id = "preview_retention", tag = "packages",
    params(("package" = PackageName, Path), PageQuery), request_body = PreviewRetention,
    responses((status = 200, body = RetentionPreview), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(package): Path<PackageName>,
    Query(page): Query<PageQuery>,
    call: CallerRequest<PreviewRetention>,
) -> Result<Json<RetentionPreview>, ApiError> {
    let after = page.after::<VersionNumber>()?;
    let asked = SetRetention { rule: call.input.rule };
    check(&asked)?;
    let mut reader = call.app.store.read().await?;
    let stored = packages::by_name(&mut reader, &package).await?;
    let stored = stored.ok_or_else(|| crate::api::packages::not_found(&package))?;
    let rule = match asked.rule {
        Some(rule) => Some(rule),
        None => of_package(&mut reader, stored.id).await?.rule,
    };
    let judged = Judged { id: stored.id, name: package, kind: stored.kind };
    let fates = fates(&mut reader, &judged, rule.as_ref(), call.now).await?;
    let going = fates.iter().filter(|fate| fate.kept_because.is_none());
    let (deleted, deleted_bytes) = going.fold((0, 0), |(count, bytes), fate| (count + 1, bytes + fate.new_bytes));
    let total = fates.len() as u64;
    let from = after.map_or(0, |after| fates.partition_point(|fate| fate.version >= after));
    let rows: Vec<VersionFate> = fates.into_iter().skip(from).take(page.limit() as usize + 1).collect();
    let page = page.page(rows, total, |last| last.version.to_string());
    Ok(Json(RetentionPreview {
        rule,
        kept: total - deleted,
        deleted,
        deleted_bytes,
        items: page.items,
        next: page.next,
        total,
    }))
}
