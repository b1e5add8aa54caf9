//! The hosts at which a deployment could be aimed, each with what is on it: what plans are made from, and checked against.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::Digest;
use packhorse_model::ids::{DeploymentId, HostId, ModuleId, PackageId};
use packhorse_model::name::HostName;
use packhorse_model::order::{Health, HostFacts, InstanceState};
use packhorse_model::selector::LabelSelector;
use packhorse_model::topology::ModulePath;
use packhorse_model::version::VersionNumber;

use crate::conn::Conn;
use crate::error::StoreError;
use crate::host_labels;
use crate::row::Row;
use crate::sql::{Sql, Value as _, word};

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

/// Which hosts are looked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of any of these modules, if there are any.
    pub modules: Vec<ModuleId>,
    /// Any of these, if there are any.
    pub hosts: Vec<HostName>,
    /// With such labels.
    pub labels: Option<LabelSelector>,
    /// Whose instance is in this state.
    pub state: Option<InstanceState>,
    /// Whose instance is of this health, as last reported.
    pub health: Option<Health>,
    /// Whose instance has this version.
    pub version: Option<VersionNumber>,
    /// At which this deployment failed, or of which nobody knows.
    pub failed_in: Option<DeploymentId>,
}

impl Filter {
    fn apply(&self, sql: &mut Sql) -> Result<(), StoreError> {
        sql.push(" WHERE 1 = 1");
        if !self.modules.is_empty() {
            sql.push(" AND h.id IN (SELECT host_id FROM host_modules WHERE module_id IN ");
            sql.tuple(self.modules.iter().map(ModuleId::to_arg)).push(")");
        }
        if let Some(selector) = &self.labels {
            host_labels::push_selector(sql, selector);
        }
        if let Some(state) = self.state {
            sql.push(" AND i.state = ").bind(word(&state)?);
        }
        if let Some(health) = self.health {
            sql.push(" AND i.health = ").bind(word(&health)?);
        }
        if let Some(version) = &self.version {
            sql.push(" AND i.version = ").bind(version);
        }
        if let Some(deployment) = self.failed_in {
            sql.push(" AND h.id IN (SELECT host_id FROM units WHERE deployment_id = ").bind(deployment);
            sql.push(" AND (state IN ('failed', 'unknown') OR (state = 'skipped' AND failure IS NOT NULL)))");
        }
        Ok(())
    }
}

/// The hosts that meet a filter, each once, by name.
pub async fn matching(conn: &mut Conn, package: PackageId, filter: &Filter) -> Result<Vec<Target>, StoreError> {
    let mut targets = BTreeMap::new();
    if filter.hosts.is_empty() {
        let mut sql = Sql::new(SELECT);
        sql.bind(package);
        filter.apply(&mut sql)?;
        collect(conn, sql, &mut targets).await?;
    }
    for chunk in filter.hosts.chunks(500) {
        let mut sql = Sql::new(SELECT);
        sql.bind(package);
        filter.apply(&mut sql)?;
        sql.push(" AND h.name IN ").tuple(chunk.iter().map(HostName::to_arg));
        collect(conn, sql, &mut targets).await?;
    }
    Ok(targets.into_values().collect())
}

/// The names of hosts that meet a filter, behind `after`.
pub async fn names(
    conn: &mut Conn,
    package: PackageId,
    filter: &Filter,
    after: Option<&HostName>,
    limit: u32,
) -> Result<Vec<HostName>, StoreError> {
    let mut named: Vec<HostName> =
        filter.hosts.iter().filter(|host| after.is_none_or(|after| *host > after)).cloned().collect();
    named.sort();
    let mut names = Vec::new();
    let chunks: Vec<&[HostName]> = if filter.hosts.is_empty() { vec![&[]] } else { named.chunks(500).collect() };
    for chunk in chunks {
        let wanted = limit.saturating_sub(u32::try_from(names.len()).unwrap_or(u32::MAX));
        if wanted == 0 {
            break;
        }
        let mut sql =
            Sql::new("SELECT h.name FROM hosts h LEFT JOIN instances i ON i.host_id = h.id AND i.package_id = ");
        sql.bind(package);
        filter.apply(&mut sql)?;
        if let Some(after) = after {
            sql.push(" AND h.name > ").bind(after);
        }
        if !chunk.is_empty() {
            sql.push(" AND h.name IN ").tuple(chunk.iter().map(HostName::to_arg));
        }
        sql.push(" ORDER BY h.name LIMIT ").bind(wanted);
        for row in conn.fetch(sql).await? {
            names.push(row.parse("name")?);
        }
    }
    Ok(names)
}

/// How many hosts meet a filter.
pub async fn count(conn: &mut Conn, package: PackageId, filter: &Filter) -> Result<u64, StoreError> {
    let mut total = 0;
    let chunks: Vec<&[HostName]> = if filter.hosts.is_empty() { vec![&[]] } else { filter.hosts.chunks(500).collect() };
    for chunk in chunks {
        let mut sql =
            Sql::new("SELECT count(*) AS n FROM hosts h LEFT JOIN instances i ON i.host_id = h.id AND i.package_id = ");
        sql.bind(package);
        filter.apply(&mut sql)?;
        if !chunk.is_empty() {
            sql.push(" AND h.name IN ").tuple(chunk.iter().map(HostName::to_arg));
        }
        total += conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("n"))?;
    }
    Ok(total)
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
