//! Packages: the named lines of versions.

use jiff::Timestamp;
use packhorse_model::api::packages::PackageSummary;
use packhorse_model::ids::PackageId;
use packhorse_model::{PackageKind, PackageName, UserName};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, word};

/// A package, as far as other tables need it.
#[derive(Debug, Clone)]
pub struct StoredPackage {
    /// Its identity.
    pub id: PackageId,
    /// What it carries.
    pub kind: PackageKind,
}

/// A package that is to be there.
#[derive(Debug, Clone)]
pub struct NewPackage {
    /// Its identity, if it is new.
    pub id: PackageId,
    /// Its name.
    pub name: PackageName,
    /// What it carries.
    pub kind: PackageKind,
    /// A line about it.
    pub description: String,
    /// Who makes it.
    pub creator: UserName,
    /// When.
    pub created_at: Timestamp,
}

/// What a list of packages shows.
#[derive(Debug, Clone, Default)]
pub struct PackageFilter {
    /// Text in name, description or creator.
    pub search: Option<String>,
    /// Only these.
    pub kind: Option<PackageKind>,
}

/// How a list of packages is sorted, and the key after which it begins.
#[derive(Debug, Clone)]
pub enum PackageOrder {
    /// By name, after this one.
    Name(Option<String>),
    /// The last changed first, before this time and identity.
    Newest(Option<(Timestamp, PackageId)>),
}

/// Makes a package unless there is one of this name, and gives the one that is there.
pub async fn ensure(conn: &mut Conn, package: &NewPackage) -> Result<StoredPackage, StoreError> {
    let search = search_text(&package.name, &package.description, &package.creator);
    conn.execute(
        "INSERT INTO packages (id, name, kind, description, creator, search, versions, latest, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, NULL, $7, $7) ON CONFLICT (name) DO NOTHING",
        args![
            package.id,
            package.name,
            word(&package.kind)?,
            package.description,
            package.creator,
            search,
            package.created_at
        ],
    )
    .await?;
    by_name(conn, &package.name).await?.ok_or(StoreError::Conflict)
}

fn search_text(name: &PackageName, description: &str, creator: &UserName) -> String {
    format!("{name}\n{description}\n{creator}").to_lowercase()
}

/// The package of this name.
pub async fn by_name(conn: &mut Conn, name: &PackageName) -> Result<Option<StoredPackage>, StoreError> {
    conn.query_one("SELECT id, kind FROM packages WHERE name = $1", args![name])
        .await?
        .map(|row| Ok(StoredPackage { id: row.parse("id")?, kind: row.word("kind")? }))
        .transpose()
}

/// Brings the counts of a package up to date after its versions have changed.
pub async fn refresh(conn: &mut Conn, package: PackageId, now: Timestamp) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE packages SET updated_at = $2,
           versions = (SELECT count(*) FROM versions WHERE package_id = $1),
           latest = (SELECT number FROM versions WHERE package_id = $1 AND state = 'published'
                     ORDER BY sort_key DESC, number DESC LIMIT 1)
         WHERE id = $1",
        args![package, now],
    )
    .await
    .map(drop)
}

const SUMMARY: &str =
    "SELECT p.id, p.name, p.kind, p.description, p.creator, p.versions, p.latest, p.created_at, p.updated_at,
  (SELECT count(*) FROM instances i WHERE i.package_id = p.id) AS instances,
  (SELECT count(DISTINCT m.module_id) FROM instances i JOIN host_modules m ON m.host_id = i.host_id
   WHERE i.package_id = p.id) AS modules
  FROM packages p";

fn summary(row: &Row) -> Result<PackageSummary, StoreError> {
    Ok(PackageSummary {
        id: row.parse("id")?,
        name: row.parse("name")?,
        kind: row.word("kind")?,
        description: row.text("description")?,
        latest: row.opt_parse("latest")?,
        versions: row.count("versions")?,
        instances: row.count("instances")?,
        modules: row.count("modules")?,
        creator: row.parse("creator")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Everything that a list shows of one package.
pub async fn get(conn: &mut Conn, name: &PackageName) -> Result<Option<PackageSummary>, StoreError> {
    let mut sql = Sql::new(SUMMARY);
    sql.push(" WHERE p.name = ").bind(name);
    conn.fetch_one(sql).await?.map(|row| summary(&row)).transpose()
}

/// A part of the list of packages.
pub async fn list(
    conn: &mut Conn,
    filter: &PackageFilter,
    order: &PackageOrder,
    limit: u32,
) -> Result<Vec<PackageSummary>, StoreError> {
    let mut sql = Sql::new(SUMMARY);
    sql.push(" WHERE TRUE");
    narrow(&mut sql, filter)?;
    match order {
        PackageOrder::Name(after) => {
            if let Some(after) = after {
                sql.push(" AND p.name > ").bind(after);
            }
            sql.push(" ORDER BY p.name");
        }
        PackageOrder::Newest(before) => {
            if let Some((time, id)) = before {
                sql.push(" AND (p.updated_at, p.id) < ").tuple(args![time, id]);
            }
            sql.push(" ORDER BY p.updated_at DESC, p.id DESC");
        }
    }
    sql.push(" LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(summary).collect()
}

/// How many packages there are under a filter.
pub async fn count(conn: &mut Conn, filter: &PackageFilter) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT count(*) AS total FROM packages p WHERE TRUE");
    narrow(&mut sql, filter)?;
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
}

fn narrow(sql: &mut Sql, filter: &PackageFilter) -> Result<(), StoreError> {
    if let Some(kind) = filter.kind {
        sql.push(" AND p.kind = ").bind(word(&kind)?);
    }
    if let Some(search) = &filter.search {
        sql.push(" AND p.search LIKE ").bind(like(search)).push(" ESCAPE '!'");
    }
    Ok(())
}

/// A pattern that finds the text wherever it stands, as it is.
fn like(text: &str) -> String {
    let escaped: String =
        text.to_lowercase().chars().flat_map(|c| "!%_".contains(c).then_some('!').into_iter().chain([c])).collect();
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_search_means_what_it_says() {
        assert_eq!(super::like("100%_Ä!"), "%100!%!_ä!!%");
    }
}
