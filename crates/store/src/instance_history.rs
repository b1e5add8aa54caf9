//! What became of one instance: every unit of its package on its host, newest first.

use packhorse_model::api::instances::InstanceChange;
use packhorse_model::ids::{DeploymentId, HostId, PackageId, UnitId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::Sql;

/// Where a page ends: after this unit of this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryPlace {
    /// The deployment.
    pub deployment: DeploymentId,
    /// The unit in it.
    pub unit: UnitId,
}

/// A page of an instance's history behind `after`: by deployment, and in one that went back the way back first.
pub async fn page(
    conn: &mut Conn,
    host: HostId,
    package: PackageId,
    after: Option<HistoryPlace>,
    limit: u32,
) -> Result<Vec<InstanceChange>, StoreError> {
    conn.fetch(statement(host, package, after, limit)).await?.iter().map(change).collect()
}

pub(crate) fn statement(host: HostId, package: PackageId, after: Option<HistoryPlace>, limit: u32) -> Sql {
    // A unit is as old as its plan, which may have been made long before it was applied; the deployment tells when that was.
    let mut sql = Sql::new(
        "SELECT u.id, u.deployment_id, d.action, d.creator, u.action AS did, u.from_version, u.to_version, u.state, u.failure, u.updated_at,
           d.created_at FROM units u JOIN deployments d ON d.id = u.deployment_id WHERE u.host_id = ",
    );
    sql.bind(host).push(" AND u.package_id = ").bind(package);
    if let Some(after) = after {
        sql.push(" AND (u.deployment_id, u.id) < ").tuple(args![after.deployment, after.unit]);
    }
    sql.push(" ORDER BY u.deployment_id DESC, u.id DESC LIMIT ").bind(limit);
    sql
}

/// How many changes an instance has seen.
pub async fn count(conn: &mut Conn, host: HostId, package: PackageId) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS total FROM units WHERE host_id = ");
    sql.bind(host).push(" AND package_id = ").bind(package);
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
}

fn change(row: &Row) -> Result<InstanceChange, StoreError> {
    Ok(InstanceChange {
        unit: row.parse("id")?,
        deployment: row.parse("deployment_id")?,
        action: row.word("action")?,
        did: row.word("did")?,
        from: row.opt_parse("from_version")?,
        to: row.opt_parse("to_version")?,
        outcome: row.word("state")?,
        failure: row.opt_json("failure")?,
        creator: row.parse("creator")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
