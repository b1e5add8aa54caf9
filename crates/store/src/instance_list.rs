//! The list of instances, by host and package, and how many there are under a filter.
//!
//! As with packages, a look into the indexes tells which condition holds for the fewest: few are taken from its index and sorted, many
//! are met soon enough when hosts are read in the order of the list.

use jiff::Timestamp;
use packhorse_model::api::instances::Instance;
use packhorse_model::api::{Counted, Total};
use packhorse_model::ids::{HostId, ModuleId, PackageId};
use packhorse_model::name::{HostName, PackageName, TopologyName};
use packhorse_model::order::{Health, HostFacts, InstanceState};
use packhorse_model::topology::Environment;
use packhorse_model::version::VersionNumber;

use crate::conn::Conn;
use crate::error::StoreError;
use crate::hosts;
use crate::instance_order::{Columns, InstanceOrder, InstancePlace, sorted_page};
use crate::package_list::COUNTED;
use crate::packages;
use crate::row::Row;
use crate::sql::{Sql, word};

/// Up to so many instances of a condition are sorted.
const FEW: u64 = 2_000;
/// So many instances of the narrowest condition are looked at to count those that meet the others, too.
const LOOKED_AT: u64 = 2_000;

/// Which instances a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this package.
    pub package: Option<PackageName>,
    /// Only on hosts of this module.
    pub module: Option<ModuleId>,
    /// Only on this host.
    pub host: Option<HostName>,
    /// Only of this version.
    pub version: Option<VersionNumber>,
    /// Only in this state.
    pub state: Option<InstanceState>,
    /// Only of this health.
    pub health: Option<Health>,
    /// Only in this part of the topology.
    pub within: Within,
    /// Only with, or only without, files that differ from what was deployed.
    pub drift: Option<Drift>,
}

/// A part of the topology: modules of systems that all of it holds for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within {
    /// Of this business.
    pub business: Option<TopologyName>,
    /// Of systems of this name.
    pub system: Option<TopologyName>,
    /// Of systems that are for this.
    pub environment: Option<Environment>,
}

/// Whether files of an instance differ from what was deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// Some do.
    Some,
    /// None does, as far as anybody has looked.
    None,
}

impl Within {
    fn is_everywhere(&self) -> bool {
        *self == Self::default()
    }

    /// Appends the condition on hosts `h`.
    fn push(&self, sql: &mut Sql) -> Result<(), StoreError> {
        if self.is_everywhere() {
            return Ok(());
        }
        sql.push(
            " AND h.id IN (SELECT hm.host_id FROM businesses b JOIN systems s ON s.business_id = b.id
               JOIN modules m ON m.system_id = s.id JOIN host_modules hm ON hm.module_id = m.id WHERE 1 = 1",
        );
        if let Some(business) = &self.business {
            sql.push(" AND b.name = ").bind(business);
        }
        if let Some(system) = &self.system {
            sql.push(" AND s.name = ").bind(system);
        }
        if let Some(environment) = &self.environment {
            sql.push(" AND s.environment = ").bind(word(environment)?);
        }
        sql.push(")");
        Ok(())
    }
}

/// A health that is older than this cannot be known any more.
#[derive(Debug, Clone, Copy)]
pub struct HeardSince(pub Timestamp);

/// A condition that an index of instances finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Narrow {
    Host(HostName),
    Package(PackageId),
    Version(PackageId, VersionNumber),
    State(InstanceState),
    Health(Health),
    Drift,
}

impl Narrow {
    fn push(&self, sql: &mut Sql) -> Result<(), StoreError> {
        match self {
            Self::Host(host) => sql.push("i.host_id = (SELECT id FROM hosts WHERE name = ").bind(host).push(")"),
            Self::Package(package) => sql.push("i.package_id = ").bind(package),
            Self::Version(package, version) => {
                sql.push("i.package_id = ").bind(package).push(" AND i.version = ").bind(version)
            }
            Self::State(state) => sql.push("i.state = ").bind(word(state)?),
            Self::Health(health) => sql.push("i.health = ").bind(word(health)?),
            Self::Drift => sql.push("i.drift > 0"),
        };
        Ok(())
    }
}

/// How conditions name the columns of instances `i`.
struct Names {
    package: &'static str,
    version: &'static str,
    state: &'static str,
    health: &'static str,
    drift: &'static str,
}

/// As they are, so that any index may find them.
const PLAIN: Names =
    Names { package: "i.package_id", version: "i.version", state: "i.state", health: "i.health", drift: "i.drift" };
/// So that no index finds them, and the list is read in its order: what many instances have is met soon enough, and would have to be sorted.
const WALKED: Names = Names {
    package: "(i.package_id || '')",
    version: "(i.version || '')",
    state: "(i.state || '')",
    health: "(i.health || '')",
    drift: "(i.drift + 0)",
};

/// A filter whose package is known.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) filter: &'a Filter,
    pub(crate) package: Option<PackageId>,
    pub(crate) since: HeardSince,
}

impl<'a> Search<'a> {
    /// Absent if there is no such package.
    pub(crate) async fn new(
        conn: &mut Conn,
        filter: &'a Filter,
        since: HeardSince,
    ) -> Result<Option<Self>, StoreError> {
        let package = match &filter.package {
            None => None,
            Some(name) => match packages::by_name(conn, name).await? {
                Some(package) => Some(package.id),
                None => return Ok(None),
            },
        };
        Ok(Some(Self { filter, package, since }))
    }

    fn narrows(&self) -> Vec<Narrow> {
        let Filter { host, version, state, health, drift, .. } = self.filter;
        let mut narrows: Vec<Narrow> = host.iter().cloned().map(Narrow::Host).collect();
        match (self.package, version) {
            (Some(package), Some(version)) => narrows.push(Narrow::Version(package, version.clone())),
            (Some(package), None) => narrows.push(Narrow::Package(package)),
            (None, _) => {}
        }
        narrows.extend(state.map(Narrow::State));
        narrows.extend(drift.filter(|drift| *drift == Drift::Some).map(|_| Narrow::Drift));
        // What is unknown may be stored as anything: its host is not heard of.
        narrows.extend(health.filter(|health| *health != Health::Unknown).map(Narrow::Health));
        narrows
    }

    /// The condition that holds for the fewest instances, and for how many, counted to one more than [`COUNTED`].
    pub(crate) async fn narrowest(&self, conn: &mut Conn) -> Result<Option<(Narrow, u64)>, StoreError> {
        let mut narrowest: Option<(Narrow, u64)> = None;
        for narrow in self.narrows() {
            let mut sql = Sql::new("SELECT count(*) AS n FROM (SELECT 1 FROM instances i WHERE ");
            narrow.push(&mut sql)?;
            sql.push(" LIMIT ").bind(COUNTED + 1).push(") AS counted");
            let rows = conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("n"))?;
            if narrowest.as_ref().is_none_or(|(_, fewest)| rows < *fewest) {
                narrowest = Some((narrow, rows));
            }
        }
        Ok(narrowest)
    }

    /// Appends every condition, on instances `i` and hosts `h`.
    fn push(&self, sql: &mut Sql, names: &Names) -> Result<(), StoreError> {
        let Filter { module, host, version, state, health, within, drift, .. } = self.filter;
        within.push(sql)?;
        match drift {
            None => {}
            Some(Drift::Some) => {
                sql.push(" AND ").push(names.drift).push(" > 0");
            }
            Some(Drift::None) => {
                sql.push(" AND (i.drift IS NULL OR i.drift = 0)");
            }
        }
        if let Some(package) = self.package {
            sql.push(" AND ").push(names.package).push(" = ").bind(package);
        }
        if let Some(host) = host {
            sql.push(" AND h.name = ").bind(host);
        }
        if let Some(module) = module {
            sql.push(" AND h.id IN (SELECT host_id FROM host_modules WHERE module_id = ").bind(module).push(")");
        }
        if let Some(version) = version {
            sql.push(" AND ").push(names.version).push(" = ").bind(version);
        }
        if let Some(state) = state {
            sql.push(" AND ").push(names.state).push(" = ").bind(word(state)?);
        }
        match health {
            None => {}
            Some(Health::Unknown) => {
                let unknown = word(&Health::Unknown)?;
                sql.push(" AND (i.health = ").bind(&unknown).push(" OR h.last_seen_at IS NULL OR h.last_seen_at < ");
                sql.bind(self.since.0)
                    .push(") AND h.id IN (SELECT id FROM hosts WHERE last_seen_at IS NULL UNION ALL ");
                sql.push("SELECT id FROM hosts WHERE last_seen_at < ").bind(self.since.0).push(" UNION ALL ");
                sql.push("SELECT host_id FROM instances WHERE health = ").bind(unknown).push(")");
            }
            Some(health) => {
                sql.push(" AND ").push(names.health).push(" = ").bind(word(health)?);
                sql.push(" AND h.last_seen_at >= ").bind(self.since.0);
            }
        }
        Ok(())
    }

    /// Whether the filter says no more than this condition.
    fn is_only(&self, narrow: &Narrow) -> bool {
        self.narrows().len() == 1
            && self.filter.module.is_none()
            && self.filter.within.is_everywhere()
            && self.filter.drift.is_none()
            && self.filter.health.is_none()
            && (self.filter.version.is_none() || matches!(narrow, Narrow::Version(..)))
    }
}

/// What [`instance`] reads; health as a person sees it: unknown while its host is not heard of.
const COLUMNS: &str = "SELECT i.host_id, g.host_name, h.facts, g.package, i.version, i.previous, i.state, i.reason,
 i.install_root, i.deployment_id, i.updated_at, i.drift, CASE WHEN h.last_seen_at >= ";

/// A page of instances by host and package, after `after`, and how many there are under the filter: exactly up to [`COUNTED`] for one
/// condition; for several, at least those among the first two thousand that the narrowest one holds for.
pub async fn page(
    conn: &mut Conn,
    filter: &Filter,
    since: HeardSince,
    after: Option<&InstancePlace>,
    limit: u32,
) -> Result<(Vec<Instance>, Total), StoreError> {
    sorted_page(conn, filter, InstanceOrder::default(), since, after, limit).await
}

/// The instances of a page, in an order that has no parts.
pub(crate) async fn rows(
    conn: &mut Conn,
    search: &Search<'_>,
    order: InstanceOrder,
    after: Option<&InstancePlace>,
    limit: u32,
) -> Result<Vec<Instance>, StoreError> {
    let narrowest = search.narrowest(conn).await?;
    let few = narrowest.as_ref().filter(|(_, rows)| *rows <= FEW).map(|(narrow, _)| narrow);
    let rows = conn.fetch(statement(search, few, order, after, limit)?).await?;
    let mut instances = rows.iter().map(instance).collect::<Result<Vec<_>, _>>()?;
    let hosts: Vec<HostId> = instances.iter().map(|instance| instance.host).collect();
    let modules = hosts::modules_of(conn, &hosts).await?;
    for instance in &mut instances {
        instance.modules = modules.get(&instance.host).cloned().unwrap_or_default();
    }
    Ok(instances)
}

pub(crate) fn statement(
    search: &Search<'_>,
    few: Option<&Narrow>,
    order: InstanceOrder,
    after: Option<&InstancePlace>,
    limit: u32,
) -> Result<Sql, StoreError> {
    // First the keys of the page, then its rows: what is sorted and not shown need not be read whole.
    let mut sql = Sql::new("WITH ");
    push_page(&mut sql, search, few, order, after, limit)?;
    sql.push(" ").push(COLUMNS).bind(search.since.0).push(
        " THEN i.health ELSE 'unknown' END AS health FROM page g CROSS JOIN instances i CROSS JOIN hosts h
         WHERE i.host_id = g.host_id AND i.package_id = g.package_id AND h.id = g.host_id",
    );
    order.push(&mut sql, Columns::Page);
    Ok(sql)
}

/// The keys of the page as `page`.
pub(crate) fn push_page(
    sql: &mut Sql,
    search: &Search<'_>,
    few: Option<&Narrow>,
    order: InstanceOrder,
    after: Option<&InstancePlace>,
    limit: u32,
) -> Result<(), StoreError> {
    if let Some(narrow) = few {
        sql.push("found AS MATERIALIZED (SELECT i.host_id, i.package_id, i.version, i.state, i.health, i.drift, i.version_key, i.updated_at FROM instances i WHERE ");
        narrow.push(sql)?;
        sql.push("), ");
    }
    sql.push("page AS MATERIALIZED (SELECT i.host_id, i.package_id, h.name AS host_name, p.name AS package, ");
    sql.push(order.value()).push(" AS value FROM ");
    sql.push(match few {
        Some(_) => "found i CROSS JOIN hosts h CROSS JOIN packages p WHERE h.id = i.host_id AND p.id = i.package_id",
        None => order.tables(),
    });
    search.push(sql, if few.is_none() && order.has_own_index() { &WALKED } else { &PLAIN })?;
    if few.is_none() {
        order.push_beginning(sql, search.package, search.filter.version.as_ref());
    }
    if let Some(after) = after {
        order.push_place(sql, after);
    }
    order.push(sql, Columns::Found);
    sql.push(" LIMIT ").bind(limit).push(")");
    Ok(())
}

fn instance(row: &Row) -> Result<Instance, StoreError> {
    Ok(Instance {
        host: row.parse("host_id")?,
        host_name: row.parse("host_name")?,
        address: row.json::<HostFacts>("facts")?.address,
        modules: Vec::new(),
        package: row.parse("package")?,
        version: row.parse("version")?,
        previous: row.opt_parse("previous")?,
        state: row.word("state")?,
        health: row.word("health")?,
        reason: row.opt_text("reason")?,
        install_root: row.text("install_root")?,
        deployment: row.opt_parse("deployment_id")?,
        drift: row.opt_int("drift")?.map(i64::unsigned_abs),
        updated_at: row.time("updated_at")?,
    })
}

/// How many instances there are under a filter, counted as [`page`] counts them.
pub async fn count(conn: &mut Conn, filter: &Filter, since: HeardSince) -> Result<Total, StoreError> {
    let Some(search) = Search::new(conn, filter, since).await? else { return Ok(Total::from(0)) };
    let narrowest = search.narrowest(conn).await?;
    count_found(conn, &search, narrowest).await
}

pub(crate) async fn count_found(
    conn: &mut Conn,
    search: &Search<'_>,
    narrowest: Option<(Narrow, u64)>,
) -> Result<Total, StoreError> {
    let filter = search.filter;
    if let Some((narrow, rows)) = &narrowest
        && search.is_only(narrow)
    {
        return Ok(Total::up_to(COUNTED, *rows));
    }
    let mut sql = Sql::new("SELECT count(*) AS n FROM (SELECT ");
    let Some((narrow, candidates)) = narrowest else {
        sql.push(if *filter == Filter::default() {
            "1 FROM instances i WHERE TRUE"
        } else {
            "1 FROM hosts h JOIN instances i ON i.host_id = h.id WHERE TRUE"
        });
        search.push(&mut sql, &PLAIN)?;
        sql.push(" LIMIT ").bind(COUNTED + 1).push(") AS counted");
        return conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("n")).map(|rows| Total::up_to(COUNTED, rows));
    };
    sql.push("i.host_id, i.package_id, i.version, i.state, i.health, i.drift FROM instances i WHERE ");
    narrow.push(&mut sql)?;
    sql.push(" LIMIT ").bind(LOOKED_AT).push(") AS i CROSS JOIN hosts h WHERE h.id = i.host_id");
    search.push(&mut sql, &PLAIN)?;
    let rows = conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("n"))?;
    let counted = if candidates > LOOKED_AT { Counted::AtLeast } else { Counted::Exactly };
    Ok(Total { rows, counted })
}

/// How many instances there are.
pub async fn total(conn: &mut Conn) -> Result<u64, StoreError> {
    let sql = "SELECT CAST(COALESCE(sum(instances), 0) AS BIGINT) AS n FROM packages";
    conn.query_one(sql, vec![]).await?.map_or(Ok(0), |row| row.count("n"))
}
