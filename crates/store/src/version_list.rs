//! The list of a package's versions: filters, orders, and how many there are under a filter.

use packhorse_model::api::Total;
use packhorse_model::api::packages::VersionSummary;
use packhorse_model::ids::PackageId;
use packhorse_model::{UserName, VersionNumber, VersionState};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::package_list::{COUNTED, Direction};
use crate::sql::{Arg, Sql, Value as _, word};
use crate::versions::{FROM, SUMMARY, summary};

/// Whether a version is anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// On a host, at least.
    OnHosts,
    /// On no host.
    Nowhere,
}

/// What a list of versions shows.
#[derive(Debug, Clone, Default)]
pub struct VersionFilter {
    /// With this text in number, build or description, in lower or upper case.
    pub search: Option<String>,
    /// Only those that stand here.
    pub state: Option<VersionState>,
    /// Only those that this person pushed.
    pub creator: Option<UserName>,
    /// Only those that are on a host, or on none.
    pub whereabouts: Option<Whereabouts>,
}

impl VersionFilter {
    fn is_empty(&self) -> bool {
        self.search.is_none() && self.state.is_none() && self.creator.is_none() && self.whereabouts.is_none()
    }

    fn push(&self, sql: &mut Sql) -> Result<(), StoreError> {
        if let Some(state) = self.state {
            sql.push(" AND v.state = ").bind(word(&state)?);
        }
        if let Some(creator) = &self.creator {
            sql.push(" AND v.creator = ").bind(creator);
        }
        sql.push(match self.whereabouts {
            None => "",
            Some(Whereabouts::OnHosts) => " AND u.version IS NOT NULL",
            Some(Whereabouts::Nowhere) => " AND u.version IS NULL",
        });
        if let Some(search) = &self.search {
            let pattern = pattern(search);
            sql.push(" AND (lower(v.number) LIKE ").bind(&pattern).push(" ESCAPE '\\'");
            sql.push(" OR lower(v.build) LIKE ").bind(&pattern).push(" ESCAPE '\\'");
            sql.push(" OR lower(v.description) LIKE ").bind(&pattern).push(" ESCAPE '\\')");
        }
        Ok(())
    }
}

/// What LIKE finds a text by, as it stands.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for letter in search.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + "%"
}

/// By what a list of versions is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VersionKey {
    /// Number.
    #[default]
    Number,
    /// Time of the push.
    Created,
    /// Bytes of the files.
    Size,
}

/// How a list of versions is sorted; what is equal, by identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionOrder {
    /// By what.
    pub key: VersionKey,
    /// Which end first.
    pub direction: Direction,
}

/// The highest number first.
impl Default for VersionOrder {
    fn default() -> Self {
        Self { key: VersionKey::Number, direction: Direction::Down }
    }
}

/// Where a page begins: behind the version that stands here.
#[derive(Debug, Clone)]
pub struct VersionPlace(Vec<Arg>);

impl VersionOrder {
    /// Where a version stands in this order, as text.
    #[must_use]
    pub fn cursor(self, version: &VersionSummary) -> String {
        match self.key {
            VersionKey::Number => version.version.to_string(),
            VersionKey::Created => format!("{} {}", version.created_at.as_microsecond(), version.id),
            VersionKey::Size => format!("{} {}", version.size, version.id),
        }
    }

    /// The place that [`VersionOrder::cursor`] wrote; absent if it was written for another order.
    #[must_use]
    pub fn place(self, cursor: &str) -> Option<VersionPlace> {
        if self.key == VersionKey::Number {
            let number: VersionNumber = cursor.parse().ok()?;
            return Some(VersionPlace(args![number.sort_key(), number]));
        }
        let (value, id) = cursor.split_once(' ')?;
        let id: packhorse_model::ids::VersionId = id.parse().ok()?;
        Some(VersionPlace(vec![value.parse::<i64>().ok()?.to_arg(), id.to_arg()]))
    }

    fn columns(self) -> (&'static str, &'static str) {
        match self.key {
            VersionKey::Number => ("v.sort_key", "v.number"),
            VersionKey::Created => ("v.created_at", "v.id"),
            VersionKey::Size => ("v.size", "v.id"),
        }
    }

    fn push(self, sql: &mut Sql) {
        let (first, second) = self.columns();
        let direction = match self.direction {
            Direction::Up => "",
            Direction::Down => " DESC",
        };
        sql.push(" ORDER BY ").push(first).push(direction).push(", ").push(second).push(direction);
    }

    fn push_place(self, sql: &mut Sql, place: VersionPlace) {
        let (first, second) = self.columns();
        let beyond = match self.direction {
            Direction::Up => ") > ",
            Direction::Down => ") < ",
        };
        sql.push(" AND (").push(first).push(", ").push(second).push(beyond).tuple(place.0);
    }
}

/// A page of the versions of a package, after `after`.
pub async fn page(
    conn: &mut Conn,
    package: PackageId,
    filter: &VersionFilter,
    order: VersionOrder,
    after: Option<VersionPlace>,
    limit: u32,
) -> Result<Vec<VersionSummary>, StoreError> {
    conn.fetch(statement(package, filter, order, after, limit)?).await?.iter().map(summary).collect()
}

/// The statement of a page.
pub(crate) fn statement(
    package: PackageId,
    filter: &VersionFilter,
    order: VersionOrder,
    after: Option<VersionPlace>,
    limit: u32,
) -> Result<Sql, StoreError> {
    let mut sql = Sql::new(SUMMARY);
    sql.push(FROM).push(" WHERE v.package_id = ").bind(package);
    filter.push(&mut sql)?;
    if let Some(after) = after {
        order.push_place(&mut sql, after);
    }
    order.push(&mut sql);
    sql.push(" LIMIT ").bind(limit);
    Ok(sql)
}

/// How many versions of a package there are; under a filter, counted up to [`COUNTED`].
pub async fn count(conn: &mut Conn, package: PackageId, filter: &VersionFilter) -> Result<Total, StoreError> {
    if filter.is_empty() {
        let row = conn.query_one("SELECT versions FROM packages WHERE id = $1", args![package]).await?;
        return row.map_or(Ok(0), |row| row.count("versions")).map(Total::from);
    }
    let row = conn.fetch_one(count_statement(package, filter)?).await?;
    Ok(Total::up_to(COUNTED, row.map_or(Ok(0), |row| row.count("total"))?))
}

/// Counts the versions of a package under a filter, as far as they are counted.
pub(crate) fn count_statement(package: PackageId, filter: &VersionFilter) -> Result<Sql, StoreError> {
    let mut sql = Sql::new("SELECT count(*) AS total FROM (SELECT 1");
    sql.push(FROM).push(" WHERE v.package_id = ").bind(package);
    filter.push(&mut sql)?;
    sql.push(" LIMIT ").bind(COUNTED + 1).push(") AS counted");
    Ok(sql)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_means_what_it_says() {
        assert_eq!(pattern("1.0_RC%"), "%1.0\\_rc\\%%");
    }

    #[test]
    fn a_cursor_is_of_one_order() {
        let by = |key| VersionOrder { key, direction: Direction::Up };
        assert!(by(VersionKey::Size).place("1.0.0").is_none());
        assert!(by(VersionKey::Created).place("7 00000000000000000000000007").is_some());
        assert!(VersionOrder::default().place("1.0.0").is_some());
    }
}
