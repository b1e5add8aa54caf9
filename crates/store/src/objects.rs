//! Objects of ControlTier projects and their relations. Every version of a package is an object too, made when it is pushed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::api::objects::ObjectSummary;
use packhorse_model::filename::ArchiveFormat;
use packhorse_model::ids::{ObjectId, VersionId};
use packhorse_model::manifest::Manifest;
use packhorse_model::name::ObjectType;
use packhorse_model::project::load::{Known, Relation};
use packhorse_model::project::registration::Registration;
use packhorse_model::project::{Element, ObjectKey};
use packhorse_model::{PackageName, VersionNumber};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, json, word};

/// Keys that one statement asks for.
const AT_ONCE: usize = 200;

/// An object with what only a registry's own version says of it.
#[derive(Debug, Clone)]
pub struct StoredObject {
    /// As lists show it; its attributes are those that were said.
    pub summary: ObjectSummary,
    /// Its transforms.
    pub transforms: Vec<BTreeMap<String, String>>,
    /// Its place in the order of installation.
    pub installrank: i64,
    /// The content, if there is any.
    pub content: Option<ObjectContent>,
}

/// What the content of a package object says.
#[derive(Debug, Clone)]
pub struct ObjectContent {
    /// The version's line.
    pub description: String,
    /// The version's manifest.
    pub manifest: Manifest,
    /// The archive's file name.
    pub file_name: String,
    /// How it is packed.
    pub format: ArchiveFormat,
}

/// Where a scan goes on.
#[derive(Debug, Clone, Default)]
pub struct Scan<'a> {
    /// Only these.
    pub element: Option<Element>,
    /// Only of exactly this type.
    pub object_type: Option<&'a ObjectType>,
    /// After this one.
    pub after: Option<&'a ObjectKey>,
}

/// What [`stored`] reads, of objects `o`.
pub(crate) const SELECT: &str =
    "SELECT o.id, o.element, o.type, o.name, o.attributes, o.transforms, o.package, o.version, o.installrank,
  v.id AS content, v.description, v.manifest, v.archive_name, v.archive_format, h.id AS host
  FROM objects o LEFT JOIN versions v ON v.id = o.version_id
  LEFT JOIN hosts h ON h.name = o.name AND o.element = 'node'";

fn key(row: &Row, object_type: &str, name: &str) -> Result<ObjectKey, StoreError> {
    Ok(ObjectKey { object_type: row.parse(object_type)?, name: row.parse(name)? })
}

pub(crate) fn stored(row: &Row) -> Result<StoredObject, StoreError> {
    let content = match row.opt_text("content")? {
        None => None,
        Some(_) => Some(ObjectContent {
            description: row.text("description")?,
            manifest: row.json("manifest")?,
            file_name: row.text("archive_name")?,
            format: row.word("archive_format")?,
        }),
    };
    let summary = ObjectSummary {
        id: row.parse("id")?,
        element: row.word("element")?,
        key: key(row, "type", "name")?,
        attributes: row.json("attributes")?,
        package: row.opt_parse("package")?,
        version: row.opt_parse("version")?,
        has_content: content.is_some(),
        host: row.opt_parse("host")?,
    };
    Ok(StoredObject { summary, transforms: row.json("transforms")?, installrank: row.int("installrank")?, content })
}

/// A part of all objects, by type and name.
pub async fn scan(conn: &mut Conn, scan: &Scan<'_>, limit: u32) -> Result<Vec<StoredObject>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE TRUE");
    if let Some(element) = scan.element {
        sql.push(" AND o.element = ").bind(element.as_str());
    }
    if let Some(object_type) = scan.object_type {
        sql.push(" AND o.type = ").bind(object_type);
    }
    if let Some(after) = scan.after {
        sql.push(" AND (o.type, o.name) > ").tuple(args![after.object_type, after.name]);
    }
    sql.push(" ORDER BY o.type, o.name LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(stored).collect()
}

/// How many objects there are, of this type if one is given.
pub async fn count(conn: &mut Conn, object_type: Option<&ObjectType>) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT count(*) AS total FROM objects WHERE TRUE");
    if let Some(object_type) = object_type {
        sql.push(" AND type = ").bind(object_type);
    }
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
}

/// The objects of these keys that there are.
pub async fn by_keys(conn: &mut Conn, keys: &[&ObjectKey]) -> Result<Vec<StoredObject>, StoreError> {
    let mut found = Vec::new();
    for keys in keys.chunks(AT_ONCE) {
        let mut sql = Sql::new(SELECT);
        sql.push(" WHERE (o.type, o.name) IN (VALUES ");
        for (index, key) in keys.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).tuple(args![key.object_type, key.name]);
        }
        sql.push(")");
        for row in conn.fetch(sql).await? {
            found.push(stored(&row)?);
        }
    }
    Ok(found)
}

/// The object that stands for a version, whether it has content or not.
pub async fn of_version(
    conn: &mut Conn,
    package: &PackageName,
    version: &VersionNumber,
) -> Result<Option<StoredObject>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE o.package = ").bind(package).push(" AND o.version = ").bind(version);
    sql.push(" ORDER BY o.version_id IS NULL, o.type, o.name LIMIT 1");
    conn.fetch_one(sql).await?.map(|row| stored(&row)).transpose()
}

/// All relations of these objects, of either direction.
pub async fn relations(conn: &mut Conn, objects: &[ObjectId]) -> Result<Vec<Relation>, StoreError> {
    let mut found = Vec::new();
    for objects in objects.chunks(AT_ONCE) {
        for condition in [" WHERE r.parent_id IN ", " WHERE r.child_id IN "] {
            let mut sql = Sql::new(
                "SELECT p.type AS parent_type, p.name AS parent_name, c.type AS child_type, c.name AS child_name
                 FROM object_relations r JOIN objects p ON p.id = r.parent_id JOIN objects c ON c.id = r.child_id",
            );
            sql.push(condition).tuple(objects.iter().flat_map(|id| args![id]));
            for row in conn.fetch(sql).await? {
                found.push(Relation {
                    parent: key(&row, "parent_type", "parent_name")?,
                    child: key(&row, "child_type", "child_name")?,
                });
            }
        }
    }
    Ok(found)
}

/// Where in the order of installation stands what nobody gave a place: last.
pub(crate) const UNRANKED: i64 = i64::MAX;

/// The place in the order of installation: what was said, or else what follows from the content.
fn installrank(object: &Known) -> i64 {
    let rank = |values: &BTreeMap<String, String>| values.get("installrank").and_then(|rank| rank.trim().parse().ok());
    rank(&object.attributes).or_else(|| rank(&object.effective)).unwrap_or(UNRANKED)
}

/// Makes an object, or writes down what it is now. Content under the name and version that it stands for becomes its content.
pub async fn put(
    conn: &mut Conn,
    id: ObjectId,
    key: &ObjectKey,
    object: &Known,
    stands_for: Option<&Registration>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (package, version) = stands_for.map(|it| (&it.package, &it.version)).unzip();
    conn.execute(
        "INSERT INTO objects (id, element, type, name, attributes, transforms, package, version, installrank, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
         ON CONFLICT (type, name) DO UPDATE SET attributes = excluded.attributes, transforms = excluded.transforms,
           installrank = excluded.installrank, updated_at = excluded.updated_at,
           package = CASE WHEN objects.version_id IS NULL THEN excluded.package ELSE objects.package END,
           version = CASE WHEN objects.version_id IS NULL THEN excluded.version ELSE objects.version END",
        args![
            id,
            word(&object.element)?,
            key.object_type,
            key.name,
            json(&object.attributes)?,
            json(&object.transforms)?,
            package,
            version,
            installrank(object),
            now
        ],
    )
    .await
    .map(drop)
}

/// Adds a relation between two objects that there are.
pub async fn relate(conn: &mut Conn, relation: &Relation) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO object_relations (parent_id, child_id) SELECT p.id, c.id FROM objects p, objects c
         WHERE p.type = $1 AND p.name = $2 AND c.type = $3 AND c.name = $4 ON CONFLICT DO NOTHING",
        args![relation.parent.object_type, relation.parent.name, relation.child.object_type, relation.child.name],
    )
    .await
    .map(drop)
}

/// Takes a relation away.
pub async fn part(conn: &mut Conn, relation: &Relation) -> Result<(), StoreError> {
    conn.execute(
        "DELETE FROM object_relations WHERE parent_id = (SELECT id FROM objects WHERE type = $1 AND name = $2)
           AND child_id = (SELECT id FROM objects WHERE type = $3 AND name = $4)",
        args![relation.parent.object_type, relation.parent.name, relation.child.object_type, relation.child.name],
    )
    .await
    .map(drop)
}

/// Makes a version that was just pushed the content of the object that stands for it.
pub async fn set_content(conn: &mut Conn, object: ObjectId, version: VersionId) -> Result<(), StoreError> {
    conn.execute("UPDATE objects SET version_id = $2 WHERE id = $1", args![object, version]).await.map(drop)
}

/// Lets one load after another decide, since what each changes rests on what it has seen.
pub async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO settings (name, value) VALUES ('objects_lock', '')
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        vec![],
    )
    .await
    .map(drop)
}
