//! The orders of the list of instances, and where its pages begin.
//!
//! In the order of states or of health the list is one part for each of them, the next begun where the one before ends: each part is a filter
//! that has its index. All other orders have an index of their own.

use packhorse_model::VersionNumber;
use packhorse_model::api::Total;
use packhorse_model::api::instances::Instance;
use packhorse_model::ids::{HostId, PackageId};
use packhorse_model::name::{HostName, PackageName};
use packhorse_model::order::{Health, InstanceState};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::instance_list::{Filter, HeardSince, Search, count_found, rows};
use crate::package_list::Direction;
use crate::sql::{Arg, Sql, Value as _};

/// By what a list of instances is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InstanceKey {
    /// Name of the host, then of the package.
    #[default]
    Host,
    /// Name of the package.
    Package,
    /// Version, as versions follow one another.
    Version,
    /// Whether they are meant to run: those first that are.
    State,
    /// Health, as a person sees it: what does not do what it should first, then what nobody knows.
    Health,
    /// When they changed last.
    Since,
}

/// How a list of instances is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InstanceOrder {
    /// By what.
    pub key: InstanceKey,
    /// Which end first.
    pub direction: Direction,
}

/// Where a page begins: behind an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct InstancePlace {
    /// What the order looks at, as text; nothing in the order of hosts.
    value: String,
    host: At,
    package: PackageName,
}

#[derive(Debug, Clone, PartialEq)]
enum At {
    Name(HostName),
    Id(HostId),
}

/// The states in their order.
const STATES: [InstanceState; 2] = [InstanceState::Running, InstanceState::Stopped];
/// What health there is, in its order.
const HEALTHS: [Health; 3] = [Health::Unhealthy, Health::Unknown, Health::Healthy];

impl InstanceOrder {
    /// Where the page behind an instance begins.
    #[must_use]
    pub fn behind(self, last: &Instance) -> InstancePlace {
        let value = match self.key {
            InstanceKey::Host | InstanceKey::Package => String::new(),
            InstanceKey::Version => last.version.sort_key(),
            InstanceKey::State => place_of(&STATES, &last.state),
            InstanceKey::Health => place_of(&HEALTHS, &last.health),
            InstanceKey::Since => last.updated_at.as_microsecond().to_string(),
        };
        let host = match self.is_by_name() {
            true => At::Name(last.host_name.clone()),
            false => At::Id(last.host),
        };
        InstancePlace { value, host, package: last.package.clone() }
    }

    /// The same as text.
    #[must_use]
    pub fn cursor(self, last: &Instance) -> String {
        let InstancePlace { value, host, package } = self.behind(last);
        let host = match host {
            At::Name(name) => name.to_string(),
            At::Id(id) => id.to_string(),
        };
        if value.is_empty() { format!("{host} {package}") } else { format!("{value} {host} {package}") }
    }

    /// The place that [`InstanceOrder::cursor`] wrote; absent if it was written for another order.
    #[must_use]
    pub fn place(self, cursor: &str) -> Option<InstancePlace> {
        let (rest, package) = cursor.rsplit_once(' ')?;
        let (value, host) = match self.key {
            InstanceKey::Host | InstanceKey::Package => ("", rest),
            _ => rest.rsplit_once(' ')?,
        };
        let is_value = match self.key {
            InstanceKey::Host | InstanceKey::Package | InstanceKey::Version => true,
            InstanceKey::State | InstanceKey::Health | InstanceKey::Since => value.parse::<i64>().is_ok(),
        };
        let host = match self.is_by_name() {
            true => At::Name(host.parse().ok()?),
            false => At::Id(host.parse().ok()?),
        };
        is_value.then_some(())?;
        Some(InstancePlace { value: value.to_owned(), host, package: package.parse().ok()? })
    }

    /// Whether what is equal goes by the names of hosts.
    fn is_by_name(self) -> bool {
        matches!(self.key, InstanceKey::Host | InstanceKey::State | InstanceKey::Health)
    }

    /// What the order looks at, of instances `i`, their hosts `h` and packages `p`; the first of its columns alone finds where to begin.
    fn columns(self, of: Columns) -> &'static [&'static str] {
        match (self.key, of) {
            (InstanceKey::Package, Columns::Found) => &["p.name", "i.host_id"],
            (InstanceKey::Package, Columns::Page) => &["g.package", "g.host_id"],
            (InstanceKey::Version, Columns::Found) => &["i.version_key", "i.host_id", "i.package_id"],
            (InstanceKey::Since, Columns::Found) => &["i.updated_at", "i.host_id", "i.package_id"],
            (InstanceKey::Version | InstanceKey::Since, Columns::Page) => &["g.value", "g.host_id", "g.package_id"],
            (InstanceKey::Host | InstanceKey::State | InstanceKey::Health, Columns::Found) => &["h.name", "p.name"],
            (InstanceKey::Host | InstanceKey::State | InstanceKey::Health, Columns::Page) => {
                &["g.host_name", "g.package"]
            }
        }
    }

    /// What the page has to remember of its rows to be put in order once more.
    pub(crate) fn value(self) -> &'static str {
        match self.key {
            InstanceKey::Version => "i.version_key",
            InstanceKey::Since => "i.updated_at",
            _ => "0",
        }
    }

    /// The tables in the order in which a list that is not sorted reads them. SQLite keeps to that of a cross join.
    pub(crate) fn tables(self) -> &'static str {
        match self.key {
            InstanceKey::Host | InstanceKey::State | InstanceKey::Health => {
                "hosts h CROSS JOIN instances i CROSS JOIN packages p WHERE i.host_id = h.id AND p.id = i.package_id"
            }
            InstanceKey::Package => {
                "packages p CROSS JOIN instances i CROSS JOIN hosts h WHERE i.package_id = p.id AND h.id = i.host_id"
            }
            InstanceKey::Version | InstanceKey::Since => {
                "instances i CROSS JOIN hosts h CROSS JOIN packages p WHERE h.id = i.host_id AND p.id = i.package_id"
            }
        }
    }

    /// Whether an index of instances has the rows in this order.
    pub(crate) fn has_own_index(self) -> bool {
        matches!(self.key, InstanceKey::Package | InstanceKey::Version | InstanceKey::Since)
    }

    /// Says once more, in the words of the order, what of its filter stands together in it: the list begins there.
    pub(crate) fn push_beginning(self, sql: &mut Sql, package: Option<PackageId>, version: Option<&VersionNumber>) {
        match (self.key, package, version) {
            (InstanceKey::Package, Some(package), _) => {
                sql.push(" AND p.id = ").bind(package);
            }
            (InstanceKey::Version, _, Some(version)) => {
                sql.push(" AND i.version_key = ").bind(version.sort_key());
            }
            _ => {}
        }
    }

    pub(crate) fn push(self, sql: &mut Sql, of: Columns) {
        let direction = match self.direction {
            Direction::Up => "",
            Direction::Down => " DESC",
        };
        for (index, column) in self.columns(of).iter().copied().enumerate() {
            sql.push(if index == 0 { " ORDER BY " } else { ", " }).push(column).push(direction);
        }
    }

    pub(crate) fn push_place(self, sql: &mut Sql, place: &InstancePlace) {
        let (from, beyond) = match self.direction {
            Direction::Up => (" >= ", " > "),
            Direction::Down => (" <= ", " < "),
        };
        let first: Arg = match (self.key, &place.host) {
            (InstanceKey::Package, _) => place.package.to_arg(),
            (InstanceKey::Version, _) => place.value.to_arg(),
            (InstanceKey::Since, _) => place.value.parse::<i64>().unwrap_or_default().to_arg(),
            (_, At::Name(name)) => name.to_arg(),
            (_, At::Id(id)) => id.to_arg(),
        };
        let columns = self.columns(Columns::Found);
        let Some((&leading, others)) = columns.split_first() else { return };
        // The first condition alone finds where to begin in the index.
        sql.push(" AND ").push(leading).push(from).bind(&first).push(" AND (").push(leading);
        for column in others.iter().copied() {
            sql.push(", ").push(column);
        }
        sql.push(")").push(beyond);
        match (self.key, &place.host) {
            (InstanceKey::Version | InstanceKey::Since, At::Id(host)) => {
                sql.push("(").bind(&first).push(", ").bind(host);
                sql.push(", (SELECT id FROM packages WHERE name = ").bind(&place.package).push("))");
            }
            (InstanceKey::Package, At::Id(host)) => {
                sql.tuple(args![first, host]);
            }
            _ => {
                sql.tuple(args![first, place.package]);
            }
        }
    }

    /// The parts of which the list consists one behind another: each with its place among them, and the filter that it is.
    fn parts(self, filter: &Filter) -> Vec<(String, Filter)> {
        let mut parts: Vec<(String, Filter)> = match self.key {
            InstanceKey::State => STATES
                .iter()
                .filter(|state| filter.state.is_none_or(|wanted| wanted == **state))
                .map(|state| (place_of(&STATES, state), Filter { state: Some(*state), ..filter.clone() }))
                .collect(),
            InstanceKey::Health => HEALTHS
                .iter()
                .filter(|health| filter.health.is_none_or(|wanted| wanted == **health))
                .map(|health| (place_of(&HEALTHS, health), Filter { health: Some(*health), ..filter.clone() }))
                .collect(),
            _ => vec![(String::new(), filter.clone())],
        };
        if self.direction == Direction::Down {
            parts.reverse();
        }
        parts
    }

    /// The order inside a part.
    fn inside(self) -> Self {
        match self.key {
            InstanceKey::State | InstanceKey::Health => Self::default(),
            _ => self,
        }
    }
}

/// Which columns an order is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    /// Those of the tables.
    Found,
    /// Those of the page that was found.
    Page,
}

/// Where something stands among all of its kind, as text.
fn place_of<T: PartialEq>(all: &[T], one: &T) -> String {
    all.iter().position(|other| other == one).unwrap_or(all.len()).to_string()
}

/// A page of instances in an order, after `after`, and how many there are under the filter, counted as by [`page`](crate::instance_list::page()).
pub async fn sorted_page(
    conn: &mut Conn,
    filter: &Filter,
    order: InstanceOrder,
    since: HeardSince,
    after: Option<&InstancePlace>,
    limit: u32,
) -> Result<(Vec<Instance>, Total), StoreError> {
    let Some(search) = Search::new(conn, filter, since).await? else { return Ok((Vec::new(), Total::from(0))) };
    let mut found: Vec<Instance> = Vec::new();
    let mut parts = order.parts(filter);
    if let Some(place) = after
        && let Some(at) = parts.iter().position(|(part, _)| *part == place.value)
    {
        parts.drain(..at);
    }
    let mut after = after;
    for (_, part) in &parts {
        let left = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        if left == 0 {
            break;
        }
        let search = Search { filter: part, ..search };
        found.extend(rows(conn, &search, order.inside(), after.take(), left).await?);
    }
    let narrowest = search.narrowest(conn).await?;
    Ok((found, count_found(conn, &search, narrowest).await?))
}
