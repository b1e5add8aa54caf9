//! How scripts ended on hosts, and what is kept of what they wrote.
//!
//! The output itself is that of a step, in [`step_outputs`](crate::step_outputs). A host's result is that of its last attempt.

use jiff::Timestamp;
use packhorse_model::api::script_outputs::{HostOutput, OutputGroup};
use packhorse_model::ids::{AttemptId, DeploymentId, PackageId};
use packhorse_model::name::HostName;
use packhorse_model::run::ScriptResult;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::Sql;

/// Notes how a script ended in a step of an attempt. What an earlier attempt tells later changes nothing.
pub async fn put(conn: &mut Conn, attempt: AttemptId, step: u32, result: &ScriptResult) -> Result<(), StoreError> {
    let exit = result.exit.to_string();
    conn.execute(
        "INSERT INTO script_results (unit_id, deployment_id, host_id, host_name, outcome, exit, millis, output_bytes,
           output_digest, attempt_id, epoch, step)
         SELECT u.id, u.deployment_id, u.host_id, u.host_name, $2, $3, $4, $5, $6, a.id, a.epoch, $7
         FROM attempts a JOIN units u ON u.id = a.unit_id WHERE a.id = $1
         ON CONFLICT (unit_id) DO UPDATE SET outcome = excluded.outcome, exit = excluded.exit, millis = excluded.millis,
           output_bytes = excluded.output_bytes, output_digest = excluded.output_digest, attempt_id = excluded.attempt_id,
           epoch = excluded.epoch, step = excluded.step
         WHERE script_results.epoch <= excluded.epoch",
        args![
            attempt,
            format!("{exit}-{}", result.output_digest),
            exit,
            result.millis,
            result.output_bytes,
            result.output_digest,
            step,
        ],
    )
    .await
    .map(drop)
}

/// How many groups there are among the hosts of a deployment.
pub async fn count_groups(conn: &mut Conn, deployment: DeploymentId) -> Result<u64, StoreError> {
    let row = conn
        .query_one(
            "SELECT CAST(count(DISTINCT outcome) AS BIGINT) AS total FROM script_results WHERE deployment_id = $1",
            args![deployment],
        )
        .await?;
    row.map_or(Ok(0), |row| row.count("total"))
}

/// The place of a group in the list of them: its size, and its identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPlace {
    /// How many hosts are in it.
    pub hosts: u64,
    /// Which.
    pub id: String,
}

pub(crate) fn groups_statement(deployment: DeploymentId, after: Option<&GroupPlace>, limit: u32) -> Sql {
    let mut sql = Sql::new(
        "SELECT d.outputs_dropped_at, counted.outcome, counted.hosts, counted.first_host, counted.fastest, counted.slowest, r.exit, r.output_bytes, r.output_digest, r.attempt_id, r.step
         FROM (SELECT outcome, CAST(count(*) AS BIGINT) AS hosts, min(host_name) AS first_host, min(millis) AS fastest,
                 max(millis) AS slowest FROM script_results WHERE deployment_id = ",
    );
    sql.bind(deployment).push(" GROUP BY outcome");
    if let Some(after) = after {
        sql.push(" HAVING count(*) < ").bind(after.hosts).push(" OR (count(*) = ").bind(after.hosts);
        sql.push(" AND outcome > ").bind(&after.id).push(")");
    }
    sql.push(" ORDER BY count(*) DESC, outcome LIMIT ").bind(limit);
    sql.push(") counted JOIN script_results r ON r.deployment_id = ").bind(deployment);
    sql.push(" AND r.outcome = counted.outcome AND r.host_name = counted.first_host JOIN deployments d ON d.id = r.deployment_id");
    sql.push(" ORDER BY counted.hosts DESC, counted.outcome");
    sql
}

/// Hosts of a deployment at which the script ended alike, the largest group first, after `after`.
pub async fn groups(
    conn: &mut Conn,
    deployment: DeploymentId,
    after: Option<&GroupPlace>,
    limit: u32,
) -> Result<Vec<OutputGroup>, StoreError> {
    let group = |row: &Row| {
        Ok(OutputGroup {
            id: row.text("outcome")?,
            exit: row.parse("exit")?,
            output_bytes: row.count("output_bytes")?,
            output_digest: row.digest("output_digest")?,
            hosts: row.count("hosts")?,
            first: row.parse("first_host")?,
            attempt: row.parse("attempt_id")?,
            step: row.small("step")?,
            fastest_millis: row.count("fastest")?,
            slowest_millis: row.count("slowest")?,
            dropped_at: row.opt_time("outputs_dropped_at")?,
        })
    };
    conn.fetch(groups_statement(deployment, after, limit)).await?.iter().map(group).collect()
}

/// Which hosts a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this group.
    pub group: Option<String>,
    /// Only this one.
    pub host: Option<HostName>,
}

fn push_filter(sql: &mut Sql, deployment: DeploymentId, filter: &Filter) {
    sql.push(" WHERE r.deployment_id = ").bind(deployment);
    if let Some(group) = &filter.group {
        sql.push(" AND r.outcome = ").bind(group);
    }
    if let Some(host) = &filter.host {
        sql.push(" AND r.host_name = ").bind(host);
    }
}

pub(crate) fn hosts_statement(deployment: DeploymentId, filter: &Filter, after: Option<&HostName>, limit: u32) -> Sql {
    let mut sql = Sql::new(
        "SELECT r.host_id, r.host_name, r.outcome, r.exit, r.millis, r.output_bytes, r.unit_id, r.attempt_id, r.step,
           d.outputs_dropped_at, COALESCE(o.kept, 0) AS kept FROM script_results r JOIN deployments d ON d.id = r.deployment_id
         LEFT JOIN step_outputs o ON o.attempt_id = r.attempt_id AND o.step = r.step",
    );
    push_filter(&mut sql, deployment, filter);
    if let Some(after) = after {
        sql.push(" AND r.host_name > ").bind(after);
    }
    sql.push(" ORDER BY r.host_name LIMIT ").bind(limit);
    sql
}

/// A host with a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The result.
    pub output: HostOutput,
    /// Bytes of its output that are here by now.
    pub kept: u64,
}

/// Hosts of a deployment with a result, by name, after `after`.
pub async fn hosts(
    conn: &mut Conn,
    deployment: DeploymentId,
    filter: &Filter,
    after: Option<&HostName>,
    limit: u32,
) -> Result<Vec<Listed>, StoreError> {
    let host = |row: &Row| {
        let output = HostOutput {
            host: row.parse("host_id")?,
            host_name: row.parse("host_name")?,
            group: row.text("outcome")?,
            exit: row.parse("exit")?,
            millis: row.count("millis")?,
            output_bytes: row.count("output_bytes")?,
            unit: row.parse("unit_id")?,
            attempt: row.parse("attempt_id")?,
            step: row.small("step")?,
            dropped_at: row.opt_time("outputs_dropped_at")?,
        };
        Ok(Listed { output, kept: row.count("kept")? })
    };
    conn.fetch(hosts_statement(deployment, filter, after, limit)).await?.iter().map(host).collect()
}

/// How many hosts there are under a filter.
pub async fn count_hosts(conn: &mut Conn, deployment: DeploymentId, filter: &Filter) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS total FROM script_results r");
    push_filter(&mut sql, deployment, filter);
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
}

/// When the outputs of the deployment of an attempt were dropped.
pub async fn dropped_of_attempt(conn: &mut Conn, attempt: AttemptId) -> Result<Option<Timestamp>, StoreError> {
    let row = conn
        .query_one(
            "SELECT d.outputs_dropped_at FROM attempts a JOIN deployments d ON d.id = a.deployment_id WHERE a.id = $1",
            args![attempt],
        )
        .await?;
    row.map_or(Ok(None), |row| row.opt_time("outputs_dropped_at"))
}

/// Runs that ended before `before` and whose outputs are kept, the first few.
pub async fn ended_before(conn: &mut Conn, before: Timestamp, limit: u32) -> Result<Vec<DeploymentId>, StoreError> {
    let rows = conn
        .query(
            "SELECT id FROM deployments WHERE action = 'run' AND outputs_dropped_at IS NULL AND ended_at IS NOT NULL
             AND ended_at < $1 ORDER BY ended_at LIMIT $2",
            args![before, limit],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

/// Packages of which the outputs of more than `kept` ended runs are kept, the first few.
pub async fn crowded(conn: &mut Conn, kept: u32, limit: u32) -> Result<Vec<PackageId>, StoreError> {
    let rows = conn
        .query(
            "SELECT package_id FROM deployments WHERE action = 'run' AND outputs_dropped_at IS NULL AND ended_at IS NOT NULL
             GROUP BY package_id HAVING count(*) > $1 ORDER BY package_id LIMIT $2",
            args![kept, limit],
        )
        .await?;
    rows.iter().map(|row| row.parse("package_id")).collect()
}

/// Ended runs of a package whose outputs are kept, but for the newest `kept`; the first few of them.
pub async fn beyond(
    conn: &mut Conn,
    package: PackageId,
    kept: u32,
    limit: u32,
) -> Result<Vec<DeploymentId>, StoreError> {
    let rows = conn
        .query(
            "SELECT id FROM deployments WHERE package_id = $1 AND action = 'run' AND outputs_dropped_at IS NULL
             AND ended_at IS NOT NULL ORDER BY id DESC LIMIT $2 OFFSET $3",
            args![package, limit, kept],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

/// Drops the outputs of some attempts of a deployment. Gives how many attempts it were: when it is none, all are dropped.
pub async fn drop_some(conn: &mut Conn, deployment: DeploymentId, limit: u32) -> Result<usize, StoreError> {
    let rows = conn
        .query(
            "SELECT o.attempt_id, o.step FROM units u JOIN attempts a ON a.unit_id = u.id
             JOIN step_outputs o ON o.attempt_id = a.id WHERE u.deployment_id = $1 AND o.kept > 0 LIMIT $2",
            args![deployment, limit],
        )
        .await?;
    for row in &rows {
        let (attempt, step): (AttemptId, u32) = (row.parse("attempt_id")?, row.small("step")?);
        conn.execute("DELETE FROM step_output_pieces WHERE attempt_id = $1 AND step = $2", args![attempt, step])
            .await?;
        conn.execute("UPDATE step_outputs SET kept = 0 WHERE attempt_id = $1 AND step = $2", args![attempt, step])
            .await?;
    }
    Ok(rows.len())
}

/// Notes that all outputs of a deployment are dropped.
pub async fn set_dropped(conn: &mut Conn, deployment: DeploymentId, at: Timestamp) -> Result<(), StoreError> {
    conn.execute("UPDATE deployments SET outputs_dropped_at = $1 WHERE id = $2", args![at, deployment]).await.map(drop)
}
