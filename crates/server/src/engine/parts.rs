//! The packages of a deployment, gathered and planned together.
//!
//! In a deployment of several each goes to those of the targets whose modules it is bound to, since what goes where was said before. One that is
//! bound to none of them goes to all, as if it were alone, and is bound to their modules.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::deployment::{Action, DeploymentSpec, Targets};
use packhorse_model::ids::{DatabaseTargetId, ModuleId, PackageId, UnitId};
use packhorse_model::part::PartsError;
use packhorse_model::{HostName, PackageKind, PackageName, VersionNumber};
use packhorse_planner::fleet::{Part, PlanError, Planned, plan_together};
use packhorse_store::{Conn, bindings, hosts, targets};

use super::inventory::{self, Asker, Gathered, gather};
use super::planning::refused;
use crate::app::App;
use crate::error::ApiError;

/// What else a deployment brings beside one of its packages; nothing in a deployment of one.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    packages: BTreeSet<PackageName>,
    databases: BTreeMap<PackageName, Brought>,
}

/// A version of a database package that a deployment brings.
#[derive(Debug)]
struct Brought {
    version: VersionNumber,
    targets: BTreeSet<DatabaseTargetId>,
}

impl Beside {
    /// Whether the deployment brings one package only.
    pub(super) fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// Whether the deployment brings this package, too.
    pub(super) fn brings(&self, package: &PackageName) -> bool {
        self.packages.contains(package)
    }

    /// The version to which the deployment brings a database before anything that rests on it.
    pub(super) fn version_of(&self, package: &PackageName, target: DatabaseTargetId) -> Option<&VersionNumber> {
        let brought = self.databases.get(package).filter(|brought| brought.targets.contains(&target))?;
        Some(&brought.version)
    }

    fn note(&mut self, gathered: &Gathered) {
        if let (Some(databases), Some(version)) = (&gathered.databases, &gathered.spec.version) {
            let brought = Brought { version: version.clone(), targets: databases.targets() };
            self.databases.insert(gathered.spec.package.clone(), brought);
        }
    }
}

/// Reads what each package of a spec is about, in the order in which they are named.
pub(crate) async fn gather_all(
    app: &App,
    conn: &mut Conn,
    spec: &DeploymentSpec,
    asker: Asker,
    now: Timestamp,
) -> Result<Vec<Gathered>, ApiError> {
    let all: BTreeSet<PackageName> = spec.packages().cloned().collect();
    gather_some(app, conn, spec, &all, asker, now).await
}

/// The same of these packages alone.
pub(crate) async fn gather_some(
    app: &App,
    conn: &mut Conn,
    spec: &DeploymentSpec,
    wanted: &BTreeSet<PackageName>,
    asker: Asker,
    now: Timestamp,
) -> Result<Vec<Gathered>, ApiError> {
    check(spec)?;
    let mut beside = Beside::default();
    if !spec.has_several_parts() {
        return Ok(vec![gather(app, conn, spec, &beside, asker, now).await?]);
    }
    beside.packages = spec.packages().cloned().collect();
    let mut specs = spec.parts();
    specs.retain(|part| wanted.contains(&part.package));
    let mut order: Vec<(PackageKind, usize)> = Vec::with_capacity(specs.len());
    for (number, spec) in specs.iter().enumerate() {
        order.push((inventory::package(conn, &spec.package).await?.kind, number));
    }
    // Databases first: whether the others find what they need depends on what these are brought to.
    order.sort_by_key(|(kind, number)| (*kind != PackageKind::Database, *number));
    let mut gathered: BTreeMap<usize, Gathered> = BTreeMap::new();
    for (_, number) in order {
        let Some(spec) = specs.get(number) else { continue };
        let part = gather(app, conn, spec, &beside, asker, now).await?;
        beside.note(&part);
        gathered.insert(number, narrowed(part)?);
    }
    let gathered: Vec<Gathered> = gathered.into_values().collect();
    let found: BTreeSet<&HostName> =
        gathered.iter().flat_map(|part| &part.inventory.hosts).map(|host| &host.name).collect();
    let missing: Vec<HostName> = spec.targets.hosts.iter().filter(|host| !found.contains(host)).cloned().collect();
    if missing.is_empty() { Ok(gathered) } else { Err(refused(&PlanError::UnknownHosts(missing))) }
}

/// The plan of the packages of a deployment.
pub(crate) fn plan(parts: &mut [Gathered], ids: &mut dyn FnMut() -> UnitId) -> Result<Planned, PlanError> {
    plan_together(parts.iter_mut().map(part).collect(), ids)
}

fn part(gathered: &mut Gathered) -> Part<'_> {
    Part { spec: &gathered.spec, kind: gathered.kind, rank: gathered.rank, inventory: &mut gathered.inventory }
}

/// Refuses packages that cannot be in one deployment.
fn check(spec: &DeploymentSpec) -> Result<(), ApiError> {
    spec.check_parts().map_err(|error| {
        let hint = match error {
            PartsError::OneOnly { action: Action::Rollback } => {
                "`packhorse deployment rollback ID` takes back what a deployment brought, all of it together"
            }
            _ => "deploy them one after the other",
        };
        ApiError::invalid("bad_parts", error.to_string()).hint(hint)
    })
}

/// Where a package goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// To hosts of modules that it is bound to, and nowhere else.
    Before,
    /// To all hosts that the targets mean, and it is bound to their modules as far as it is not yet.
    Then,
}

/// The modules whose hosts get a package of a deployment of several, which names these modules; none if the hosts of all do.
pub(super) async fn meant(
    conn: &mut Conn,
    package: PackageId,
    spec: &DeploymentSpec,
    named: &[ModuleId],
) -> Result<(Vec<ModuleId>, Bound), ApiError> {
    let of_targets = of_targets(conn, &spec.targets, named).await?;
    let mut meant = bindings::modules(conn, package).await?;
    if let Some(of_targets) = of_targets {
        meant.retain(|module| of_targets.contains(module));
    }
    Ok(if meant.is_empty() { (named.to_vec(), Bound::Then) } else { (meant, Bound::Before) })
}

/// The modules that targets mean; `None` if they do not say so.
async fn of_targets(
    conn: &mut Conn,
    meant: &Targets,
    named: &[ModuleId],
) -> Result<Option<BTreeSet<ModuleId>>, ApiError> {
    if !named.is_empty() {
        return Ok(Some(named.iter().copied().collect()));
    }
    if meant.hosts.is_empty() {
        return Ok(None);
    }
    let mut ids = Vec::with_capacity(meant.hosts.len());
    for name in &meant.hosts {
        ids.extend(hosts::by_name(conn, name).await?.map(|host| host.id));
    }
    Ok(Some(targets::modules_of(conn, &ids).await?.into_keys().collect()))
}

/// The same part, whose spec names only hosts that it goes to.
fn narrowed(mut part: Gathered) -> Result<Gathered, ApiError> {
    let name = part.spec.package.clone();
    let found: BTreeSet<&HostName> = part.inventory.hosts.iter().map(|host| &host.name).collect();
    let is_named = !part.spec.targets.hosts.is_empty();
    part.spec.targets.hosts.retain(|host| found.contains(host));
    if found.is_empty() || (is_named && part.spec.targets.hosts.is_empty()) {
        return Err(ApiError::conflict("part_without_hosts", format!("{name} goes to none of the targets"))
            .param("package", &name)
            .hint(format!(
                "it goes to hosts of modules that it is bound to, as the targets want them: bind it with `packhorse package bind {name} MODULE`, or deploy it by itself"
            )));
    }
    Ok(part)
}
