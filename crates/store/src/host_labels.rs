//! Labels of hosts.

use std::collections::BTreeMap;

use packhorse_model::ids::HostId;
use packhorse_model::label::Labels;
use packhorse_model::selector::{LabelSelector, Requirement};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::{Sql, Value as _};

/// The labels of these hosts, of those that have any.
pub async fn of(conn: &mut Conn, hosts: &[HostId]) -> Result<BTreeMap<HostId, Labels>, StoreError> {
    let mut found = BTreeMap::<HostId, Labels>::new();
    for some in hosts.chunks(500) {
        let mut sql = Sql::new("SELECT host_id, key, value FROM host_labels WHERE host_id IN ");
        sql.tuple(some.iter().map(HostId::to_arg));
        for row in conn.fetch(sql).await? {
            found.entry(row.parse("host_id")?).or_default().insert(row.parse("key")?, row.parse("value")?);
        }
    }
    Ok(found)
}

/// Adds to a statement that the host `h` meets a selector.
pub(crate) fn push_selector(sql: &mut Sql, selector: &LabelSelector) {
    for requirement in selector.requirements() {
        let (begin, key, values) = match requirement {
            Requirement::Exists(key) => (" AND h.id IN (", key, None),
            Requirement::Missing(key) => (" AND h.id NOT IN (", key, None),
            Requirement::In(key, values) => (" AND h.id IN (", key, Some(values)),
            Requirement::NotIn(key, values) => (" AND h.id NOT IN (", key, Some(values)),
        };
        sql.push(begin).push("SELECT host_id FROM host_labels WHERE key = ").bind(key.as_str());
        if let Some(values) = values {
            sql.push(" AND value IN ").tuple(values.iter().map(|value| value.as_str().to_arg()));
        }
        sql.push(")");
    }
}

/// Gives a host exactly these labels.
pub async fn set(conn: &mut Conn, host: HostId, labels: &Labels) -> Result<(), StoreError> {
    conn.execute("DELETE FROM host_labels WHERE host_id = $1", args![host]).await?;
    if labels.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("INSERT INTO host_labels (host_id, key, value) VALUES ");
    for (index, (key, value)) in labels.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).tuple(args![host, key.as_str(), value.as_str()]);
    }
    conn.apply(sql).await.map(drop)
}
