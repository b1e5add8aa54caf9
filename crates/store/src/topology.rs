//! Businesses, systems and modules. Names are unique where they stand; nothing is removed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::api::topology::{Business, Module, System, Topology};
use packhorse_model::ids::{BusinessId, ModuleId, SystemId};
use packhorse_model::order::HostFacts;
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_model::{HostName, TopologyName};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value as _, word};

/// Makes whoever changes the topology wait for whoever is changing it, until the end of the transaction.
pub async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO settings (name, value) VALUES ('topology_lock', '')
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        vec![],
    )
    .await
    .map(drop)
}

/// The whole tree, by name, with counts. It is small: thousands of hosts hang off tens of modules.
pub async fn tree(conn: &mut Conn) -> Result<Topology, StoreError> {
    let hosts = counts(conn, "SELECT module_id, count(*) AS n FROM host_modules GROUP BY module_id").await?;
    let instances = counts(
        conn,
        "SELECT hm.module_id, count(*) AS n FROM host_modules hm JOIN instances i ON i.host_id = hm.host_id GROUP BY hm.module_id",
    )
    .await?;
    let mut modules: BTreeMap<SystemId, Vec<(ModuleId, TopologyName)>> = BTreeMap::new();
    for row in conn.query("SELECT id, system_id, name FROM modules ORDER BY system_id, name", vec![]).await? {
        modules.entry(row.parse("system_id")?).or_default().push((row.parse("id")?, row.parse("name")?));
    }
    let mut businesses: Vec<Business> = Vec::new();
    let rows = conn
        .query(
            "SELECT b.id, b.name, s.id AS system_id, s.name AS system_name, s.environment
             FROM businesses b LEFT JOIN systems s ON s.business_id = b.id ORDER BY b.name, b.id, s.name",
            vec![],
        )
        .await?;
    for row in rows {
        let id: BusinessId = row.parse("id")?;
        if businesses.last().is_none_or(|last| last.id != id) {
            businesses.push(Business { id, name: row.parse("name")?, systems: Vec::new() });
        }
        let Some(business) = businesses.last_mut() else { continue };
        let Some(system_id) = row.opt_parse::<SystemId>("system_id")? else { continue };
        let name: TopologyName = row.parse("system_name")?;
        let modules = modules.remove(&system_id).unwrap_or_default();
        let modules = modules.into_iter().map(|(id, module)| Module {
            id,
            path: ModulePath { business: business.name.clone(), system: name.clone(), module: module.clone() },
            name: module,
            hosts: hosts.get(&id).copied().unwrap_or(0),
            instances: instances.get(&id).copied().unwrap_or(0),
        });
        let modules = modules.collect();
        let environment = row.word("environment")?;
        business.systems.push(System { id: system_id, name, environment, modules });
    }
    Ok(Topology { businesses })
}

async fn counts(conn: &mut Conn, sql: &'static str) -> Result<BTreeMap<ModuleId, u64>, StoreError> {
    conn.query(sql, vec![]).await?.iter().map(|row| Ok((row.parse("module_id")?, row.count("n")?))).collect()
}

/// What each system is for, by business and system.
pub async fn environments(conn: &mut Conn) -> Result<BTreeMap<(TopologyName, TopologyName), Environment>, StoreError> {
    let rows = conn
        .query(
            "SELECT b.name AS business, s.name AS system, s.environment
             FROM systems s JOIN businesses b ON b.id = s.business_id",
            vec![],
        )
        .await?;
    let one = |row: &Row| Ok(((row.parse("business")?, row.parse("system")?), row.word("environment")?));
    rows.iter().map(one).collect()
}

/// What the systems are for that these hosts belong to.
pub async fn environments_of_hosts(conn: &mut Conn, hosts: &[HostName]) -> Result<BTreeSet<Environment>, StoreError> {
    let mut found = BTreeSet::new();
    for chunk in hosts.chunks(200) {
        let mut sql = Sql::new(
            "SELECT DISTINCT s.environment FROM hosts h JOIN host_modules hm ON hm.host_id = h.id
             JOIN modules m ON m.id = hm.module_id JOIN systems s ON s.id = m.system_id WHERE h.name IN ",
        );
        sql.tuple(chunk.iter().map(HostName::to_arg));
        for row in conn.fetch(sql).await? {
            found.insert(row.word("environment")?);
        }
    }
    Ok(found)
}

/// The hosts of a module with their addresses, by name, `limit` at most.
pub async fn members(
    conn: &mut Conn,
    module: &ModulePath,
    limit: u32,
) -> Result<Vec<(HostName, HostFacts)>, StoreError> {
    let rows = conn
        .query(
            "SELECT h.name, h.facts FROM businesses b JOIN systems s ON s.business_id = b.id JOIN modules m ON m.system_id = s.id
             JOIN host_modules hm ON hm.module_id = m.id JOIN hosts h ON h.id = hm.host_id
             WHERE b.name = $1 AND s.name = $2 AND m.name = $3 ORDER BY h.name LIMIT $4",
            args![module.business, module.system, module.module, limit],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("name")?, row.json("facts")?))).collect()
}

/// Adds a business.
pub async fn insert_business(
    conn: &mut Conn,
    id: BusinessId,
    name: &TopologyName,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute("INSERT INTO businesses (id, name, created_at) VALUES ($1, $2, $3)", args![id, name, now])
        .await
        .map(drop)
}

/// Adds a system to a business.
pub async fn insert_system(
    conn: &mut Conn,
    id: SystemId,
    business: BusinessId,
    name: &TopologyName,
    environment: Environment,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO systems (id, business_id, name, environment, created_at) VALUES ($1, $2, $3, $4, $5)",
        args![id, business, name, word(&environment)?, now],
    )
    .await
    .map(drop)
}

/// Says what a system is for.
pub async fn set_environment(conn: &mut Conn, system: SystemId, environment: Environment) -> Result<(), StoreError> {
    conn.execute("UPDATE systems SET environment = $1 WHERE id = $2", args![word(&environment)?, system])
        .await
        .map(drop)
}

/// Adds a module to a system.
pub async fn insert_module(
    conn: &mut Conn,
    id: ModuleId,
    system: SystemId,
    name: &TopologyName,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO modules (id, system_id, name, created_at) VALUES ($1, $2, $3, $4)",
        args![id, system, name, now],
    )
    .await
    .map(drop)
}

/// The module at a path.
pub async fn module(conn: &mut Conn, path: &ModulePath) -> Result<Option<ModuleId>, StoreError> {
    conn.query_one(
        "SELECT m.id FROM businesses b JOIN systems s ON s.business_id = b.id JOIN modules m ON m.system_id = s.id
         WHERE b.name = $1 AND s.name = $2 AND m.name = $3",
        args![path.business, path.system, path.module],
    )
    .await?
    .map(|row| row.parse("id"))
    .transpose()
}
