//! Applying the rules of all packages once a day.
//!
//! Each version goes in a transaction of its own, with an audit entry, so that the work may be killed between any two. The bytes become free in a
//! collection of garbage.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::UserName;
use packhorse_model::api::retention::{RetentionRule, VersionFate};
use packhorse_store::audit::NewEntry;
use packhorse_store::retention::RuledPackage;
use packhorse_store::{StoreError, Tx, collection, packages, retention, version_states, versions};
use serde_json::json;

use super::{Judged, fates};
use crate::app::App;

/// How often it is looked whether rules are to be applied.
const LOOK: Duration = Duration::from_secs(10 * 60);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Packages that are read at once.
const PACKAGES: u32 = 100;
/// Who deletes by rule, in tombstones and in the audit log.
const SERVER: &str = "server";

/// Applies the rules once a day, until the server stops.
pub(crate) async fn daily(app: App) {
    loop {
        match apply_if_due(&app).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "versions were deleted by the rules for their retention"),
            Err(error) => {
                tracing::warn!(%error, "the rules for the retention of versions could not all be applied; the rest waits a day");
            }
        }
        if tokio::time::timeout(LOOK, app.stopping.cancelled()).await.is_ok() {
            return;
        }
    }
}

/// Applies the rules if that was last done a day ago, or never. Gives how many versions were deleted.
///
/// # Errors
/// Those of the store. What was deleted by then stays so.
pub async fn apply_if_due(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    let last = retention::applied_at(&mut tx).await?;
    if last.is_some_and(|last| now.duration_since(last) < DAY) {
        return Ok(0);
    }
    // Of several servers, one does it.
    retention::set_applied_at(&mut tx, now).await?;
    let site = retention::of_site(&mut tx).await?.and_then(|said| said.rule);
    tx.commit().await?;

    let (mut after, mut deleted) = (None, 0);
    loop {
        let page = retention::packages(&mut *app.store.read().await?, site.is_some(), after, PACKAGES).await?;
        let Some(last) = page.last() else { return Ok(deleted) };
        after = Some(last.id);
        for package in page {
            if app.stopping.is_cancelled() {
                return Ok(deleted);
            }
            let rule = package.own.clone().unwrap_or_else(|| site.clone());
            if let Some(rule) = rule {
                deleted += apply(app, package, &rule, now).await?;
            }
        }
    }
}

async fn apply(app: &App, package: RuledPackage, rule: &RetentionRule, now: Timestamp) -> Result<u64, StoreError> {
    let package = Judged { id: package.id, name: package.name, kind: package.kind };
    let fates = fates(&mut *app.store.read().await?, &package, Some(rule), now).await?;
    let mut deleted = 0;
    for fate in fates.iter().filter(|fate| fate.kept_because.is_none()) {
        let mut tx = app.store.write().await?;
        if delete(&mut tx, &package, fate, rule, now).await? {
            tx.commit().await?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// Deletes a version, if nothing has come to need it since it was judged.
async fn delete(
    tx: &mut Tx,
    package: &Judged,
    fate: &VersionFate,
    rule: &RetentionRule,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let hold = collection::hold(tx).await?;
    packages::lock(tx, &package.name).await?;
    let Some(found) = versions::by_id(tx, fate.id).await? else { return Ok(false) };
    let is_needed = found.detail.summary.is_protected
        || found.detail.summary.state != fate.state
        || version_states::holders(tx, package.id, Some(&fate.version), 1).await?.total > 0
        || version_states::open_deployment(tx, package.id, Some(&fate.version)).await?.is_some()
        || retention::in_drafts(tx, &package.name).await?.contains(&fate.version);
    if is_needed {
        return Ok(false);
    }
    let by: UserName = SERVER.parse().map_err(|_| StoreError::Conflict)?;
    version_states::delete(tx, &hold, package.id, Some(fate.id), &by, now).await?;
    packages::refresh(tx, package.id, now).await?;
    tx.audit(NewEntry {
        at: now,
        actor: SERVER.to_owned(),
        action: "version.delete",
        object: format!("{}@{}", package.name, fate.version),
        detail: json!({ "tree": found.detail.summary.tree, "retention": rule }),
    });
    Ok(true)
}
