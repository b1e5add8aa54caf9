//! Which versions of databases the versions of applications work with.

use packhorse_model::ids::VersionId;
use packhorse_model::manifest::DatabaseNeed;
use packhorse_model::name::{HostName, PackageName, TopologyName};
use packhorse_model::version::VersionNumber;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::json;

/// An instance that works with some versions of a database only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedingInstance {
    /// The host.
    pub host: HostName,
    /// Its package.
    pub package: PackageName,
    /// Its version.
    pub version: VersionNumber,
    /// What it needs.
    pub need: DatabaseNeed,
}

/// Writes down what a new version needs.
pub async fn insert(conn: &mut Conn, version: VersionId, needs: &[DatabaseNeed]) -> Result<(), StoreError> {
    for need in needs {
        conn.execute(
            "INSERT INTO version_needs (version_id, package, need) VALUES ($1, $2, $3)",
            args![version, need.database, json(need)?],
        )
        .await?;
    }
    Ok(())
}

/// The versions in use in a system that need a database package, each with the first of its hosts.
pub async fn instances(
    conn: &mut Conn,
    database: &PackageName,
    business: &TopologyName,
    system: &TopologyName,
    limit: u32,
) -> Result<Vec<NeedingInstance>, StoreError> {
    let rows = conn
        .query(
            "SELECT MIN(h.name) AS host, p.name AS package, v.number AS version, n.need AS need
             FROM version_needs n JOIN versions v ON v.id = n.version_id JOIN packages p ON p.id = v.package_id
             JOIN instances i ON i.package_id = v.package_id AND i.version = v.number JOIN hosts h ON h.id = i.host_id
             JOIN host_modules hm ON hm.host_id = h.id JOIN modules m ON m.id = hm.module_id
             JOIN systems s ON s.id = m.system_id JOIN businesses b ON b.id = s.business_id
             WHERE n.package = $1 AND b.name = $2 AND s.name = $3
             GROUP BY p.name, v.number, n.need ORDER BY p.name, v.number LIMIT $4",
            args![database, business, system, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(NeedingInstance {
                host: row.parse("host")?,
                package: row.parse("package")?,
                version: row.parse("version")?,
                need: row.json("need")?,
            })
        })
        .collect()
}

/// The hosts of a system that have this version of a package.
pub async fn hosts(
    conn: &mut Conn,
    package: &PackageName,
    version: &VersionNumber,
    business: &TopologyName,
    system: &TopologyName,
) -> Result<Vec<HostName>, StoreError> {
    let rows = conn
        .query(
            "SELECT DISTINCT h.name AS host
             FROM packages p JOIN instances i ON i.package_id = p.id AND i.version = $2 JOIN hosts h ON h.id = i.host_id
             JOIN host_modules hm ON hm.host_id = h.id JOIN modules m ON m.id = hm.module_id
             JOIN systems s ON s.id = m.system_id JOIN businesses b ON b.id = s.business_id
             WHERE p.name = $1 AND b.name = $3 AND s.name = $4 ORDER BY h.name",
            args![package, version, business, system],
        )
        .await?;
    rows.iter().map(|row| row.parse("host")).collect()
}
