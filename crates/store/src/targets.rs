//! The hosts at which a deployment could be aimed, each with what is on it: what plans are made from, and checked against.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::Digest;
use packhorse_model::ids::{HostId, ModuleId, PackageId};
use packhorse_model::name::HostName;
use packhorse_model::order::{Health, HostFacts, InstanceState};
use packhorse_model::topology::ModulePath;
use packhorse_model::version::VersionNumber;

use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value as _};

/// A host, and the instance of one package on it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The host.
    pub host: HostId,
    /// Its name.
    pub name: HostName,
    /// How many times it has joined.
    pub incarnation: u32,
    /// What it is.
    pub facts: HostFacts,
    /// When it was last heard of, as far as it was written down.
    pub last_seen_at: Option<Timestamp>,
    /// What is on it.
    pub instance: Option<TargetInstance>,
}

/// The instance of a package on a host.
#[derive(Debug, Clone)]
pub struct TargetInstance {
    /// The current version.
    pub version: VersionNumber,
    /// Its content.
    pub tree: Digest,
    /// Where it lies.
    pub install_root: String,
    /// Whether it is meant to run.
    pub state: InstanceState,
    /// Whether it does what it should.
    pub health: Health,
    /// The version to which it can be put back without download.
    pub previous: Option<VersionNumber>,
    /// The digest of the values in its rendered files.
    pub rendering: Option<Digest>,
    /// The same of the version before.
    pub previous_rendering: Option<Digest>,
    /// How many of its files differ from what was deployed; none if nobody has looked.
    pub drift: Option<u64>,
}

const SELECT: &str = "SELECT h.id, h.name, h.incarnation, h.facts, h.last_seen_at, i.version, i.tree, i.install_root,
  i.state, i.health, i.previous, i.rendering, i.previous_rendering, i.drift FROM hosts h LEFT JOIN instances i ON i.host_id = h.id AND i.package_id = ";

fn target(row: &Row) -> Result<Target, StoreError> {
    let instance = match row.opt_parse("version")? {
        None => None,
        Some(version) => Some(TargetInstance {
            version,
            tree: row.digest("tree")?,
            install_root: row.text("install_root")?,
            state: row.word("state")?,
            health: row.word("health")?,
            previous: row.opt_parse("previous")?,
            rendering: row.opt_digest("rendering")?,
            previous_rendering: row.opt_digest("previous_rendering")?,
            drift: row.opt_int("drift")?.map(i64::unsigned_abs),
        }),
    };
    Ok(Target {
        host: row.parse("id")?,
        name: row.parse("name")?,
        incarnation: row.small("incarnation")?,
        facts: row.json("facts")?,
        last_seen_at: row.opt_time("last_seen_at")?,
        instance,
    })
}

/// Every host of these modules, once, by name.
pub async fn in_modules(conn: &mut Conn, package: PackageId, modules: &[ModuleId]) -> Result<Vec<Target>, StoreError> {
    let mut targets = BTreeMap::new();
    for chunk in modules.chunks(200) {
        let mut sql = Sql::new(SELECT);
        sql.bind(package).push(" WHERE h.id IN (SELECT host_id FROM host_modules WHERE module_id IN ");
        sql.tuple(chunk.iter().map(ModuleId::to_arg)).push(")");
        collect(conn, sql, &mut targets).await?;
    }
    Ok(targets.into_values().collect())
}

/// The hosts of these names that exist, by name.
pub async fn by_name(conn: &mut Conn, package: PackageId, hosts: &[HostName]) -> Result<Vec<Target>, StoreError> {
    let mut targets = BTreeMap::new();
    for chunk in hosts.chunks(200) {
        let mut sql = Sql::new(SELECT);
        sql.bind(package).push(" WHERE h.name IN ").tuple(chunk.iter().map(HostName::to_arg));
        collect(conn, sql, &mut targets).await?;
    }
    Ok(targets.into_values().collect())
}

/// Hosts with an instance of a package, by name, behind `after`.
pub async fn with_instance(
    conn: &mut Conn,
    package: PackageId,
    after: Option<&HostName>,
    limit: u32,
) -> Result<Vec<Target>, StoreError> {
    let mut sql = Sql::new(
        "SELECT h.id, h.name, h.incarnation, h.facts, h.last_seen_at, i.version, i.tree, i.install_root, i.state, i.health, i.previous,
           i.rendering, i.previous_rendering, i.drift
         FROM hosts h JOIN instances i ON i.host_id = h.id AND i.package_id = ",
    );
    sql.bind(package).push(" WHERE h.name > ").bind(after.map_or("", HostName::as_str));
    sql.push(" ORDER BY h.name LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(target).collect()
}

async fn collect(conn: &mut Conn, sql: Sql, targets: &mut BTreeMap<HostName, Target>) -> Result<(), StoreError> {
    for row in conn.fetch(sql).await? {
        let target = target(&row)?;
        targets.insert(target.name.clone(), target);
    }
    Ok(())
}

/// These hosts, as far as they exist, by name.
pub async fn by_id(conn: &mut Conn, package: PackageId, hosts: &[HostId]) -> Result<Vec<Target>, StoreError> {
    let mut targets = BTreeMap::new();
    for chunk in hosts.chunks(500) {
        let mut sql = Sql::new(SELECT);
        sql.bind(package).push(" WHERE h.id IN ").tuple(chunk.iter().map(HostId::to_arg));
        collect(conn, sql, &mut targets).await?;
    }
    Ok(targets.into_values().collect())
}

/// The modules that these hosts belong to, each once, with their paths.
pub async fn modules_of(conn: &mut Conn, hosts: &[HostId]) -> Result<BTreeMap<ModuleId, ModulePath>, StoreError> {
    let mut modules = BTreeMap::new();
    for chunk in hosts.chunks(500) {
        let mut sql = Sql::new(
            "SELECT DISTINCT m.id, b.name AS business, s.name AS system, m.name AS module
             FROM host_modules hm JOIN modules m ON m.id = hm.module_id JOIN systems s ON s.id = m.system_id
             JOIN businesses b ON b.id = s.business_id WHERE hm.host_id IN ",
        );
        sql.tuple(chunk.iter().map(HostId::to_arg));
        for row in conn.fetch(sql).await? {
            let path = ModulePath {
                business: row.parse("business")?,
                system: row.parse("system")?,
                module: row.parse("module")?,
            };
            modules.insert(row.parse("id")?, path);
        }
    }
    Ok(modules)
}
