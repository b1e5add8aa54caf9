//! Instances: what agents say is on their hosts. Only inventories and reports write here, so that the table never claims more than
//! was seen. How they are listed is in `instance_list`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::ids::{HostId, PackageId};
use packhorse_model::name::PackageName;
use packhorse_model::order::{Health, InstanceReport};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
pub use crate::instance_list::{Drift, Filter, HeardSince, Within, count, page, total};
pub use crate::instance_order::{InstanceKey, InstanceOrder, InstancePlace, sorted_page};
use crate::row::Row;
use crate::sql::word;

/// What an inventory changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Packages of which an instance came, went, or changed in any way.
    pub changed: Vec<PackageId>,
    /// Names that are no package here.
    pub unknown: Vec<PackageName>,
}

#[derive(PartialEq, Eq)]
struct Kept {
    version: String,
    version_key: String,
    tree: packhorse_model::Digest,
    install_root: String,
    state: String,
    health: String,
    reason: Option<String>,
    previous: Option<String>,
    rendering: Option<packhorse_model::Digest>,
    previous_rendering: Option<packhorse_model::Digest>,
    drift: Option<i64>,
}

/// Makes the instances of a host what its agent reports, touching only what differs.
pub async fn replace(
    conn: &mut Conn,
    host: HostId,
    reports: &[InstanceReport],
    now: Timestamp,
) -> Result<Replaced, StoreError> {
    let mut stored = of_host(conn, host).await?;
    let mut replaced = Replaced::default();
    for report in reports {
        let Some(package) = package_id(conn, &report.package).await? else {
            replaced.unknown.push(report.package.clone());
            continue;
        };
        let fresh = Kept {
            version: report.version.to_string(),
            version_key: report.version.sort_key(),
            tree: report.tree,
            install_root: report.install_root.clone(),
            state: word(&report.state)?,
            health: word(&report.health)?,
            reason: report.reason.clone(),
            previous: report.previous.as_ref().map(ToString::to_string),
            rendering: report.rendering,
            previous_rendering: report.previous_rendering,
            drift: report.drift.map(|files| i64::try_from(files).unwrap_or(i64::MAX)),
        };
        if stored.remove(&package).as_ref() != Some(&fresh) {
            upsert(conn, host, package, &fresh, now).await?;
            replaced.changed.push(package);
        }
    }
    for package in stored.into_keys() {
        conn.execute("DELETE FROM instances WHERE host_id = $1 AND package_id = $2", args![host, package]).await?;
        replaced.changed.push(package);
    }
    Ok(replaced)
}

async fn of_host(conn: &mut Conn, host: HostId) -> Result<BTreeMap<PackageId, Kept>, StoreError> {
    let rows = conn
        .query(
            "SELECT package_id, version, version_key, tree, install_root, state, health, reason, previous, rendering, previous_rendering, drift
             FROM instances WHERE host_id = $1",
            args![host],
        )
        .await?;
    let kept = |row: &Row| {
        Ok((
            row.parse("package_id")?,
            Kept {
                version: row.text("version")?,
                version_key: row.text("version_key")?,
                tree: row.digest("tree")?,
                install_root: row.text("install_root")?,
                state: row.text("state")?,
                health: row.text("health")?,
                reason: row.opt_text("reason")?,
                previous: row.opt_text("previous")?,
                rendering: row.opt_digest("rendering")?,
                previous_rendering: row.opt_digest("previous_rendering")?,
                drift: row.opt_int("drift")?,
            },
        ))
    };
    rows.iter().map(kept).collect()
}

async fn package_id(conn: &mut Conn, name: &PackageName) -> Result<Option<PackageId>, StoreError> {
    let row = conn.query_one("SELECT id FROM packages WHERE name = $1", args![name]).await?;
    row.map(|row| row.parse("id")).transpose()
}

async fn upsert(
    conn: &mut Conn,
    host: HostId,
    package: PackageId,
    kept: &Kept,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO instances (host_id, package_id, version, tree, install_root, state, health, reason, previous, rendering,
           previous_rendering, drift, deployment_id, updated_at, version_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                 (SELECT deployment_id FROM claims WHERE host_id = $1 AND package_id = $2), $13, $14)
         ON CONFLICT (host_id, package_id) DO UPDATE SET
           version = excluded.version, version_key = excluded.version_key, tree = excluded.tree, install_root = excluded.install_root, state = excluded.state,
           health = excluded.health, reason = excluded.reason, previous = excluded.previous,
           rendering = excluded.rendering, previous_rendering = excluded.previous_rendering, drift = excluded.drift,
           deployment_id = COALESCE(excluded.deployment_id, instances.deployment_id), updated_at = excluded.updated_at",
        args![
            host,
            package,
            kept.version,
            kept.tree,
            kept.install_root,
            kept.state,
            kept.health,
            kept.reason,
            kept.previous,
            kept.rendering,
            kept.previous_rendering,
            kept.drift,
            now,
            kept.version_key,
        ],
    )
    .await
    .map(drop)
}

/// Notes newer evidence of an instance's health than its host's last inventory.
pub async fn set_health(
    conn: &mut Conn,
    host: HostId,
    package: PackageId,
    health: Health,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE instances SET health = $1, updated_at = $2 WHERE host_id = $3 AND package_id = $4 AND health <> $1",
        args![word(&health)?, now, host, package],
    )
    .await
    .map(drop)
}

/// Forgets the health of what is on a host: it was told of another machine.
pub async fn forget_health(conn: &mut Conn, host: HostId, now: Timestamp) -> Result<(), StoreError> {
    let unknown = word(&Health::Unknown)?;
    conn.execute(
        "UPDATE instances SET health = $1, reason = NULL, updated_at = $2 WHERE host_id = $3 AND health <> $1",
        args![unknown, now, host],
    )
    .await
    .map(drop)
}
