//! The packages of a deployment, gathered and planned together.
//!
//! In a deployment of several each goes to those of the targets whose modules it is bound to: what goes where was said before, and is not guessed
//! from the targets of all of them. So such a deployment binds nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::deployment::DeploymentSpec;
use packhorse_model::ids::{DatabaseTargetId, ModuleId, PackageId, UnitId};
use packhorse_model::{HostName, PackageKind, PackageName, VersionNumber};
use packhorse_planner::fleet::{Part, PlanError, Planned, plan_together};
use packhorse_store::{Conn, bindings};

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
    Part { spec: &gathered.spec, kind: gathered.kind, inventory: &mut gathered.inventory }
}

/// Refuses packages that cannot be in one deployment.
fn check(spec: &DeploymentSpec) -> Result<(), ApiError> {
    spec.check_parts()
        .map_err(|error| ApiError::invalid("bad_parts", error.to_string()).hint("deploy them one after the other"))
}

/// The modules whose hosts get a package of a deployment of several: of those that are named, or else of all, those that it is bound to.
pub(super) async fn bound(
    conn: &mut Conn,
    package: PackageId,
    spec: &DeploymentSpec,
    named: &[ModuleId],
) -> Result<Vec<ModuleId>, ApiError> {
    let bound = bindings::modules(conn, package).await?;
    let meant: Vec<ModuleId> = bound.into_iter().filter(|module| named.is_empty() || named.contains(module)).collect();
    if meant.is_empty() {
        let name = &spec.package;
        return Err(ApiError::conflict("part_not_bound", format!("{name} is bound to no module of the targets"))
            .param("package", name)
            .hint(format!(
                "say where it goes: `packhorse package bind {name} BUSINESS/SYSTEM/MODULE`; a deployment of several packages binds none"
            )));
    }
    Ok(meant)
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
