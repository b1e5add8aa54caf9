//! Packages: the named lines of versions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::api::packages::PackageSummary;
use packhorse_model::ids::PackageId;
use packhorse_model::{PackageKind, PackageName, UserName};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::package_terms;
use crate::row::Row;
use crate::sql::{Sql, json, word};

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

/// Makes a package unless there is one of this name, and gives the one that is there.
pub async fn ensure(conn: &mut Conn, package: &NewPackage) -> Result<StoredPackage, StoreError> {
    // A package that was deleted begins anew under its old identity.
    let made = conn
        .execute(
            "INSERT INTO packages (id, name, kind, description, creator, versions, latest, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 0, NULL, $6, $6) ON CONFLICT (name) DO UPDATE SET deleted_at = NULL, kind = excluded.kind,
           description = excluded.description, creator = excluded.creator, created_at = excluded.created_at,
           updated_at = excluded.updated_at WHERE packages.deleted_at IS NOT NULL",
            args![
                package.id,
                package.name,
                word(&package.kind)?,
                package.description,
                package.creator,
                package.created_at
            ],
        )
        .await?;
    if made > 0 {
        package_terms::refresh(conn, package.id).await?;
    }
    by_name(conn, &package.name).await?.ok_or(StoreError::Conflict)
}

/// The package of this name.
pub async fn by_name(conn: &mut Conn, name: &PackageName) -> Result<Option<StoredPackage>, StoreError> {
    conn.query_one("SELECT id, kind FROM packages WHERE name = $1 AND deleted_at IS NULL", args![name])
        .await?
        .map(|row| Ok(StoredPackage { id: row.parse("id")?, kind: row.word("kind")? }))
        .transpose()
}

/// Makes another kind of a package that has no versions yet; says whether it did.
pub async fn set_kind(conn: &mut Conn, package: PackageId, kind: PackageKind) -> Result<bool, StoreError> {
    let sql = "UPDATE packages SET kind = $2 WHERE id = $1 AND versions = 0";
    Ok(conn.execute(sql, args![package, word(&kind)?]).await? > 0)
}

/// The package of this name, locked until the transaction ends.
pub async fn lock(conn: &mut Conn, name: &PackageName) -> Result<Option<StoredPackage>, StoreError> {
    // A write locks the row on both databases; SQLite has no other way to say it.
    conn.execute("UPDATE packages SET name = name WHERE name = $1", args![name]).await?;
    by_name(conn, name).await
}

/// Brings the counts of a package, and what it is found by, up to date after its versions have changed.
pub async fn refresh(conn: &mut Conn, package: PackageId, now: Timestamp) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE packages SET updated_at = $2,
           versions = (SELECT count(*) FROM versions WHERE package_id = $1),
           latest = (SELECT number FROM versions WHERE package_id = $1 AND state = 'published'
                     ORDER BY sort_key DESC, number DESC LIMIT 1)
         WHERE id = $1",
        args![package, now],
    )
    .await?;
    package_terms::refresh(conn, package).await
}

/// What people say about a package themselves, whatever its versions say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageTexts {
    /// A line about it.
    pub description: String,
    /// Words by which it is found.
    pub tags: Vec<String>,
}

/// Changes what people say about a package.
pub async fn describe(
    conn: &mut Conn,
    package: PackageId,
    texts: &PackageTexts,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE packages SET description = $2, own_tags = $3, updated_at = $4 WHERE id = $1",
        args![package, texts.description, json(&texts.tags)?, now],
    )
    .await?;
    package_terms::refresh(conn, package).await
}

/// What [`summary`] reads, of packages `p`.
pub(crate) const COLUMNS: &str =
    "p.id, p.name, p.kind, p.description, p.creator, p.versions, p.latest, p.instances, p.modules,
  p.own_tags, p.version_tags, p.created_at, p.updated_at";

pub(crate) fn summary(row: &Row) -> Result<PackageSummary, StoreError> {
    let own_tags: Vec<String> = row.json("own_tags")?;
    let mut tags: Vec<String> = row.json("version_tags")?;
    tags.extend(own_tags.iter().cloned());
    tags.sort();
    tags.dedup();
    Ok(PackageSummary {
        id: row.parse("id")?,
        name: row.parse("name")?,
        kind: row.word("kind")?,
        description: row.text("description")?,
        latest: row.opt_parse("latest")?,
        versions: row.count("versions")?,
        instances: row.count("instances")?,
        modules: row.count("modules")?,
        registered: 0,
        tags,
        own_tags,
        creator: row.parse("creator")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Tells of each package how many versions of it are only registered. Every version is an object of its package; those beyond have no content.
pub(crate) async fn count_registered(conn: &mut Conn, packages: &mut [PackageSummary]) -> Result<(), StoreError> {
    if packages.is_empty() {
        return Ok(());
    }
    let mut objects = BTreeMap::new();
    for row in conn.fetch(objects_statement(packages.iter().map(|package| &package.name))).await? {
        objects.insert(row.text("package")?, row.count("n")?);
    }
    for package in packages {
        let known = objects.get(package.name.as_str()).copied().unwrap_or(0);
        package.registered = known.saturating_sub(package.versions);
    }
    Ok(())
}

/// Counts the objects of packages.
pub(crate) fn objects_statement<'a>(packages: impl Iterator<Item = &'a PackageName>) -> Sql {
    let mut sql = Sql::new("SELECT package, count(*) AS n FROM objects WHERE package IN ");
    sql.tuple(packages.flat_map(|package| args![package]));
    sql.push(" GROUP BY package");
    sql
}

/// Everything that a list shows of one package.
pub async fn get(conn: &mut Conn, name: &PackageName) -> Result<Option<PackageSummary>, StoreError> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM packages p WHERE p.deleted_at IS NULL AND p.name = ").bind(name);
    let mut found: Vec<PackageSummary> =
        conn.fetch_one(sql).await?.iter().map(summary).collect::<Result<_, StoreError>>()?;
    count_registered(conn, &mut found).await?;
    Ok(found.pop())
}
