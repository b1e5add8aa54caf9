//! What an object is related to, walked one way or the other in the order of installation.

use packhorse_model::api::objects::RelationSide;
use packhorse_model::ids::ObjectId;
use packhorse_model::project::ObjectKey;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::objects::{SELECT, StoredObject, stored};
use crate::sql::Sql;

/// Where a page begins: behind the object that stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its place in the order of installation.
    pub installrank: i64,
    /// What it is known by.
    pub key: ObjectKey,
}

/// Whether there is such an object.
pub async fn is_there(conn: &mut Conn, object: ObjectId) -> Result<bool, StoreError> {
    Ok(conn.query_one("SELECT id FROM objects WHERE id = $1", args![object]).await?.is_some())
}

/// A part of the objects on one side of an object, by installrank, type and name.
pub async fn list(
    conn: &mut Conn,
    object: ObjectId,
    side: RelationSide,
    after: Option<&Place>,
    limit: u32,
) -> Result<Vec<StoredObject>, StoreError> {
    conn.fetch(list_statement(object, side, after, limit)).await?.iter().map(stored).collect()
}

/// The statement of [`list`]. What is sorted are the relations of one object.
pub(crate) fn list_statement(object: ObjectId, side: RelationSide, after: Option<&Place>, limit: u32) -> Sql {
    let related = match side {
        RelationSide::Children => "SELECT r.child_id FROM object_relations r WHERE r.parent_id = ",
        RelationSide::Parents => "SELECT r.parent_id FROM object_relations r WHERE r.child_id = ",
    };
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE o.id IN (").push(related).bind(object).push(")");
    if let Some(Place { installrank, key }) = after {
        sql.push(" AND (o.installrank, o.type, o.name) > ").tuple(args![installrank, key.object_type, key.name]);
    }
    sql.push(" ORDER BY o.installrank, o.type, o.name LIMIT ").bind(limit);
    sql
}

/// How many objects there are on one side of an object.
pub async fn count(conn: &mut Conn, object: ObjectId, side: RelationSide) -> Result<u64, StoreError> {
    let sql = match side {
        RelationSide::Children => "SELECT count(*) AS total FROM object_relations WHERE parent_id = $1",
        RelationSide::Parents => "SELECT count(*) AS total FROM object_relations WHERE child_id = $1",
    };
    conn.query_one(sql, args![object]).await?.map_or(Ok(0), |row| row.count("total"))
}
