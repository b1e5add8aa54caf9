//! What the versions of database packages consist of, so that a chain of versions is found without reading their files.

use packhorse_model::VersionNumber;
use packhorse_model::api::database::DatabaseStructure;
use packhorse_model::database::MigrationScript;
use packhorse_model::ids::{PackageId, VersionId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, json};

/// A version of a database package.
#[derive(Debug, Clone)]
pub struct StoredStructure {
    /// Its number.
    pub version: VersionNumber,
    /// What it consists of.
    pub structure: DatabaseStructure,
    /// The content of its scripts; empty for versions that came before it was written down.
    pub scripts: Vec<MigrationScript>,
}

/// Writes the structure of a new version, and the content of its scripts.
pub async fn insert(
    conn: &mut Conn,
    version: VersionId,
    structure: &DatabaseStructure,
    scripts: &[MigrationScript],
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO database_structures (version_id, structure, scripts) VALUES ($1, $2, $3)",
        args![version, json(structure)?, json(&scripts)?],
    )
    .await
    .map(drop)
}

/// The structure of a version, if it is one of a database package.
pub async fn get(conn: &mut Conn, version: VersionId) -> Result<Option<DatabaseStructure>, StoreError> {
    let row = conn.query_one("SELECT structure FROM database_structures WHERE version_id = $1", args![version]).await?;
    row.map(|row| row.json("structure")).transpose()
}

/// The structures of a package's versions up to `to`, the highest first, below the key of `before`.
pub async fn up_to(
    conn: &mut Conn,
    package: PackageId,
    to: &VersionNumber,
    before: Option<&VersionNumber>,
    limit: u32,
) -> Result<Vec<StoredStructure>, StoreError> {
    let mut sql = Sql::new(
        "SELECT v.number, d.structure, d.scripts FROM versions v JOIN database_structures d ON d.version_id = v.id WHERE v.package_id = ",
    );
    sql.bind(package).push(" AND (v.sort_key, v.number) <= ").tuple(args![to.sort_key(), to]);
    if let Some(before) = before {
        sql.push(" AND (v.sort_key, v.number) < ").tuple(args![before.sort_key(), before]);
    }
    sql.push(" ORDER BY v.sort_key DESC, v.number DESC LIMIT ").bind(limit);
    let read = |row: &Row| {
        Ok(StoredStructure {
            version: row.parse("number")?,
            structure: row.json("structure")?,
            scripts: row.json("scripts")?,
        })
    };
    conn.fetch(sql).await?.iter().map(read).collect()
}
