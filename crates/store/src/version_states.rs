//! Where versions stand, and their end: yanked, banned, deleted.

use jiff::Timestamp;
use packhorse_model::api::version_states::StateChange;
use packhorse_model::ids::{DeploymentId, PackageId, PlanId, VersionId};
use packhorse_model::name::{HostName, PackageName, UserName};
use packhorse_model::{Digest, VersionNumber, VersionState};

use crate::args;
use crate::collection::Hold;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::{Sql, word};

/// Changes where a version stands.
pub async fn set(
    conn: &mut Conn,
    version: VersionId,
    state: VersionState,
    change: &StateChange,
) -> Result<(), StoreError> {
    let sql = "UPDATE versions SET state = $2, state_reason = $3, state_by = $4, state_at = $5 WHERE id = $1";
    conn.execute(sql, args![version, word(&state)?, change.reason, change.by, change.at]).await.map(drop)
}

/// Whether a unit of a deployment's plan puts a banned version of its package in place, or starts one.
pub async fn plan_is_banned(conn: &mut Conn, deployment: DeploymentId, plan: PlanId) -> Result<bool, StoreError> {
    let sql = "SELECT v.id FROM deployment_parts x JOIN versions v ON v.package_id = x.package_id AND v.state = 'banned'
               WHERE x.deployment_id = $1 AND EXISTS (SELECT 1 FROM units u WHERE u.plan_id = $2 AND u.package_id = v.package_id
                 AND u.to_version = v.number AND u.action NOT IN ('stop', 'uninstall')) LIMIT 1";
    Ok(conn.query_one(sql, args![deployment, plan]).await?.is_some())
}

/// Says whether a version is protected: whether no rule and no person deletes it. False if that was so already.
pub async fn protect(conn: &mut Conn, version: VersionId, is_protected: bool) -> Result<bool, StoreError> {
    let sql = "UPDATE versions SET is_protected = $2 WHERE id = $1 AND is_protected <> $2";
    Ok(conn.execute(sql, args![version, is_protected]).await? == 1)
}

/// A protected version of a package.
pub async fn first_protected(conn: &mut Conn, package: PackageId) -> Result<Option<VersionNumber>, StoreError> {
    let sql = "SELECT number FROM versions WHERE package_id = $1 AND is_protected LIMIT 1";
    conn.query_one(sql, args![package]).await?.map(|row| row.parse("number")).transpose()
}

/// Hosts that hold something, the first of them by name, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// The first.
    pub first: Vec<HostName>,
    /// All.
    pub total: u64,
}

/// Hosts that run a version of a package, or any if none is said, or could be put back to it.
pub async fn holders(
    conn: &mut Conn,
    package: PackageId,
    version: Option<&VersionNumber>,
    limit: u32,
) -> Result<Holders, StoreError> {
    let (names, total) = match version {
        Some(version) => (
            conn.query(
                "SELECT h.name FROM instances i JOIN hosts h ON h.id = i.host_id
                 WHERE i.package_id = $1 AND (i.version = $2 OR i.previous = $2) ORDER BY h.name LIMIT $3",
                args![package, version, limit],
            )
            .await?,
            conn.query_one(
                "SELECT count(*) AS total FROM instances WHERE package_id = $1 AND (version = $2 OR previous = $2)",
                args![package, version],
            )
            .await?,
        ),
        None => (
            conn.query(
                "SELECT h.name FROM instances i JOIN hosts h ON h.id = i.host_id WHERE i.package_id = $1 ORDER BY h.name LIMIT $2",
                args![package, limit],
            )
            .await?,
            conn.query_one("SELECT count(*) AS total FROM instances WHERE package_id = $1", args![package]).await?,
        ),
    };
    Ok(Holders {
        first: names.iter().map(|row| row.parse("name")).collect::<Result<_, _>>()?,
        total: total.map_or(Ok(0), |row| row.count("total"))?,
    })
}

/// An open deployment of a package that a version, or any if none is said, has a part in.
pub async fn open_deployment(
    conn: &mut Conn,
    package: PackageId,
    version: Option<&VersionNumber>,
) -> Result<Option<DeploymentId>, StoreError> {
    let row = match version {
        None => {
            let sql = "SELECT d.id FROM deployments d JOIN deployment_parts x ON x.deployment_id = d.id
                       WHERE x.package_id = $1 AND d.ended_at IS NULL LIMIT 1";
            conn.query_one(sql, args![package]).await?
        }
        Some(number) => {
            let sql = "SELECT d.id FROM deployments d JOIN deployment_parts x ON x.deployment_id = d.id
                       WHERE x.package_id = $1 AND d.ended_at IS NULL AND (x.version = $2 OR EXISTS
                         (SELECT 1 FROM units u WHERE u.plan_id = d.plan_id AND u.package_id = $1
                            AND (u.from_version = $2 OR u.to_version = $2))) LIMIT 1";
            conn.query_one(sql, args![package, number]).await?
        }
    };
    row.map(|row| row.parse("id")).transpose()
}

/// A version that was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// What it held.
    pub tree: Digest,
    /// Who deleted it.
    pub deleted_by: UserName,
    /// When.
    pub deleted_at: Timestamp,
}

/// The deleted version of this number, if there was one.
pub async fn tombstone(
    conn: &mut Conn,
    package: &PackageName,
    version: &VersionNumber,
) -> Result<Option<Tombstone>, StoreError> {
    let sql = "SELECT tree, deleted_by, deleted_at FROM version_tombstones WHERE package = $1 AND number = $2";
    let row = conn.query_one(sql, args![package, version]).await?;
    row.map(|row| {
        Ok(Tombstone {
            tree: row.digest("tree")?,
            deleted_by: row.parse("deleted_by")?,
            deleted_at: row.time("deleted_at")?,
        })
    })
    .transpose()
}

/// Deletes versions of a package, all of them if none is said, and leaves a tombstone for each. Gives how many went.
pub async fn delete(
    conn: &mut Conn,
    _hold: &Hold,
    package: PackageId,
    version: Option<VersionId>,
    by: &UserName,
    now: Timestamp,
) -> Result<u64, StoreError> {
    const TOMBS: &str = "INSERT INTO version_tombstones (package, number, tree, deleted_by, deleted_at)
        SELECT p.name, v.number, v.tree, $2, $3 FROM versions v JOIN packages p ON p.id = v.package_id WHERE v.package_id = $1";
    const CONFLICT: &str = " ON CONFLICT (package, number) DO UPDATE SET tree = excluded.tree,
        deleted_by = excluded.deleted_by, deleted_at = excluded.deleted_at";
    let narrow = |sql: &mut Sql, first: &'static str| {
        if let Some(version) = version {
            sql.push(first).bind(version);
        }
    };
    let mut totals = Sql::new(
        "UPDATE registry_totals SET content_bytes = content_bytes
           - CAST(COALESCE((SELECT sum(v.size) FROM versions v WHERE v.package_id = ",
    );
    totals.bind(package);
    narrow(&mut totals, " AND v.id = ");
    totals.push("), 0) AS BIGINT) WHERE id = 1");
    conn.apply(totals).await?;

    let mut tombs = Sql::with(TOMBS, args![package, by, now]);
    narrow(&mut tombs, " AND v.id = ");
    tombs.push(CONFLICT);
    conn.apply(tombs).await?;

    let mut gone = Sql::new("DELETE FROM versions WHERE package_id = ");
    gone.bind(package);
    narrow(&mut gone, " AND id = ");
    conn.apply(gone).await
}

/// Hides a package that has no versions. Its row stays, since past deployments name it.
pub async fn hide_package(conn: &mut Conn, package: PackageId, now: Timestamp) -> Result<(), StoreError> {
    conn.execute("DELETE FROM bindings WHERE package_id = $1", args![package]).await?;
    conn.execute("DELETE FROM retention_rules WHERE package_id = $1", args![package]).await?;
    // Nothing finds it any more.
    conn.execute("DELETE FROM package_terms WHERE package_id = $1", args![package]).await?;
    conn.execute("UPDATE packages SET deleted_at = $2, versions = 0, latest = NULL WHERE id = $1", args![package, now])
        .await
        .map(drop)
}
