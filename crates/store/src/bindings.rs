//! Which packages may be deployed to which modules.

use jiff::Timestamp;
use packhorse_model::api::bindings::Binding;
use packhorse_model::ids::{ModuleId, PackageId};
use packhorse_model::topology::ModulePath;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::Sql;

/// The modules that a package is bound to.
pub async fn modules(conn: &mut Conn, package: PackageId) -> Result<Vec<ModuleId>, StoreError> {
    let rows =
        conn.query("SELECT module_id FROM bindings WHERE package_id = $1 ORDER BY module_id", args![package]).await?;
    rows.iter().map(|row| row.parse("module_id")).collect()
}

/// The modules that a package is bound to, with their paths, in the order of these, behind `after`.
pub async fn list(
    conn: &mut Conn,
    package: PackageId,
    after: Option<&ModulePath>,
    limit: u32,
) -> Result<Vec<Binding>, StoreError> {
    let mut sql = Sql::new(
        "SELECT b.name AS business, s.name AS system, m.name AS module, x.created_at FROM bindings x
         JOIN modules m ON m.id = x.module_id JOIN systems s ON s.id = m.system_id JOIN businesses b ON b.id = s.business_id
         WHERE x.package_id = ",
    );
    sql.bind(package);
    if let Some(after) = after {
        sql.push(" AND (b.name, s.name, m.name) > ").tuple(args![after.business, after.system, after.module]);
    }
    sql.push(" ORDER BY b.name, s.name, m.name LIMIT ").bind(limit);
    let binding = |row: &Row| {
        let module =
            ModulePath { business: row.parse("business")?, system: row.parse("system")?, module: row.parse("module")? };
        Ok(Binding { module, created_at: row.time("created_at")? })
    };
    conn.fetch(sql).await?.iter().map(binding).collect()
}

/// How many modules a package is bound to.
pub async fn count(conn: &mut Conn, package: PackageId) -> Result<u64, StoreError> {
    let row = conn.query_one("SELECT count(*) AS n FROM bindings WHERE package_id = $1", args![package]).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// Ends that a package may be deployed to a module. False if it was not bound to it.
pub async fn unbind(conn: &mut Conn, package: PackageId, module: ModuleId) -> Result<bool, StoreError> {
    let gone =
        conn.execute("DELETE FROM bindings WHERE package_id = $1 AND module_id = $2", args![package, module]).await?;
    Ok(gone == 1)
}

/// Binds a package to modules; those that it is bound to already stay as they are.
pub async fn bind(conn: &mut Conn, package: PackageId, modules: &[ModuleId], now: Timestamp) -> Result<(), StoreError> {
    for chunk in modules.chunks(100) {
        let mut sql = Sql::new("INSERT INTO bindings (package_id, module_id, created_at) VALUES ");
        for (index, module) in chunk.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).tuple(args![package, module, now]);
        }
        sql.push(" ON CONFLICT (package_id, module_id) DO NOTHING");
        conn.apply(sql).await?;
    }
    Ok(())
}
