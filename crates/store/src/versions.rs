//! Versions of packages, and what their archives are made of.

use packhorse_model::api::packages::{ArchiveInfo, KeptAs, VersionDetail, VersionSummary};
use packhorse_model::api::version_states::StateChange;
use packhorse_model::ids::{PackageId, VersionId};
use packhorse_model::{Digest, PackageName, VersionNumber};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::objects::UNRANKED;
use crate::row::Row;
use crate::segments::{AT_ONCE, args_of};
use crate::sql::{Sql, json, word};

/// A version that is to be stored.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// Its package.
    pub package: PackageId,
    /// What people see of it. Counts of instances and modules are ignored.
    pub detail: VersionDetail,
    /// Where its content is.
    pub content: VersionContent,
}

/// Where the content of a version is.
#[derive(Debug, Clone)]
pub struct VersionContent {
    /// Bytes of the tree's list itself.
    pub tree_size: u64,
    /// BLAKE3 of the archive, by which an original is kept.
    pub archive_blake3: Digest,
    /// What reproduces the archive without its compression.
    pub archive_recipe: Digest,
    /// Its bytes.
    pub archive_recipe_size: u64,
    /// How the compression is made again, as JSON; absent if there is none, or none is proven.
    pub gzip_recipe: Option<String>,
}

/// Stores a version.
pub async fn insert(conn: &mut Conn, version: &NewVersion) -> Result<(), StoreError> {
    let VersionDetail { summary, layout, manifest, archive, state_change: _ } = &version.detail;
    let content = &version.content;
    conn.execute(
        "INSERT INTO versions (id, package_id, number, sort_key, build, description, state, layout, manifest, tree, tree_size,
           files, size, new_bytes, archive_name, archive_format, archive_size, archive_sha256, archive_md5, archive_blake3,
           archive_recipe, archive_recipe_size, gzip_recipe, kept_as, creator, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)",
        args![
            summary.id,
            version.package,
            summary.version,
            summary.version.sort_key(),
            summary.build,
            summary.description,
            word(&summary.state)?,
            word(layout)?,
            json(manifest)?,
            summary.tree,
            content.tree_size,
            summary.files,
            summary.size,
            summary.new_bytes,
            archive.file_name,
            word(&archive.format)?,
            archive.size,
            archive.sha256,
            archive.md5,
            content.archive_blake3,
            content.archive_recipe,
            content.archive_recipe_size,
            content.gzip_recipe,
            word(&archive.kept_as)?,
            summary.creator,
            summary.created_at
        ],
    )
    .await
    .map(drop)
}

pub(crate) const SUMMARY: &str =
    "SELECT v.id, p.name AS package, v.number, v.build, v.description, v.state, v.tree, v.files, v.size,
  v.new_bytes, v.creator, v.created_at, v.deployed_at, v.is_protected,
  COALESCE(u.instances, 0) AS instances, COALESCE(u.modules, 0) AS modules,
  (SELECT o.installrank FROM objects o WHERE o.version_id = v.id LIMIT 1) AS installrank";

const DETAIL: &str =
    ", v.layout, v.manifest, v.archive_name, v.archive_format, v.archive_size, v.archive_sha256, v.archive_md5,
  v.kept_as, v.state_reason, v.state_by, v.state_at, v.tree_size, v.archive_blake3, v.archive_recipe, v.archive_recipe_size, v.gzip_recipe";

pub(crate) const FROM: &str = " FROM versions v JOIN packages p ON p.id = v.package_id
  LEFT JOIN version_instances u ON u.package_id = v.package_id AND u.version = v.number";

pub(crate) fn summary(row: &Row) -> Result<VersionSummary, StoreError> {
    Ok(VersionSummary {
        id: row.parse("id")?,
        package: row.parse("package")?,
        version: row.parse("number")?,
        build: row.opt_text("build")?,
        description: row.text("description")?,
        state: row.word("state")?,
        tree: row.digest("tree")?,
        files: row.count("files")?,
        size: row.count("size")?,
        new_bytes: row.count("new_bytes")?,
        instances: row.count("instances")?,
        modules: row.count("modules")?,
        installrank: row.opt_int("installrank")?.filter(|rank| *rank != UNRANKED),
        creator: row.parse("creator")?,
        created_at: row.time("created_at")?,
        deployed_at: row.opt_time("deployed_at")?,
        is_protected: row.bool("is_protected")?,
    })
}

/// A version with where its content is.
#[derive(Debug, Clone)]
pub struct StoredVersion {
    /// What people see of it.
    pub detail: VersionDetail,
    /// Where its content is.
    pub content: VersionContent,
}

fn stored(row: &Row) -> Result<StoredVersion, StoreError> {
    let archive = ArchiveInfo {
        file_name: row.text("archive_name")?,
        format: row.word("archive_format")?,
        size: row.count("archive_size")?,
        sha256: row.text("archive_sha256")?,
        md5: row.text("archive_md5")?,
        kept_as: row.word("kept_as")?,
    };
    let content = VersionContent {
        tree_size: row.count("tree_size")?,
        archive_blake3: row.digest("archive_blake3")?,
        archive_recipe: row.digest("archive_recipe")?,
        archive_recipe_size: row.count("archive_recipe_size")?,
        gzip_recipe: row.opt_text("gzip_recipe")?,
    };
    let detail = VersionDetail {
        summary: summary(row)?,
        layout: row.word("layout")?,
        manifest: row.json("manifest")?,
        archive,
        state_change: state_change(row)?,
    };
    Ok(StoredVersion { detail, content })
}

fn state_change(row: &Row) -> Result<Option<StateChange>, StoreError> {
    let Some(at) = row.opt_time("state_at")? else { return Ok(None) };
    let reason = row.opt_text("state_reason")?.unwrap_or_default();
    Ok(Some(StateChange { reason, by: row.parse("state_by")?, at }))
}

/// One version.
pub async fn get(
    conn: &mut Conn,
    package: &PackageName,
    version: &VersionNumber,
) -> Result<Option<StoredVersion>, StoreError> {
    let mut sql = Sql::new(SUMMARY);
    sql.push(DETAIL).push(FROM).push(" WHERE p.name = ").bind(package).push(" AND v.number = ").bind(version);
    conn.fetch_one(sql).await?.map(|row| stored(&row)).transpose()
}

/// One version by its identity.
pub async fn by_id(conn: &mut Conn, version: VersionId) -> Result<Option<StoredVersion>, StoreError> {
    let mut sql = Sql::new(SUMMARY);
    sql.push(DETAIL).push(FROM).push(" WHERE v.id = ").bind(version);
    conn.fetch_one(sql).await?.map(|row| stored(&row)).transpose()
}

/// The versions that came last, of all packages.
pub async fn newest(conn: &mut Conn, limit: u32) -> Result<Vec<VersionSummary>, StoreError> {
    conn.fetch(newest_statement(limit)).await?.iter().map(summary).collect()
}

/// The statement of [`newest`].
pub(crate) fn newest_statement(limit: u32) -> Sql {
    let mut sql = Sql::new(SUMMARY);
    sql.push(FROM).push(" ORDER BY v.created_at DESC, v.id DESC LIMIT ").bind(limit);
    sql
}

/// Bytes of the list of a tree, if a version has it.
pub async fn tree_size(conn: &mut Conn, tree: &Digest) -> Result<Option<u64>, StoreError> {
    let row = conn.query_one("SELECT tree_size FROM versions WHERE tree = $1 LIMIT 1", args![tree]).await?;
    row.map(|row| row.count("tree_size")).transpose()
}

/// Those of the trees that a version has, in no order.
pub async fn known_trees(conn: &mut Conn, trees: &[Digest]) -> Result<Vec<Digest>, StoreError> {
    let mut known = Vec::new();
    for digests in trees.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT DISTINCT tree FROM versions WHERE tree IN ");
        sql.tuple(args_of(digests));
        for row in conn.fetch(sql).await? {
            known.push(row.digest("tree")?);
        }
    }
    Ok(known)
}

/// The version that follows `after`, in the order in which versions came.
pub async fn after(conn: &mut Conn, after: Option<VersionId>) -> Result<Option<StoredVersion>, StoreError> {
    let mut sql = Sql::new(SUMMARY);
    sql.push(DETAIL).push(FROM);
    if let Some(after) = after {
        sql.push(" WHERE v.id > ").bind(after);
    }
    sql.push(" ORDER BY v.id LIMIT 1");
    conn.fetch_one(sql).await?.map(|row| stored(&row)).transpose()
}

/// A version whose archive waits for its proof, after `after`.
pub async fn next_to_prove(conn: &mut Conn, after: Option<VersionId>) -> Result<Option<StoredVersion>, StoreError> {
    let mut sql = Sql::new(SUMMARY);
    sql.push(DETAIL).push(FROM).push(" WHERE v.kept_as = ").bind(word(&KeptAs::OriginalUntilProven)?);
    if let Some(after) = after {
        sql.push(" AND v.id > ").bind(after);
    }
    sql.push(" ORDER BY v.id LIMIT 1");
    conn.fetch_one(sql).await?.map(|row| stored(&row)).transpose()
}

/// Writes down how the archive of a version is kept from now on.
pub async fn set_kept_as(
    conn: &mut Conn,
    version: VersionId,
    kept_as: KeptAs,
    gzip_recipe: Option<&str>,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE versions SET kept_as = $2, gzip_recipe = $3 WHERE id = $1",
        args![version, word(&kept_as)?, gzip_recipe],
    )
    .await
    .map(drop)
}

/// What all versions and packs come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RegistryTotals {
    /// Packages.
    pub packages: u64,
    /// Versions.
    pub versions: u64,
    /// Bytes of all versions' files.
    pub content_bytes: u64,
    /// Bytes that packs take.
    pub stored_bytes: u64,
}

/// What all versions and packs come to.
pub async fn totals(conn: &mut Conn) -> Result<RegistryTotals, StoreError> {
    let row = conn
        .query_one(
            "SELECT t.content_bytes, t.stored_bytes, (SELECT count(*) FROM packages WHERE deleted_at IS NULL) AS packages,
               (SELECT count(*) FROM versions) AS versions FROM registry_totals t WHERE t.id = 1",
            vec![],
        )
        .await?;
    row.map_or(Ok(RegistryTotals::default()), |row| {
        Ok(RegistryTotals {
            packages: row.count("packages")?,
            versions: row.count("versions")?,
            content_bytes: row.count("content_bytes")?,
            stored_bytes: row.count("stored_bytes")?,
        })
    })
}

/// Adds a version to the totals.
pub async fn add_to_totals(conn: &mut Conn, content_bytes: u64) -> Result<(), StoreError> {
    conn.execute("UPDATE registry_totals SET content_bytes = content_bytes + $1 WHERE id = 1", args![content_bytes])
        .await
        .map(drop)
}
