//! What the versions of database packages consist of, so that a chain of versions is found without reading their files.

use packhorse_model::VersionNumber;
use packhorse_model::api::database::DatabaseStructure;
use packhorse_model::ids::{PackageId, VersionId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::{Sql, json};

/// Writes the structure of a new version.
pub async fn insert(conn: &mut Conn, version: VersionId, structure: &DatabaseStructure) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO database_structures (version_id, structure) VALUES ($1, $2)",
        args![version, json(structure)?],
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
) -> Result<Vec<(VersionNumber, DatabaseStructure)>, StoreError> {
    let mut sql = Sql::new(
        "SELECT v.number, d.structure FROM versions v JOIN database_structures d ON d.version_id = v.id WHERE v.package_id = ",
    );
    sql.bind(package).push(" AND (v.sort_key, v.number) <= ").tuple(args![to.sort_key(), to]);
    if let Some(before) = before {
        sql.push(" AND (v.sort_key, v.number) < ").tuple(args![before.sort_key(), before]);
    }
    sql.push(" ORDER BY v.sort_key DESC, v.number DESC LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(|row| Ok((row.parse("number")?, row.json("structure")?))).collect()
}
