//! Which versions are deleted by themselves: what was said about it, and what is known of the versions that it is decided by.

use std::collections::BTreeSet;

use jiff::Timestamp;
use packhorse_model::api::drafts::DraftState;
use packhorse_model::api::retention::{RetentionRule, StoredRetention};
use packhorse_model::ids::{PackageId, VersionId};
use packhorse_model::{PackageKind, PackageName, VersionNumber, VersionState};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, json, word};

/// The settings that hold the default of the site, and when rules were last applied.
const SITE: &str = "retention";
const APPLIED: &str = "retention_applied_at";

fn said(row: &Row) -> Result<StoredRetention, StoreError> {
    Ok(StoredRetention {
        rule: row.opt_json("rule")?,
        updated_by: row.parse("updated_by")?,
        updated_at: row.time("updated_at")?,
    })
}

/// What was said for a package.
pub async fn of_package(conn: &mut Conn, package: PackageId) -> Result<Option<StoredRetention>, StoreError> {
    let sql = "SELECT rule, updated_by, updated_at FROM retention_rules WHERE package_id = $1";
    conn.query_one(sql, args![package]).await?.map(|row| said(&row)).transpose()
}

/// Says it for a package.
pub async fn set_package(conn: &mut Conn, package: PackageId, said: &StoredRetention) -> Result<(), StoreError> {
    let rule = said.rule.as_ref().map(json).transpose()?;
    conn.execute(
        "INSERT INTO retention_rules (package_id, rule, updated_by, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (package_id) DO UPDATE SET rule = excluded.rule, updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        args![package, rule, said.updated_by, said.updated_at],
    )
    .await
    .map(drop)
}

/// Forgets what was said for a package. False if nothing was.
pub async fn clear_package(conn: &mut Conn, package: PackageId) -> Result<bool, StoreError> {
    Ok(conn.execute("DELETE FROM retention_rules WHERE package_id = $1", args![package]).await? == 1)
}

/// What was said for the site.
pub async fn of_site(conn: &mut Conn) -> Result<Option<StoredRetention>, StoreError> {
    setting(conn, SITE).await?.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
}

/// Says it for the site.
pub async fn set_site(conn: &mut Conn, said: &StoredRetention) -> Result<(), StoreError> {
    set_setting(conn, SITE, &json(said)?).await
}

/// When rules were last applied to all packages.
pub async fn applied_at(conn: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    let text = setting(conn, APPLIED).await?;
    Ok(text.and_then(|text| text.parse().ok()).and_then(|micros| Timestamp::from_microsecond(micros).ok()))
}

/// Notes that rules are applied to all packages.
pub async fn set_applied_at(conn: &mut Conn, at: Timestamp) -> Result<(), StoreError> {
    set_setting(conn, APPLIED, &at.as_microsecond().to_string()).await
}

async fn setting(conn: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    let row = conn.query_one("SELECT value FROM settings WHERE name = $1", args![name]).await?;
    row.map(|row| row.text("value")).transpose()
}

async fn set_setting(conn: &mut Conn, name: &str, value: &str) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    conn.execute(sql, args![name, value]).await.map(drop)
}

/// A package to which a rule may apply.
#[derive(Debug, Clone)]
pub struct RuledPackage {
    /// Its identity.
    pub id: PackageId,
    /// Its name.
    pub name: PackageName,
    /// What it carries.
    pub kind: PackageKind,
    /// What was said for it, if anything was: a rule, or that every version is kept.
    pub own: Option<Option<RetentionRule>>,
}

/// Packages of more than one version, after `after`: those for which something was said, or, if the site has a rule, all.
pub async fn packages(
    conn: &mut Conn,
    site_has_rule: bool,
    after: Option<PackageId>,
    limit: u32,
) -> Result<Vec<RuledPackage>, StoreError> {
    let mut sql = Sql::new("SELECT p.id, p.name, p.kind, r.rule, r.package_id AS own FROM packages p ");
    sql.push(if site_has_rule { "LEFT JOIN" } else { "JOIN" });
    sql.push(" retention_rules r ON r.package_id = p.id WHERE p.deleted_at IS NULL AND p.versions > 1");
    if let Some(after) = after {
        sql.push(" AND p.id > ").bind(after);
    }
    sql.push(" ORDER BY p.id LIMIT ").bind(limit);
    let package = |row: &Row| {
        let own = row.opt_text("own")?.map(|_| row.opt_json("rule")).transpose()?;
        Ok(RuledPackage { id: row.parse("id")?, name: row.parse("name")?, kind: row.word("kind")?, own })
    };
    conn.fetch(sql).await?.iter().map(package).collect()
}

/// What is known of a version, for the decision whether it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionFacts {
    /// Its identity.
    pub id: VersionId,
    /// Its number.
    pub version: VersionNumber,
    /// Where it stands.
    pub state: VersionState,
    /// When it was pushed.
    pub created_at: Timestamp,
    /// When it was last on a host.
    pub deployed_at: Option<Timestamp>,
    /// Bytes that it added to the store.
    pub new_bytes: u64,
    /// On how many hosts it is.
    pub instances: u64,
    /// Whether a host could be put back to it.
    pub is_rollback_target: bool,
    /// Whether it is protected.
    pub is_protected: bool,
}

/// A part of the versions of a package, the highest number first, below the key of `before`.
pub async fn facts(
    conn: &mut Conn,
    package: PackageId,
    before: Option<&VersionNumber>,
    limit: u32,
) -> Result<Vec<VersionFacts>, StoreError> {
    let mut sql = Sql::new(
        "SELECT v.id, v.number, v.state, v.created_at, v.deployed_at, v.new_bytes, v.is_protected,
           COALESCE(u.instances, 0) AS instances,
           (EXISTS (SELECT 1 FROM instances i WHERE i.package_id = v.package_id AND i.previous = v.number)) AS is_previous
         FROM versions v LEFT JOIN version_instances u ON u.package_id = v.package_id AND u.version = v.number
         WHERE v.package_id = ",
    );
    sql.bind(package);
    if let Some(before) = before {
        sql.push(" AND (v.sort_key, v.number) < ").tuple(args![before.sort_key(), before]);
    }
    sql.push(" ORDER BY v.sort_key DESC, v.number DESC LIMIT ").bind(limit);
    let facts = |row: &Row| {
        Ok(VersionFacts {
            id: row.parse("id")?,
            version: row.parse("number")?,
            state: row.word("state")?,
            created_at: row.time("created_at")?,
            deployed_at: row.opt_time("deployed_at")?,
            new_bytes: row.count("new_bytes")?,
            instances: row.count("instances")?,
            is_rollback_target: row.bool("is_previous")?,
            is_protected: row.bool("is_protected")?,
        })
    };
    conn.fetch(sql).await?.iter().map(facts).collect()
}

/// The tags of a part of the versions of a package, and their `releasetag`.
pub async fn tags(conn: &mut Conn, versions: &[VersionId]) -> Result<Vec<(VersionId, BTreeSet<String>)>, StoreError> {
    let mut found = Vec::new();
    for ids in versions.chunks(400) {
        let mut sql = Sql::new("SELECT id, manifest FROM versions WHERE id IN ");
        sql.tuple(ids.iter().flat_map(|id| args![id]));
        for row in conn.fetch(sql).await? {
            let manifest: packhorse_model::manifest::Manifest = row.json("manifest")?;
            let tags = manifest.tags.into_iter().chain(manifest.metadata.releasetag);
            found.push((row.parse("id")?, tags.collect()));
        }
    }
    Ok(found)
}

/// The versions of a package that open deployments have to do with.
pub async fn in_deployments(conn: &mut Conn, package: PackageId) -> Result<BTreeSet<VersionNumber>, StoreError> {
    let sql = "SELECT x.version AS number FROM deployment_parts x JOIN deployments d ON d.id = x.deployment_id
               WHERE x.package_id = $1 AND d.ended_at IS NULL AND x.version IS NOT NULL
               UNION SELECT u.from_version FROM deployment_parts x JOIN deployments d ON d.id = x.deployment_id
               JOIN units u ON u.plan_id = d.plan_id AND u.package_id = x.package_id
               WHERE x.package_id = $1 AND d.ended_at IS NULL AND u.from_version IS NOT NULL
               UNION SELECT u.to_version FROM deployment_parts x JOIN deployments d ON d.id = x.deployment_id
               JOIN units u ON u.plan_id = d.plan_id AND u.package_id = x.package_id
               WHERE x.package_id = $1 AND d.ended_at IS NULL AND u.to_version IS NOT NULL";
    conn.query(sql, args![package]).await?.iter().map(|row| row.parse("number")).collect()
}

/// The versions of a package that open drafts began with.
pub async fn in_drafts(conn: &mut Conn, package: &PackageName) -> Result<BTreeSet<VersionNumber>, StoreError> {
    let sql = "SELECT DISTINCT base FROM drafts WHERE package = $1 AND state = $2 AND base IS NOT NULL";
    let rows = conn.query(sql, args![package, word(&DraftState::Open)?]).await?;
    rows.iter().map(|row| row.parse("base")).collect()
}
