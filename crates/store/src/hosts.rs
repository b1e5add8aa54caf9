//! Hosts and the modules that they belong to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::HostName;
use packhorse_model::ids::{HostId, ModuleId};
use packhorse_model::label::Labels;
use packhorse_model::order::HostFacts;
use packhorse_model::selector::LabelSelector;
use packhorse_model::topology::ModulePath;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::host_labels;
use crate::row::Row;
use crate::sql::{Sql, Value as _, json};

/// A host as it is stored. Whether it is online follows from `last_seen_at` and the time.
#[derive(Debug, Clone)]
pub struct StoredHost {
    /// Its identity.
    pub id: HostId,
    /// Its name.
    pub name: HostName,
    /// The modules that it belongs to, by path.
    pub modules: Vec<ModulePath>,
    /// What people say about it.
    pub labels: Labels,
    /// What it is.
    pub facts: HostFacts,
    /// How many times it has joined.
    pub incarnation: u32,
    /// How many instances are on it.
    pub instances: u64,
    /// When it was last heard of, to a few seconds.
    pub last_seen_at: Option<Timestamp>,
    /// When it joined for the first time.
    pub created_at: Timestamp,
}

/// When a host was last heard of.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The host.
    pub id: HostId,
    /// Its name.
    pub name: HostName,
    /// When, as far as it was written down.
    pub last_seen_at: Option<Timestamp>,
}

/// What makes a certificate current.
#[derive(Debug, Clone)]
pub struct HostIdentity {
    /// The host's name.
    pub name: HostName,
    /// How many times it has joined.
    pub incarnation: u32,
    /// The serial number of the latest certificate that it was given; none for one that has not renewed since these are kept.
    pub certificate: Option<String>,
}

/// Which hosts a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this module.
    pub module: Option<ModuleId>,
    /// Heard of since.
    pub seen: Option<Seen>,
    /// With this in the name or address.
    pub search: Option<String>,
    /// With such labels.
    pub labels: Option<LabelSelector>,
}

/// When hosts of a list were last heard of.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    /// At this time or later.
    Since(Timestamp),
    /// Before this time, or never.
    Before(Timestamp),
}

impl Filter {
    fn apply(&self, sql: &mut Sql) {
        sql.push(" WHERE 1 = 1");
        if let Some(module) = self.module {
            sql.push(" AND h.id IN (SELECT host_id FROM host_modules WHERE module_id = ").bind(module).push(")");
        }
        match self.seen {
            None => {}
            Some(Seen::Since(time)) => {
                sql.push(" AND h.last_seen_at >= ").bind(time);
            }
            Some(Seen::Before(time)) => {
                sql.push(" AND (h.last_seen_at < ").bind(time).push(" OR h.last_seen_at IS NULL)");
            }
        }
        if let Some(selector) = &self.labels {
            host_labels::push_selector(sql, selector);
        }
        if let Some(search) = &self.search {
            // What is searched for may stand anywhere, so this looks through one narrow index instead of into one.
            let pattern = contains(search);
            sql.push(" AND h.id IN (SELECT id FROM hosts WHERE search LIKE ").bind(pattern).push(" ESCAPE '\\')");
        }
    }
}

/// A LIKE pattern for what holds this text as it is. The other side is in lower case.
pub(crate) fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn searchable(name: &HostName, facts: &HostFacts) -> String {
    format!("{name} {}", facts.address).to_lowercase()
}

const COLUMNS: &str = "SELECT h.id, h.name, h.facts, h.incarnation, h.last_seen_at, h.created_at FROM hosts h";

fn host(row: &Row) -> Result<StoredHost, StoreError> {
    Ok(StoredHost {
        id: row.parse("id")?,
        name: row.parse("name")?,
        modules: Vec::new(),
        labels: Labels::new(),
        facts: row.json("facts")?,
        incarnation: row.small("incarnation")?,
        instances: 0,
        last_seen_at: row.opt_time("last_seen_at")?,
        created_at: row.time("created_at")?,
    })
}

/// Hosts by name, after `after`.
pub async fn list(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<&HostName>,
    limit: u32,
) -> Result<Vec<StoredHost>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    filter.apply(&mut sql);
    if let Some(after) = after {
        sql.push(" AND h.name > ").bind(after);
    }
    sql.push(" ORDER BY h.name LIMIT ").bind(limit);
    let mut hosts = conn.fetch(sql).await?.iter().map(host).collect::<Result<Vec<_>, _>>()?;
    complete(conn, &mut hosts).await?;
    Ok(hosts)
}

/// How many hosts there are.
pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT count(*) AS n FROM hosts h");
    filter.apply(&mut sql);
    match conn.fetch_one(sql).await? {
        Some(row) => row.count("n"),
        None => Ok(0),
    }
}

/// The host of this name.
pub async fn by_name(conn: &mut Conn, name: &HostName) -> Result<Option<StoredHost>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE h.name = ").bind(name);
    let mut hosts = conn.fetch(sql).await?.iter().map(host).collect::<Result<Vec<_>, _>>()?;
    complete(conn, &mut hosts).await?;
    Ok(hosts.pop())
}

/// Adds what other tables know.
async fn complete(conn: &mut Conn, hosts: &mut [StoredHost]) -> Result<(), StoreError> {
    let ids: Vec<HostId> = hosts.iter().map(|host| host.id).collect();
    let mut modules = modules_of(conn, &ids).await?;
    let mut labels = host_labels::of(conn, &ids).await?;
    let instances = instances_on(conn, &ids).await?;
    for host in hosts {
        host.labels = labels.remove(&host.id).unwrap_or_default();
        host.modules = modules.remove(&host.id).unwrap_or_default();
        host.instances = instances.get(&host.id).copied().unwrap_or(0);
    }
    Ok(())
}

async fn instances_on(conn: &mut Conn, hosts: &[HostId]) -> Result<BTreeMap<HostId, u64>, StoreError> {
    let mut counts = BTreeMap::new();
    for some in hosts.chunks(500) {
        let mut sql = Sql::new("SELECT host_id, count(*) AS n FROM instances WHERE host_id IN ");
        sql.tuple(some.iter().map(HostId::to_arg)).push(" GROUP BY host_id");
        for row in conn.fetch(sql).await? {
            counts.insert(row.parse("host_id")?, row.count("n")?);
        }
    }
    Ok(counts)
}

/// The modules of these hosts, by path.
pub async fn modules_of(conn: &mut Conn, hosts: &[HostId]) -> Result<BTreeMap<HostId, Vec<ModulePath>>, StoreError> {
    let mut found: BTreeMap<HostId, Vec<ModulePath>> = BTreeMap::new();
    for some in hosts.chunks(500) {
        let mut sql = Sql::new(
            "SELECT hm.host_id, b.name AS business, s.name AS system, m.name AS module
             FROM host_modules hm JOIN modules m ON m.id = hm.module_id
             JOIN systems s ON s.id = m.system_id JOIN businesses b ON b.id = s.business_id
             WHERE hm.host_id IN ",
        );
        sql.tuple(some.iter().map(HostId::to_arg)).push(" ORDER BY b.name, s.name, m.name");
        for row in conn.fetch(sql).await? {
            let path = ModulePath {
                business: row.parse("business")?,
                system: row.parse("system")?,
                module: row.parse("module")?,
            };
            found.entry(row.parse("host_id")?).or_default().push(path);
        }
    }
    Ok(found)
}

/// What makes a certificate of this host current.
pub async fn identity(conn: &mut Conn, host: HostId) -> Result<Option<HostIdentity>, StoreError> {
    conn.query_one("SELECT name, incarnation, certificate FROM hosts WHERE id = $1", args![host])
        .await?
        .map(|row| {
            Ok(HostIdentity {
                name: row.parse("name")?,
                incarnation: row.small("incarnation")?,
                certificate: row.opt_text("certificate")?,
            })
        })
        .transpose()
}

/// Lets a host join: makes it, or raises the incarnation of the one of this name, which ends the certificates that it had.
pub async fn join(
    conn: &mut Conn,
    new: HostId,
    name: &HostName,
    facts: &HostFacts,
    now: Timestamp,
) -> Result<(HostId, u32), StoreError> {
    let row = conn
        .query_one(
            "INSERT INTO hosts (id, name, search, incarnation, facts, last_seen_at, created_at)
             VALUES ($1, $2, $3, 1, $4, $5, $5)
             ON CONFLICT (name) DO UPDATE SET incarnation = hosts.incarnation + 1, search = excluded.search,
                 facts = excluded.facts, last_seen_at = excluded.last_seen_at
             RETURNING id, incarnation",
            args![new, name, searchable(name, facts), json(facts)?, now],
        )
        .await?
        .ok_or(StoreError::Conflict)?;
    Ok((row.parse("id")?, row.small("incarnation")?))
}

/// Notes the serial number of the latest certificate of a host's joining. False if the host was removed or has joined again since.
pub async fn set_certificate(
    conn: &mut Conn,
    host: HostId,
    incarnation: u32,
    serial: &str,
) -> Result<bool, StoreError> {
    let changed = conn
        .execute(
            "UPDATE hosts SET certificate = $1 WHERE id = $2 AND incarnation = $3",
            args![serial, host, incarnation],
        )
        .await?;
    Ok(changed == 1)
}

/// Stores what a host is.
pub async fn set_facts(conn: &mut Conn, host: HostId, name: &HostName, facts: &HostFacts) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE hosts SET facts = $1, search = $2 WHERE id = $3",
        args![json(facts)?, searchable(name, facts), host],
    )
    .await
    .map(drop)
}

/// Makes a host belong to exactly these modules.
pub async fn set_modules(conn: &mut Conn, host: HostId, modules: &[ModuleId]) -> Result<(), StoreError> {
    conn.execute("DELETE FROM host_modules WHERE host_id = $1", args![host]).await?;
    for module in modules {
        conn.execute(
            "INSERT INTO host_modules (module_id, host_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            args![module, host],
        )
        .await?;
    }
    Ok(())
}

/// When these hosts were last heard of, as far as they exist.
pub async fn heard(conn: &mut Conn, hosts: &[HostId]) -> Result<Vec<Heard>, StoreError> {
    let mut heard = Vec::with_capacity(hosts.len());
    for some in hosts.chunks(500) {
        let mut sql = Sql::new("SELECT id, name, last_seen_at FROM hosts WHERE id IN ");
        sql.tuple(some.iter().map(HostId::to_arg));
        for row in conn.fetch(sql).await? {
            heard.push(Heard {
                id: row.parse("id")?,
                name: row.parse("name")?,
                last_seen_at: row.opt_time("last_seen_at")?,
            });
        }
    }
    Ok(heard)
}

/// Notes when these hosts were heard of.
pub async fn seen(conn: &mut Conn, hosts: &[(HostId, Timestamp)]) -> Result<(), StoreError> {
    for some in hosts.chunks(500) {
        let mut sql = Sql::new("UPDATE hosts SET last_seen_at = seen.column2 FROM (VALUES ");
        for (index, (host, at)) in some.iter().enumerate() {
            if index > 0 {
                sql.push(", ");
            }
            sql.tuple(args![host, at]);
        }
        sql.push(") AS seen WHERE hosts.id = seen.column1 AND hosts.last_seen_at < seen.column2");
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Removes a host, and what is known about the instances on it.
///
/// # Errors
/// [`StoreError::Reference`] while a deployment may change something on it.
pub async fn delete(conn: &mut Conn, host: HostId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM hosts WHERE id = $1", args![host]).await.map(drop)
}
