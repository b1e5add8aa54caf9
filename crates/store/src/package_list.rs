//! The list of packages: filters, orders, and how much there is under a filter.
//!
//! Every filter is a term of the index of terms. Before the list is made, a look into the index tells how many packages the rarest term
//! has at most: few, and they are taken from the index and sorted; many, and packages are read in the order of the list
//! until the page is full, which is soon. Either way a page costs about the same whatever the filter.

use packhorse_model::api::packages::PackageSummary;
use packhorse_model::api::{Counted, Total};
use packhorse_model::ids::PackageId;
use packhorse_model::{PackageKind, PackageName, UserName};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::package_terms::Term;
use crate::packages::{COLUMNS, count_registered, summary};
use crate::sql::{Arg, Sql, Value as _};

/// Up to so many packages of a term are sorted; more are met soon enough when packages are read in order. Measured on 100,000 packages:
/// there both ways cost about the same.
const FEW: u64 = 1_200;
/// So many packages of the rarest term are looked at to count those that have the other terms, too.
const LOOKED_AT: u64 = 2_000;
/// What is counted exactly; beyond, a list is only said to have at least as many rows.
pub const COUNTED: u64 = 10_000;

/// What a list of packages shows.
#[derive(Debug, Clone, Default)]
pub struct PackageFilter {
    /// Words in name, description, creator or tags.
    pub search: Option<String>,
    /// Only these.
    pub kind: Option<PackageKind>,
    /// Only those that this person made.
    pub creator: Option<UserName>,
    /// Only those with all these tags.
    pub tags: Vec<String>,
    /// Only those whose latest version says all this of itself: attribute and value.
    pub metadata: Vec<(String, String)>,
}

impl PackageFilter {
    /// The terms that a package must have; nothing has no term, so a search without a word finds nothing.
    pub(crate) fn terms(&self) -> Option<Vec<Term>> {
        let mut terms = Vec::new();
        if let Some(search) = &self.search {
            terms = Term::of_search(search);
            if terms.is_empty() {
                return None;
            }
        }
        terms.extend(self.kind.map(Term::kind));
        terms.extend(self.creator.as_ref().map(Term::creator));
        terms.extend(self.tags.iter().map(|tag| Term::tag(tag)));
        terms.extend(self.metadata.iter().map(|(key, value)| Term::attribute(key, value)));
        Some(terms)
    }
}

/// By what a list of packages is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PackageKey {
    /// Name.
    #[default]
    Name,
    /// Time of the last change.
    Updated,
    /// Time of making.
    Created,
    /// Number of versions.
    Versions,
    /// Number of instances.
    Instances,
    /// Kind.
    Kind,
}

/// Which end of a list comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// The lowest first.
    #[default]
    Up,
    /// The highest first.
    Down,
}

/// How a list of packages is sorted; what is equal, by identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PackageOrder {
    /// By what.
    pub key: PackageKey,
    /// Which end first.
    pub direction: Direction,
}

/// Where a page begins: behind the package that stands here.
#[derive(Debug, Clone)]
pub struct PackagePlace {
    value: Arg,
    id: PackageId,
}

impl PackageOrder {
    /// Where a package stands in this order, as text.
    #[must_use]
    pub fn cursor(self, package: &PackageSummary) -> String {
        let value = match self.key {
            PackageKey::Name => package.name.to_string(),
            PackageKey::Updated => package.updated_at.as_microsecond().to_string(),
            PackageKey::Created => package.created_at.as_microsecond().to_string(),
            PackageKey::Versions => package.versions.to_string(),
            PackageKey::Instances => package.instances.to_string(),
            PackageKey::Kind => package.kind.as_str().to_owned(),
        };
        format!("{value} {}", package.id)
    }

    /// The place that [`PackageOrder::cursor`] wrote; absent if it was written for another order.
    #[must_use]
    pub fn place(self, cursor: &str) -> Option<PackagePlace> {
        let (value, id) = cursor.rsplit_once(' ')?;
        let value = match self.key {
            PackageKey::Name => value.parse::<PackageName>().ok()?.to_arg(),
            PackageKey::Kind => value.to_arg(),
            _ => value.parse::<i64>().ok()?.to_arg(),
        };
        Some(PackagePlace { value, id: id.parse().ok()? })
    }

    fn column(self) -> &'static str {
        match self.key {
            PackageKey::Name => "p.name",
            PackageKey::Updated => "p.updated_at",
            PackageKey::Created => "p.created_at",
            PackageKey::Versions => "p.versions",
            PackageKey::Instances => "p.instances",
            PackageKey::Kind => "p.kind",
        }
    }

    fn push(self, sql: &mut Sql, at: At) {
        let direction = match self.direction {
            Direction::Up => "",
            Direction::Down => " DESC",
        };
        sql.push(" ORDER BY ").push(at.value).push(direction);
        // Names are unique, and have an index without the identity.
        if self.key != PackageKey::Name {
            sql.push(", ").push(at.id).push(direction);
        }
    }

    fn push_place(self, sql: &mut Sql, at: At, place: &PackagePlace) {
        let beyond = match self.direction {
            Direction::Up => " > ",
            Direction::Down => " < ",
        };
        if self.key == PackageKey::Name {
            sql.push(" AND ").push(at.value).push(beyond).bind(&place.value);
        } else {
            sql.push(" AND (").push(at.value).push(", ").push(at.id).push(")").push(beyond);
            sql.tuple(args![place.value, place.id]);
        }
    }
}

/// The columns that an order is read from.
#[derive(Debug, Clone, Copy)]
struct At {
    value: &'static str,
    id: &'static str,
}

/// The rarest of some terms, and how many rows of the index it has at most, counted to one more than [`COUNTED`].
struct Rarest {
    at: usize,
    rows: u64,
}

async fn rarest(conn: &mut Conn, terms: &[Term]) -> Result<Option<Rarest>, StoreError> {
    let mut rarest: Option<Rarest> = None;
    for (at, term) in terms.iter().enumerate() {
        let bound = rarest.as_ref().map_or(COUNTED + 1, |rarest| rarest.rows);
        let mut sql = Sql::new("SELECT count(*) AS n FROM (SELECT 1 FROM package_terms t WHERE ");
        term.push(&mut sql);
        sql.push(" LIMIT ").bind(bound).push(") AS counted");
        let rows = conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("n"))?;
        if rows < bound || rarest.is_none() {
            rarest = Some(Rarest { at, rows });
        }
    }
    Ok(rarest)
}

/// Appends that the package `id` has all terms but the one at `but`.
fn push_terms(sql: &mut Sql, id: &'static str, terms: &[Term], but: Option<usize>) {
    for (_, term) in terms.iter().enumerate().filter(|(at, _)| Some(*at) != but) {
        sql.push(" AND EXISTS (SELECT 1 FROM package_terms t WHERE t.package_id = ").push(id).push(" AND ");
        term.push(sql);
        // OFFSET keeps PostgreSQL from making a join of it, which would look at every package that has the term.
        sql.push(" LIMIT 1 OFFSET 0)");
    }
}

/// A page of the list of packages, after `after`, and how many there are under the filter: exactly up to [`COUNTED`] for one term;
/// for several, at least those among the first two thousand packages of the rarest one.
pub async fn page(
    conn: &mut Conn,
    filter: &PackageFilter,
    order: PackageOrder,
    after: Option<&PackagePlace>,
    limit: u32,
) -> Result<(Vec<PackageSummary>, Total), StoreError> {
    let Some(terms) = filter.terms() else { return Ok((Vec::new(), Total::from(0))) };
    let rarest = rarest(conn, &terms).await?;
    let few = rarest.as_ref().filter(|rarest| rarest.rows <= FEW).map(|rarest| rarest.at);
    let sql = statement(filter, &terms, few, order, after, limit);
    let mut rows = conn.fetch(sql).await?.iter().map(summary).collect::<Result<Vec<_>, _>>()?;
    count_registered(conn, &mut rows).await?;
    Ok((rows, count(conn, &terms, rarest.as_ref()).await?))
}

/// The statement of a page. With `few`, the packages of that term are taken from the index of terms.
pub(crate) fn statement(
    filter: &PackageFilter,
    terms: &[Term],
    few: Option<usize>,
    order: PackageOrder,
    after: Option<&PackagePlace>,
    limit: u32,
) -> Sql {
    match few.and_then(|at| Some((at, terms.get(at)?))) {
        Some((at, term)) => sorted(terms, at, term, order, after, limit),
        None => in_order(filter, terms, order, after, limit),
    }
}

/// Reads packages in order until the page is full.
fn in_order(
    filter: &PackageFilter,
    terms: &[Term],
    order: PackageOrder,
    after: Option<&PackagePlace>,
    limit: u32,
) -> Sql {
    let at = At { value: order.column(), id: "p.id" };
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM packages p WHERE p.deleted_at IS NULL");
    // In the order of kinds, those of one kind stand together: begin there.
    if let (PackageKey::Kind, Some(kind)) = (order.key, filter.kind) {
        sql.push(" AND p.kind = ").bind(kind.as_str());
    }
    push_terms(&mut sql, "p.id", terms, None);
    if let Some(after) = after {
        order.push_place(&mut sql, at, after);
    }
    order.push(&mut sql, at);
    sql.push(" LIMIT ").bind(limit);
    sql
}

/// Sorts the packages of a term, the one at `rarest`, that have all others, too. Where each stands is looked up by itself: of a join PostgreSQL
/// would make a walk along the index of the order whenever it expects fewer packages than there are.
fn sorted(
    terms: &[Term],
    rarest: usize,
    term: &Term,
    order: PackageOrder,
    after: Option<&PackagePlace>,
    limit: u32,
) -> Sql {
    let at = At { value: "k.value", id: "k.package_id" };
    let mut sql = Sql::new("WITH found AS MATERIALIZED (SELECT DISTINCT t.package_id FROM package_terms t WHERE ");
    term.push(&mut sql);
    sql.push("), known AS MATERIALIZED (SELECT f.package_id, (SELECT ").push(order.column());
    sql.push(" FROM packages p WHERE p.id = f.package_id) AS value FROM found f WHERE TRUE");
    push_terms(&mut sql, "f.package_id", terms, Some(rarest));
    sql.push("), page AS MATERIALIZED (SELECT k.package_id, k.value FROM known k WHERE TRUE");
    if let Some(after) = after {
        order.push_place(&mut sql, at, after);
    }
    order.push(&mut sql, at);
    // SQLite keeps to the order of a cross join.
    sql.push(" LIMIT ").bind(limit).push(") SELECT ").push(COLUMNS);
    sql.push(" FROM page k CROSS JOIN packages p WHERE p.id = k.package_id");
    order.push(&mut sql, at);
    sql
}

async fn count(conn: &mut Conn, terms: &[Term], rarest: Option<&Rarest>) -> Result<Total, StoreError> {
    let Some((rarest, term)) = rarest.and_then(|rarest| Some((rarest, terms.get(rarest.at)?))) else {
        let row = conn.fetch_one(count_all()).await?;
        return Ok(Total::up_to(COUNTED, row.map_or(Ok(0), |row| row.count("n"))?));
    };
    let most = if terms.len() == 1 { COUNTED } else { LOOKED_AT };
    let rows = conn.fetch_one(count_of(terms, rarest.at, term, most)).await?.map_or(Ok(0), |row| row.count("n"))?;
    Ok(Total { rows, counted: if rarest.rows > most { Counted::AtLeast } else { Counted::Exactly } })
}

/// Counts all packages, as far as they are counted.
pub(crate) fn count_all() -> Sql {
    let mut sql = Sql::new("SELECT count(*) AS n FROM (SELECT 1 FROM packages WHERE deleted_at IS NULL LIMIT ");
    sql.bind(COUNTED + 1).push(") AS counted");
    sql
}

/// Counts those of the first packages with a term, the one at `at`, that have all others, too.
pub(crate) fn count_of(terms: &[Term], at: usize, term: &Term, most: u64) -> Sql {
    let mut sql = Sql::new(
        "SELECT count(*) AS n FROM (SELECT DISTINCT c.package_id FROM (SELECT t.package_id FROM package_terms t WHERE ",
    );
    term.push(&mut sql);
    sql.push(" LIMIT ").bind(most).push(") AS c) AS found WHERE TRUE");
    push_terms(&mut sql, "found.package_id", terms, Some(at));
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(filter: &PackageFilter, few: Option<usize>, order: PackageOrder) -> String {
        let place = order.place("7 00000000000000000000000007").unwrap();
        let text = statement(filter, &filter.terms().unwrap(), few, order, Some(&place), 50).text().to_owned();
        text.replace(COLUMNS, "…")
    }

    #[test]
    fn few_are_taken_from_the_index_and_many_are_met_in_order() {
        let filter =
            PackageFilter { kind: Some(PackageKind::File), tags: vec!["web".to_owned()], ..PackageFilter::default() };
        let order = PackageOrder { key: PackageKey::Versions, direction: Direction::Down };
        insta::assert_snapshot!(text(&filter, Some(1), order), @"WITH found AS MATERIALIZED (SELECT DISTINCT t.package_id FROM package_terms t WHERE t.term = $1), known AS MATERIALIZED (SELECT f.package_id, (SELECT p.versions FROM packages p WHERE p.id = f.package_id) AS value FROM found f WHERE TRUE AND EXISTS (SELECT 1 FROM package_terms t WHERE t.package_id = f.package_id AND t.term = $2 LIMIT 1 OFFSET 0)), page AS MATERIALIZED (SELECT k.package_id, k.value FROM known k WHERE TRUE AND (k.value, k.package_id) < ($3, $4) ORDER BY k.value DESC, k.package_id DESC LIMIT $5) SELECT … FROM page k CROSS JOIN packages p WHERE p.id = k.package_id ORDER BY k.value DESC, k.package_id DESC");
        insta::assert_snapshot!(text(&filter, None, PackageOrder::default()), @"SELECT … FROM packages p WHERE p.deleted_at IS NULL AND EXISTS (SELECT 1 FROM package_terms t WHERE t.package_id = p.id AND t.term = $1 LIMIT 1 OFFSET 0) AND EXISTS (SELECT 1 FROM package_terms t WHERE t.package_id = p.id AND t.term = $2 LIMIT 1 OFFSET 0) AND p.name > $3 ORDER BY p.name LIMIT $4");
    }

    #[test]
    fn a_search_without_a_word_finds_nothing() {
        assert!(PackageFilter { search: Some("--".to_owned()), ..PackageFilter::default() }.terms().is_none());
    }
}
