//! Databases to which database packages are applied, and what their ledgers said last.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::api::database_targets::{DatabaseTarget, ReportedLedger};
use packhorse_model::database::{DatabaseLogin, LedgerState};
use packhorse_model::ids::{AttemptId, DatabaseTargetId, HostId, ModuleId, PackageId, SecretId};
use packhorse_model::name::{DatabaseTargetName, HostName, TopologyName};
use packhorse_model::order::SecretVersion;
use packhorse_model::topology::ModulePath;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value as _, json};

/// A database target as it is to be stored.
#[derive(Debug, Clone)]
pub struct NewDatabaseTarget<'a> {
    /// Its identity.
    pub id: DatabaseTargetId,
    /// Its name.
    pub name: &'a DatabaseTargetName,
    /// The module that it belongs to.
    pub module: ModuleId,
    /// The host that runs the scripts.
    pub host: HostId,
    /// How to get in.
    pub login: &'a DatabaseLogin,
    /// The password.
    pub secret: Option<SecretId>,
    /// What it is for.
    pub description: &'a str,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

/// A database target, with the version of its password that is used from now on.
#[derive(Debug, Clone)]
pub struct StoredTarget {
    /// As people see it.
    pub target: DatabaseTarget,
    /// The module that it belongs to.
    pub module: ModuleId,
    /// The host that runs the scripts, if it is still there.
    pub host: Option<HostId>,
    /// The password.
    pub password: Option<SecretVersion>,
}

/// Which database targets a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this module.
    pub module: Option<ModuleId>,
    /// Run by this host.
    pub host: Option<HostId>,
}

const COLUMNS: &str = "SELECT t.id, t.name, t.module_id, t.host_id, t.login, t.description, t.updated_by, t.updated_at, t.created_at,
  b.name AS business, s.name AS system, m.name AS module, h.name AS host, x.id AS secret_id, x.name AS secret, x.version AS secret_version
  FROM database_targets t JOIN modules m ON m.id = t.module_id JOIN systems s ON s.id = m.system_id JOIN businesses b ON b.id = s.business_id
  LEFT JOIN hosts h ON h.id = t.host_id LEFT JOIN secrets x ON x.id = t.secret_id";

fn stored(row: &Row) -> Result<StoredTarget, StoreError> {
    let password = match row.opt_parse("secret_id")? {
        Some(secret) => Some(SecretVersion { secret, version: row.small("secret_version")? }),
        None => None,
    };
    let target = DatabaseTarget {
        id: row.parse("id")?,
        name: row.parse("name")?,
        module: ModulePath {
            business: row.parse("business")?,
            system: row.parse("system")?,
            module: row.parse("module")?,
        },
        host: row.opt_parse::<HostName>("host")?,
        login: row.json("login")?,
        secret: row.opt_parse("secret")?,
        description: row.text("description")?,
        ledgers: Vec::new(),
        updated_by: row.text("updated_by")?,
        updated_at: row.time("updated_at")?,
        created_at: row.time("created_at")?,
    };
    Ok(StoredTarget { target, module: row.parse("module_id")?, host: row.opt_parse("host_id")?, password })
}

/// Writes a database target, in the place of the one with its identity if there is one.
pub async fn put(conn: &mut Conn, new: &NewDatabaseTarget<'_>) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO database_targets (id, name, module_id, host_id, login, secret_id, description, updated_by, updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, module_id = excluded.module_id, host_id = excluded.host_id,
           login = excluded.login, secret_id = excluded.secret_id, description = excluded.description,
           updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        args![
            new.id,
            new.name,
            new.module,
            new.host,
            json(new.login)?,
            new.secret,
            new.description,
            new.by,
            new.at
        ],
    )
    .await
    .map(drop)
}

/// The database target of this name, with what its ledgers said.
pub async fn by_name(conn: &mut Conn, name: &DatabaseTargetName) -> Result<Option<StoredTarget>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE t.name = ").bind(name);
    let found = conn.fetch(sql).await?;
    Ok(with_ledgers(conn, &found).await?.pop())
}

/// Database targets by name, behind `after`.
pub async fn page(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<&DatabaseTargetName>,
    limit: u32,
) -> Result<Vec<StoredTarget>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE t.name > ").bind(after.map_or("", DatabaseTargetName::as_str));
    filtered(&mut sql, filter);
    sql.push(" ORDER BY t.name LIMIT ").bind(limit);
    let found = conn.fetch(sql).await?;
    with_ledgers(conn, &found).await
}

/// How many there are.
pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT count(*) AS n FROM database_targets t WHERE 1 = 1");
    filtered(&mut sql, filter);
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("n"))
}

fn filtered(sql: &mut Sql, filter: &Filter) {
    if let Some(module) = filter.module {
        sql.push(" AND t.module_id = ").bind(module);
    }
    if let Some(host) = filter.host {
        sql.push(" AND t.host_id = ").bind(host);
    }
}

/// Every database target of these modules, by name.
pub async fn in_modules(conn: &mut Conn, modules: &[ModuleId]) -> Result<Vec<StoredTarget>, StoreError> {
    let mut found = Vec::new();
    for chunk in modules.chunks(200) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE t.module_id IN ").tuple(chunk.iter().map(ModuleId::to_arg)).push(" ORDER BY t.name");
        let rows = conn.fetch(sql).await?;
        found.extend(with_ledgers(conn, &rows).await?);
    }
    Ok(found)
}

/// Every database target of the modules of a system, by name.
pub async fn in_system(
    conn: &mut Conn,
    business: &TopologyName,
    system: &TopologyName,
) -> Result<Vec<StoredTarget>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE b.name = ").bind(business).push(" AND s.name = ").bind(system).push(" ORDER BY t.name");
    let rows = conn.fetch(sql).await?;
    with_ledgers(conn, &rows).await
}

/// Every database target that these hosts run, by name.
pub async fn run_by(conn: &mut Conn, hosts: &[HostId]) -> Result<Vec<StoredTarget>, StoreError> {
    let mut found = Vec::new();
    for chunk in hosts.chunks(200) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE t.host_id IN ").tuple(chunk.iter().map(HostId::to_arg)).push(" ORDER BY t.name");
        let rows = conn.fetch(sql).await?;
        found.extend(with_ledgers(conn, &rows).await?);
    }
    Ok(found)
}

async fn with_ledgers(conn: &mut Conn, rows: &[Row]) -> Result<Vec<StoredTarget>, StoreError> {
    let mut targets = rows.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
    let mut ledgers: BTreeMap<DatabaseTargetId, Vec<ReportedLedger>> = BTreeMap::new();
    for chunk in targets.chunks(200) {
        let mut sql = Sql::new(
            "SELECT l.target_id, p.name AS package, l.ledger, l.attempt_id, l.reported_at
             FROM database_ledgers l JOIN packages p ON p.id = l.package_id WHERE l.target_id IN ",
        );
        sql.tuple(chunk.iter().map(|target| target.target.id.to_arg())).push(" ORDER BY p.name");
        for row in conn.fetch(sql).await? {
            let ledger = ReportedLedger {
                package: row.parse("package")?,
                ledger: row.json("ledger")?,
                attempt: row.parse("attempt_id")?,
                reported_at: row.time("reported_at")?,
            };
            ledgers.entry(row.parse("target_id")?).or_default().push(ledger);
        }
    }
    for stored in &mut targets {
        stored.target.ledgers = ledgers.remove(&stored.target.id).unwrap_or_default();
    }
    Ok(targets)
}

/// The names of the first few database targets whose password is this secret.
pub async fn with_secret(conn: &mut Conn, secret: SecretId, limit: u32) -> Result<Vec<DatabaseTargetName>, StoreError> {
    let rows = conn
        .query("SELECT name FROM database_targets WHERE secret_id = $1 ORDER BY name LIMIT $2", args![secret, limit])
        .await?;
    rows.iter().map(|row| row.parse("name")).collect()
}

/// Writes down what the ledger in a database says of a package.
pub async fn report(
    conn: &mut Conn,
    target: DatabaseTargetId,
    package: PackageId,
    ledger: &LedgerState,
    attempt: AttemptId,
    now: Timestamp,
) -> Result<(), StoreError> {
    // A target that was deleted while its host was at work has nothing to be written to.
    conn.execute(
        "INSERT INTO database_ledgers (target_id, package_id, ledger, attempt_id, reported_at)
         SELECT t.id, $1, $2, $3, $4 FROM database_targets t WHERE t.id = $5
         ON CONFLICT (target_id, package_id) DO UPDATE SET ledger = excluded.ledger, attempt_id = excluded.attempt_id,
           reported_at = excluded.reported_at",
        args![package, json(ledger)?, attempt, now, target],
    )
    .await
    .map(drop)
}

/// Forgets a database target. The database itself stays as it is.
pub async fn delete(conn: &mut Conn, id: DatabaseTargetId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM database_targets WHERE id = $1", args![id]).await.map(drop)
}
