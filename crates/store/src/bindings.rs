//! Which packages may be deployed to which modules.

use jiff::Timestamp;
use packhorse_model::ids::{ModuleId, PackageId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::Sql;

/// The modules that a package is bound to.
pub async fn modules(conn: &mut Conn, package: PackageId) -> Result<Vec<ModuleId>, StoreError> {
    let rows =
        conn.query("SELECT module_id FROM bindings WHERE package_id = $1 ORDER BY module_id", args![package]).await?;
    rows.iter().map(|row| row.parse("module_id")).collect()
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
