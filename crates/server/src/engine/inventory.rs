//! What there is, for the planner: the targets of a deployment, read from the rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::api::hosts::HostState;
use packhorse_model::deployment::{Action, DeploymentSpec, DeploymentState, Targets};
use packhorse_model::ids::{DeploymentId, HostId, ModuleId, PackageId, VersionId};
use packhorse_model::topology::ModulePath;
use packhorse_model::{Digest, PackageKind, PackageName, VersionNumber, VersionState};
use packhorse_planner::fleet::{
    Availability, InstanceVersion, Inventory, InventoryHost, InventoryInstance, KnownVersion, install_root,
};
use packhorse_store::deployments::Claim;
use packhorse_store::packages::StoredPackage;
use packhorse_store::releases::{self, StoredRelease};
use packhorse_store::targets::{Filter, Target, TargetInstance};
use packhorse_store::{Conn, deployments, host_labels, hosts, packages, targets, topology};

use super::databases::Databases;
use super::parts::{self, Beside, Bound};
use super::{detail, metadata, needs, places, script, sealing, values};
use crate::app::App;
use crate::error::ApiError;
use crate::presence;

/// What there is, and what of it the planner need not know.
pub(crate) struct Gathered {
    /// What is asked for.
    pub(crate) spec: DeploymentSpec,
    /// For the planner.
    pub(crate) inventory: Inventory,
    /// The package.
    pub(crate) package: PackageId,
    /// What it carries.
    pub(crate) kind: PackageKind,
    /// The installrank of the version that is asked for, if anybody said one.
    pub(crate) rank: Option<i64>,
    /// The modules that the spec names.
    pub(crate) modules: Vec<ModuleId>,
    /// Whether it is bound to the modules to which it goes.
    pub(crate) bound: Bound,
    /// How often each target has joined.
    pub(crate) incarnations: BTreeMap<HostId, u32>,
    /// Targets that open deployments of the package have claimed.
    pub(crate) claims: Vec<Claim>,
    /// Of a database package, the databases that it is about.
    pub(crate) databases: Option<Databases>,
}

impl Gathered {
    /// The modules to which what is changed on these hosts belongs.
    pub(crate) fn modules_of(&self, hosts: &[HostId]) -> BTreeSet<ModulePath> {
        let wanted: BTreeSet<&HostId> = hosts.iter().collect();
        let hosts = self.inventory.hosts.iter().filter(|host| wanted.contains(&host.id));
        hosts.flat_map(|host| host.modules.iter().cloned()).collect()
    }
}

/// Who wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// Someone who plans.
    Person,
    /// A deployment that has not begun: what it has claimed is not busy for it, and hosts that are not heard of it waits for.
    Deployment(DeploymentId),
}

/// Reads what a spec of one package is about, which the deployment may bring with others.
pub(crate) async fn gather(
    app: &App,
    conn: &mut Conn,
    spec: &DeploymentSpec,
    beside: &Beside,
    asker: Asker,
    now: Timestamp,
) -> Result<Gathered, ApiError> {
    let found = package(conn, &spec.package).await?;
    let (package, kind) = (found.id, found.kind);
    let mut releases = Releases { package, known: BTreeMap::new() };
    let (target, availability, rank) = match &spec.version {
        None => (None, Availability::Everywhere, None),
        Some(number) => {
            let (target, availability, rank) = releases.asked_for(conn, spec, number).await?;
            (Some(target), availability, rank)
        }
    };
    let modules = modules(conn, &spec.targets.modules).await?;
    let (meant, bound) = match beside.is_empty() {
        true => (modules.clone(), Bound::Then),
        false => parts::meant(conn, package, spec, &modules).await?,
    };
    let databases = match kind {
        PackageKind::Database if bound == Bound::Then => Some(Databases::read(conn, spec, &modules).await?),
        PackageKind::Database => Some(Databases::read(conn, spec, &modules).await?.only_in(&meant)),
        _ => None,
    };
    let rows = if let Some(databases) = &databases {
        targets::by_id(conn, package, &databases.hosts()).await?
    } else if spec.targets.is_empty() {
        Vec::new()
    } else {
        let filter = filter(conn, &spec.targets, &meant).await?;
        targets::matching(conn, package, &filter).await?
    };
    let ids: Vec<HostId> = rows.iter().map(|row| row.host).collect();
    let paths = hosts::modules_of(conn, &ids).await?;
    let mut labels = host_labels::of(conn, &ids).await?;
    let claims = deployments::claims(conn, package, &ids).await?;
    // A halted deployment gives way to a newer one.
    let busy: BTreeMap<_, _> = claims
        .iter()
        .filter(|claim| claim.state != DeploymentState::Halted && asker != Asker::Deployment(claim.deployment))
        .map(|claim| (claim.host.clone(), claim.deployment))
        .collect();

    let occupants = match &target {
        Some(target) if spec.action == Action::Deploy => {
            let without: Vec<HostId> = rows.iter().filter(|row| row.instance.is_none()).map(|row| row.host).collect();
            places::occupants(conn, package, &install_root(&spec.package, &target.release), &without).await?
        }
        _ => BTreeMap::new(),
    };
    let mut found = Vec::with_capacity(rows.len());
    let mut incarnations = BTreeMap::new();
    for row in rows {
        incarnations.insert(row.host, row.incarnation);
        found.push(InventoryHost {
            modules: match &databases {
                // A database belongs to its own modules, wherever its host belongs to.
                Some(databases) => databases.paths(row.host),
                None => paths.get(&row.host).cloned().unwrap_or_default(),
            },
            labels: labels.remove(&row.host).unwrap_or_default(),
            state: match asker {
                Asker::Person => presence::state(
                    app.presence.last_seen(row.host, row.last_seen_at),
                    now,
                    app.config.host_offline_after,
                ),
                Asker::Deployment(_) => HostState::Online,
            },
            instance: releases.instance(conn, &row).await?,
            busy: busy.get(&row.name).copied(),
            occupant: occupants.get(&row.host).cloned(),
            values: BTreeMap::new(),
            migrations: BTreeMap::new(),
            unmet: BTreeMap::new(),
            barred: None,
            id: row.host,
            name: row.name,
            address: row.facts.address,
            room: row.facts.room,
        });
    }
    let versions = after(spec.action, target.as_ref(), &found);
    values::fill(conn, &spec.package, &versions, &spec.targets.modules, &mut found).await?;
    sealing::check(app, conn, &versions, &mut found).await?;
    script::give(conn, spec, target.as_ref(), &mut found).await?;
    needs::fill(conn, &spec.package, &versions, beside, &mut found).await?;
    if let Some(databases) = &databases {
        databases.fill(conn, (package, &spec.package), &versions, beside, &mut found).await?;
    }
    let inventory = Inventory { target, availability, hosts: found };
    Ok(Gathered { spec: spec.clone(), inventory, package, kind, rank, modules, bound, incarnations, claims, databases })
}

/// Which hosts are meant, in the words of the rows.
pub(crate) async fn filter(conn: &mut Conn, targets: &Targets, modules: &[ModuleId]) -> Result<Filter, ApiError> {
    if let Some(failed_in) = targets.failed_in {
        detail::find(conn, failed_in).await?;
    }
    Ok(Filter {
        modules: modules.to_vec(),
        hosts: targets.hosts.clone(),
        labels: targets.labels.clone(),
        state: targets.state,
        health: targets.health,
        version: targets.version.clone(),
        failed_in: targets.failed_in,
    })
}

/// The modules of these paths.
pub(crate) async fn modules(conn: &mut Conn, paths: &[ModulePath]) -> Result<Vec<ModuleId>, ApiError> {
    let mut modules = Vec::new();
    for path in paths {
        let module = topology::module(conn, path).await?;
        modules.push(module.ok_or_else(|| {
            ApiError::not_found("module", path).hint("`packhorse topology tree` shows those that there are")
        })?);
    }
    Ok(modules)
}

/// The package of this name.
pub(crate) async fn package(conn: &mut Conn, name: &PackageName) -> Result<StoredPackage, ApiError> {
    packages::by_name(conn, name)
        .await?
        .ok_or_else(|| ApiError::not_found("package", name).hint("`packhorse package list` shows those that there are"))
}

/// The versions that hosts may have afterwards, or are told to stop or remove: those whose variables matter.
fn after(action: Action, target: Option<&KnownVersion>, hosts: &[InventoryHost]) -> Vec<KnownVersion> {
    let instances = hosts.iter().filter_map(|host| host.instance.as_ref());
    let versions: Vec<&KnownVersion> = match action {
        Action::Deploy | Action::Upgrade | Action::Downgrade => target.into_iter().collect(),
        // What a script is given are no variables.
        Action::Run => Vec::new(),
        Action::Rollback => instances.filter_map(|instance| instance.previous.as_ref()?.known.as_ref()).collect(),
        Action::Start | Action::Stop | Action::Restart | Action::Uninstall => {
            instances.filter_map(|instance| instance.current.known.as_ref()).collect()
        }
    };
    let by_id: BTreeMap<VersionId, &KnownVersion> = versions.into_iter().map(|known| (known.id, known)).collect();
    by_id.into_values().cloned().collect()
}

/// Versions of the package, each read once.
struct Releases {
    package: PackageId,
    known: BTreeMap<VersionNumber, Option<StoredRelease>>,
}

impl Releases {
    async fn asked_for(
        &mut self,
        conn: &mut Conn,
        spec: &DeploymentSpec,
        number: &VersionNumber,
    ) -> Result<(KnownVersion, Availability, Option<i64>), ApiError> {
        let named = format!("{}@{number}", spec.package);
        let found = self.find(conn, number).await?;
        let rank = metadata::check(conn, &spec.package, number).await?;
        let version = found.ok_or_else(|| {
            ApiError::not_found("version", &named)
                .hint(format!("`packhorse package show {}` shows those that there are", spec.package))
        })?;
        match version.state {
            VersionState::Published => Ok((known(version), Availability::Everywhere, rank)),
            VersionState::Yanked => Ok((known(version), Availability::WhereItIs, rank)),
            VersionState::Banned => {
                Err(ApiError::conflict("version_banned", format!("{named} is banned")).hint("choose another version"))
            }
        }
    }

    async fn instance(&mut self, conn: &mut Conn, row: &Target) -> Result<Option<InventoryInstance>, ApiError> {
        let Some(instance) = &row.instance else { return Ok(None) };
        let previous = match &instance.previous {
            None => None,
            Some(number) => Some(InstanceVersion {
                number: number.clone(),
                known: self.find(conn, number).await?.filter(may_run).map(known),
            }),
        };
        Ok(Some(InventoryInstance {
            current: InstanceVersion {
                number: instance.version.clone(),
                known: self.of_content(conn, instance, instance.tree).await?,
            },
            previous,
            rendering: instance.rendering,
            previous_rendering: instance.previous_rendering,
            install_root: instance.install_root.clone(),
            state: instance.state,
            health: instance.health,
            drift: instance.drift,
        }))
    }

    /// The version that a host reports, if the registry's version of this number has the same content.
    async fn of_content(
        &mut self,
        conn: &mut Conn,
        instance: &TargetInstance,
        tree: Digest,
    ) -> Result<Option<KnownVersion>, ApiError> {
        let version = self.find(conn, &instance.version).await?;
        Ok(version.filter(|version| version.release.tree == tree).map(known))
    }

    async fn find(&mut self, conn: &mut Conn, number: &VersionNumber) -> Result<Option<StoredRelease>, ApiError> {
        if let Some(found) = self.known.get(number) {
            return Ok(found.clone());
        }
        let found = releases::find(conn, self.package, number).await?;
        self.known.insert(number.clone(), found.clone());
        Ok(found)
    }
}

/// A banned version is brought nowhere, not even back.
fn may_run(version: &StoredRelease) -> bool {
    version.state != VersionState::Banned
}

fn known(version: StoredRelease) -> KnownVersion {
    KnownVersion { id: version.id, release: version.release }
}
