//! Instances: what agents say is on their hosts. Only inventories and reports write here, so that the table never claims more than
//! was seen.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::api::instances::Instance;
use packhorse_model::ids::{HostId, ModuleId, PackageId};
use packhorse_model::name::{HostName, PackageName};
use packhorse_model::order::{Health, HostFacts, InstanceReport, InstanceState};
use packhorse_model::version::VersionNumber;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::hosts;
use crate::row::Row;
use crate::sql::{Sql, word};

/// Which instances a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this package.
    pub package: Option<PackageName>,
    /// Only on hosts of this module.
    pub module: Option<ModuleId>,
    /// Only on this host.
    pub host: Option<HostName>,
    /// Only of this version.
    pub version: Option<VersionNumber>,
    /// Only in this state.
    pub state: Option<InstanceState>,
    /// Only of this health.
    pub health: Option<Health>,
}

/// Where a page begins: after this host and package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The last host of the page before.
    pub host: HostName,
    /// The last package of the page before.
    pub package: PackageName,
}

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
    tree: packhorse_model::Digest,
    install_root: String,
    state: String,
    health: String,
    reason: Option<String>,
    previous: Option<String>,
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
            tree: report.tree,
            install_root: report.install_root.clone(),
            state: word(&report.state)?,
            health: word(&report.health)?,
            reason: report.reason.clone(),
            previous: report.previous.as_ref().map(ToString::to_string),
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
            "SELECT package_id, version, tree, install_root, state, health, reason, previous FROM instances WHERE host_id = $1",
            args![host],
        )
        .await?;
    let kept = |row: &Row| {
        Ok((
            row.parse("package_id")?,
            Kept {
                version: row.text("version")?,
                tree: row.digest("tree")?,
                install_root: row.text("install_root")?,
                state: row.text("state")?,
                health: row.text("health")?,
                reason: row.opt_text("reason")?,
                previous: row.opt_text("previous")?,
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
        "INSERT INTO instances (host_id, package_id, version, tree, install_root, state, health, reason, previous, deployment_id, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                 (SELECT deployment_id FROM claims WHERE host_id = $1 AND package_id = $2), $10)
         ON CONFLICT (host_id, package_id) DO UPDATE SET
           version = excluded.version, tree = excluded.tree, install_root = excluded.install_root, state = excluded.state,
           health = excluded.health, reason = excluded.reason, previous = excluded.previous,
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
            now,
        ],
    )
    .await
    .map(drop)
}

/// A health that is older than this cannot be known any more.
#[derive(Debug, Clone, Copy)]
pub struct HeardSince(pub Timestamp);

/// The health of an instance as a person sees it: unknown while its host is not heard of.
fn push_health(sql: &mut Sql, since: HeardSince) {
    sql.push("CASE WHEN h.last_seen_at >= ").bind(since.0).push(" THEN i.health ELSE 'unknown' END");
}

/// Instances in the order of the hosts' names, as lists show them: SQLite keeps to the order of a cross join, so that a page reads
/// its own rows and not all there are.
const BY_HOST: &str =
    " FROM hosts h CROSS JOIN instances i CROSS JOIN packages p WHERE i.host_id = h.id AND p.id = i.package_id";
/// Instances by whatever finds the fewest.
const BY_MATCH: &str =
    " FROM instances i JOIN hosts h ON h.id = i.host_id JOIN packages p ON p.id = i.package_id WHERE TRUE";

fn push_filter(sql: &mut Sql, filter: &Filter, since: HeardSince) -> Result<(), StoreError> {
    let is_narrow = filter.version.is_some() || filter.state.is_some() || filter.health.is_some();
    sql.push(if is_narrow { BY_MATCH } else { BY_HOST });
    if let Some(package) = &filter.package {
        sql.push(" AND p.name = ").bind(package);
    }
    if let Some(host) = &filter.host {
        sql.push(" AND h.name = ").bind(host);
    }
    if let Some(module) = filter.module {
        sql.push(" AND i.host_id IN (SELECT host_id FROM host_modules WHERE module_id = ").bind(module).push(")");
    }
    if let Some(version) = &filter.version {
        sql.push(" AND i.version = ").bind(version);
    }
    if let Some(state) = &filter.state {
        sql.push(" AND i.state = ").bind(word(state)?);
    }
    if let Some(health) = &filter.health {
        sql.push(" AND ");
        push_health(sql, since);
        sql.push(" = ").bind(word(health)?);
    }
    Ok(())
}

/// Instances by host and package, after `after`.
pub async fn list(
    conn: &mut Conn,
    filter: &Filter,
    since: HeardSince,
    after: Option<&Place>,
    limit: u32,
) -> Result<Vec<Instance>, StoreError> {
    let mut sql = Sql::new(
        "SELECT i.host_id, h.name AS host_name, h.facts, p.name AS package, i.version, i.previous, i.state, i.reason,
         i.install_root, i.deployment_id, i.updated_at, ",
    );
    push_health(&mut sql, since);
    sql.push(" AS health");
    push_filter(&mut sql, filter, since)?;
    if let Some(after) = after {
        // The first condition alone finds where to begin in the index.
        sql.push(" AND h.name >= ").bind(&after.host);
        sql.push(" AND (h.name, p.name) > ").tuple(args![after.host, after.package]);
    }
    sql.push(" ORDER BY h.name, p.name LIMIT ").bind(limit);
    let rows = conn.fetch(sql).await?;
    let mut instances = rows.iter().map(instance).collect::<Result<Vec<_>, _>>()?;
    let hosts: Vec<HostId> = instances.iter().map(|instance| instance.host).collect();
    let modules = hosts::modules_of(conn, &hosts).await?;
    for instance in &mut instances {
        instance.modules = modules.get(&instance.host).cloned().unwrap_or_default();
    }
    Ok(instances)
}

fn instance(row: &Row) -> Result<Instance, StoreError> {
    Ok(Instance {
        host: row.parse("host_id")?,
        host_name: row.parse("host_name")?,
        address: row.json::<HostFacts>("facts")?.address,
        modules: Vec::new(),
        package: row.parse("package")?,
        version: row.parse("version")?,
        previous: row.opt_parse("previous")?,
        state: row.word("state")?,
        health: row.word("health")?,
        reason: row.opt_text("reason")?,
        install_root: row.text("install_root")?,
        deployment: row.opt_parse("deployment_id")?,
        updated_at: row.time("updated_at")?,
    })
}

/// How many instances there are under a filter.
pub async fn count(conn: &mut Conn, filter: &Filter, since: HeardSince) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS total");
    if *filter == Filter::default() {
        sql.push(" FROM instances");
    } else {
        push_filter(&mut sql, filter, since)?;
    }
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
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
