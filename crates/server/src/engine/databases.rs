//! What a database package means to databases: which of them a deployment is about, and how each comes to a version.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_content::database::{Gap, Stocked, chain};
use packhorse_model::api::database::{ChainStep, ChainStepKind, DatabaseLayout, Increment};
use packhorse_model::api::exclusions::ExclusionCode;
use packhorse_model::database::{Migration, MigrationScript, MigrationStep};
use packhorse_model::deployment::DeploymentSpec;
use packhorse_model::ids::{DatabaseTargetId, DeploymentId, HostId, ModuleId, PackageId, UnitId};
use packhorse_model::name::DatabaseTargetName;
use packhorse_model::topology::ModulePath;
use packhorse_model::{PackageKind, PackageName, TopologyName, VersionNumber};
use packhorse_planner::fleet::{Exclusion, HostMigration, InventoryHost, KnownVersion};
use packhorse_store::database_structures::{self, StoredStructure};
use packhorse_store::database_targets::{self, StoredTarget};
use packhorse_store::version_needs::{self, NeedingInstance};
use packhorse_store::{Conn, deployment_parts, deployments, hosts, plans};

use super::needs;
use super::parts::Beside;
use crate::error::ApiError;

/// Versions that are read at once.
const PART: u32 = 500;
/// Versions of applications in use in a system that are looked at.
const MOST_NEEDING: u32 = 1_000;
/// Versions that a chain is looked for in; nobody's database has seen more.
const MOST: usize = 10_000;

/// The database targets that a deployment is about.
pub(crate) struct Databases {
    meant: BTreeMap<HostId, Vec<StoredTarget>>,
}

impl Databases {
    /// Those of the modules that the spec names, or else those that its hosts run.
    pub(crate) async fn read(conn: &mut Conn, spec: &DeploymentSpec, modules: &[ModuleId]) -> Result<Self, ApiError> {
        let found = if modules.is_empty() {
            let mut hosts = Vec::new();
            for name in &spec.targets.hosts {
                hosts.extend(hosts::by_name(conn, name).await?.map(|host| host.id));
            }
            database_targets::run_by(conn, &hosts).await?
        } else {
            database_targets::in_modules(conn, modules).await?
        };
        if found.is_empty() {
            return Err(ApiError::invalid("no_database_targets", "the targets of the deployment have no database")
                .hint("say where it is with `packhorse database-target add`"));
        }
        let mut meant: BTreeMap<HostId, Vec<StoredTarget>> = BTreeMap::new();
        for stored in found {
            let Some(host) = stored.host else {
                let name = &stored.target.name;
                return Err(ApiError::conflict(
                    "database_target_without_host",
                    format!("no host runs packages in the database target {name}: its host was removed"),
                )
                .hint(format!("`packhorse database-target edit {name} --host HOST` names another one")));
            };
            meant.entry(host).or_default().push(stored);
        }
        Ok(Self { meant })
    }

    /// The same, of those alone that belong to these modules.
    pub(super) fn only_in(mut self, modules: &[ModuleId]) -> Self {
        self.meant.retain(|_, stored| {
            stored.retain(|stored| modules.contains(&stored.module));
            !stored.is_empty()
        });
        self
    }

    /// Which they are.
    pub(super) fn targets(&self) -> BTreeSet<DatabaseTargetId> {
        self.meant.values().flatten().map(|stored| stored.target.id).collect()
    }

    /// The hosts that run packages in them.
    pub(crate) fn hosts(&self) -> Vec<HostId> {
        self.meant.keys().copied().collect()
    }

    /// The modules to which the databases of a host belong.
    pub(crate) fn paths(&self, host: HostId) -> Vec<ModulePath> {
        let targets = self.meant.get(&host).into_iter().flatten();
        targets.map(|stored| stored.target.module.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The modules to which the databases of these hosts belong.
    pub(crate) fn modules(&self, hosts: &[HostId]) -> BTreeMap<ModuleId, ModulePath> {
        let targets = hosts.iter().filter_map(|host| self.meant.get(host)).flatten();
        targets.map(|stored| (stored.module, stored.target.module.clone())).collect()
    }

    /// Fills in how the database of each host comes to each version that may go there.
    pub(crate) async fn fill(
        &self,
        conn: &mut Conn,
        package: (PackageId, &PackageName),
        versions: &[KnownVersion],
        beside: &Beside,
        hosts: &mut [InventoryHost],
    ) -> Result<(), ApiError> {
        let ends = hosts
            .iter()
            .flat_map(|host| self.of(host.id).iter().filter_map(|stored| self.found(package.1, host, stored)))
            .chain(versions.iter().map(|version| version.release.version.clone()));
        let Some(upper) = ends.max() else { return Ok(()) };
        let stock = stock(conn, package.0, &upper).await?;
        let all = database_targets::run_by(conn, &self.hosts()).await?;
        let needing = self.needing(conn, package.1, beside).await?;
        for host in hosts {
            for version in versions {
                let migrations = self.migrations(package.1, version, host, &stock, &all);
                let in_the_way = self.of(host.id).iter().find_map(|stored| {
                    let path = &stored.target.module;
                    let needing = needing.get(&(path.business.clone(), path.system.clone()))?;
                    needs::in_the_way(package.1, &version.release.version, needing)
                });
                let migrations = match in_the_way {
                    Some(exclusion) => migrations.and(Err(exclusion)),
                    None => migrations,
                };
                host.migrations.insert(version.id, migrations);
            }
        }
        Ok(())
    }

    /// The versions in use that need the package, by their system. Of what the deployment brings as well, the versions that it brings have to
    /// find what they need, and not those of now.
    async fn needing(
        &self,
        conn: &mut Conn,
        package: &PackageName,
        beside: &Beside,
    ) -> Result<BTreeMap<(TopologyName, TopologyName), Vec<NeedingInstance>>, ApiError> {
        let modules = self.meant.values().flatten().map(|stored| &stored.target.module);
        let systems: BTreeSet<_> = modules.map(|path| (path.business.clone(), path.system.clone())).collect();
        let mut needing = BTreeMap::new();
        for system in systems {
            let mut found = version_needs::instances(conn, package, &system.0, &system.1, MOST_NEEDING).await?;
            found.retain(|instance| !beside.brings(&instance.package));
            needing.insert(system, found);
        }
        Ok(needing)
    }

    /// Those of a host.
    fn of(&self, host: HostId) -> &[StoredTarget] {
        self.meant.get(&host).map_or(&[], Vec::as_slice)
    }

    /// The version of a database of a host, by its ledger, or else by what lies on the host, if that tells of no other one.
    fn found(&self, package: &PackageName, host: &InventoryHost, stored: &StoredTarget) -> Option<VersionNumber> {
        let is_seen = |stored: &StoredTarget| stored.target.ledger(package).is_some();
        match stored.target.ledger(package) {
            Some(ledger) => ledger.version.clone(),
            None if self.of(host.id).iter().any(is_seen) => None,
            None => host.instance.as_ref().map(|instance| instance.current.number.clone()),
        }
    }

    /// How the databases of a host come to a version, by their names: those in which something is to be done, or all if there is none.
    fn migrations(
        &self,
        package: &PackageName,
        version: &KnownVersion,
        host: &InventoryHost,
        stock: &[StoredStructure],
        all: &[StoredTarget],
    ) -> Result<Vec<HostMigration>, Exclusion> {
        self.none_left_out(package, host, all)?;
        let of = |stored| self.migration(package, version, host, stored, stock);
        let mut migrations = self.of(host.id).iter().map(of).collect::<Result<Vec<_>, _>>()?;
        let has_work = |own: &HostMigration| !own.migration.steps.is_empty();
        if migrations.iter().any(has_work) {
            migrations.retain(has_work);
        }
        Ok(migrations)
    }

    fn migration(
        &self,
        package: &PackageName,
        version: &KnownVersion,
        host: &InventoryHost,
        stored: &StoredTarget,
        stock: &[StoredStructure],
    ) -> Result<HostMigration, Exclusion> {
        let (target, to) = (&stored.target, &version.release.version);
        let (manifest, name) = (&version.release.manifest, &target.name);
        let excluded =
            |code, reason: String| Exclusion::new(code, reason).param("package", package).param("version", to);
        if let Some(spec) = &manifest.database {
            if spec.engine != target.login.engine {
                let reason = format!("{package} {to} is written for another engine than that of {name}");
                return Err(excluded(ExclusionCode::OtherEngine, reason).param("target", name));
            }
            if spec.user.is_some() && spec.user != target.login.user {
                let user = spec.user.as_deref().unwrap_or_default();
                let reason = format!(
                    "{package} {to} is to be run by the user {user}, and {name} has another one: change the database target"
                );
                return Err(excluded(ExclusionCode::OtherUser, reason).param("target", name).param("user", user));
            }
        }
        if !manifest.render.is_empty() {
            let reason = format!(
                "{package} {to} wants variables replaced in its files, which is not done in SQL yet: leave `render` out of packhorse.toml"
            );
            return Err(excluded(ExclusionCode::RenderedSql, reason));
        }
        let from = self.found(package, host, stored);
        let (steps, way_back) = chain(&stocked(stock), from.as_ref(), to).map_err(|gap| no_way(&target.name, &gap))?;
        let scripts = Scripts(stock);
        let migration = Migration {
            target: target.id,
            name: target.name.clone(),
            login: target.login.clone(),
            to: Some(to.clone()),
            steps: scripts.steps(package, &steps)?,
            way_back: way_back.map(|steps| scripts.steps(package, &steps)).transpose()?,
            known: from.as_ref().map_or_else(Vec::new, |from| scripts.known(from.max(to), from)),
            from,
        };
        Ok(HostMigration { migration, password: stored.password })
    }

    /// What lies on a host tells of all databases into which it has brought the package, so that they go together.
    fn none_left_out(
        &self,
        package: &PackageName,
        host: &InventoryHost,
        all: &[StoredTarget],
    ) -> Result<(), Exclusion> {
        let is_meant = |id: DatabaseTargetId| self.of(host.id).iter().any(|stored| stored.target.id == id);
        let is_left_out = |other: &&StoredTarget| {
            other.host == Some(host.id) && !is_meant(other.target.id) && other.target.ledger(package).is_some()
        };
        match all.iter().find(is_left_out) {
            None => Ok(()),
            Some(other) => {
                let (name, module) = (&other.target.name, &other.target.module);
                let reason = format!(
                    "it has brought {package} into {name} already, which belongs to {module}: name that module, too, or let another host run one of its databases"
                );
                let exclusion = Exclusion::new(ExclusionCode::OtherDatabase, reason).param("package", package);
                Err(exclusion.param("target", name).param("module", module))
            }
        }
    }
}

/// Why no scripts lead to a version.
fn no_way(target: &DatabaseTargetName, gap: &Gap) -> Exclusion {
    let (code, from, to) = match gap {
        Gap::Increment { from, to } => (ExclusionCode::NoWay, Some(from), to),
        Gap::FullLoad { to } => (ExclusionCode::NoWay, None, to),
        Gap::Rollback { from, to } => (ExclusionCode::NoWayBack, Some(from), to),
    };
    let exclusion = Exclusion::new(code, format!("{target}: {gap}")).param("target", target).param("to", to);
    match from {
        Some(from) => exclusion.param("from", from),
        None => exclusion,
    }
}

/// The units of a deployment's current plan whose databases have no way back, and what to say of them.
pub(crate) async fn one_way(conn: &mut Conn, id: DeploymentId) -> Result<BTreeMap<UnitId, String>, ApiError> {
    let Some(deployment) = deployments::find(conn, id).await? else { return Ok(BTreeMap::new()) };
    let parts = deployment_parts::of(conn, id).await?;
    if !parts.iter().any(|part| part.kind == PackageKind::Database) {
        return Ok(BTreeMap::new());
    }
    let Some(stored) = plans::find(conn, deployment.plan).await? else { return Ok(BTreeMap::new()) };
    let units = stored.plan.batches.iter().flat_map(|batch| &batch.units);
    Ok(units.filter_map(|unit| Some((unit.unit, unit.order.each_migration().find_map(without_way_back)?))).collect())
}

fn without_way_back(migration: &Migration) -> Option<String> {
    let end = |version: &Option<VersionNumber>| {
        version.as_ref().map_or_else(|| "an empty database".to_owned(), ToString::to_string)
    };
    (migration.way_back.is_none() && !migration.steps.is_empty()).then(|| {
        format!("nothing leads {} back from {} to {}", migration.name, end(&migration.to), end(&migration.from))
    })
}

/// The versions of a database package up to `to`, the highest first.
pub(crate) async fn stock(
    conn: &mut Conn,
    package: PackageId,
    to: &VersionNumber,
) -> Result<Vec<StoredStructure>, ApiError> {
    let mut stock: Vec<StoredStructure> = Vec::new();
    while stock.len() < MOST {
        let before = stock.last().map(|last| last.version.clone());
        let part = database_structures::up_to(conn, package, to, before.as_ref(), PART).await?;
        let is_last = part.len() < PART as usize;
        stock.extend(part);
        if is_last {
            break;
        }
    }
    Ok(stock)
}

/// The same as chains are looked for in.
pub(crate) fn stocked(stock: &[StoredStructure]) -> Vec<Stocked> {
    let of =
        |stored: &StoredStructure| Stocked { version: stored.version.clone(), structure: stored.structure.clone() };
    stock.iter().map(of).collect()
}

/// The scripts of the versions of a package.
struct Scripts<'s>(&'s [StoredStructure]);

impl Scripts<'_> {
    /// Steps with the content of their scripts.
    fn steps(&self, package: &PackageName, steps: &[ChainStep]) -> Result<Vec<MigrationStep>, Exclusion> {
        steps.iter().map(|step| self.step(step).ok_or_else(|| {
            let version = &step.version;
            let reason = format!(
                "what the scripts of {package} {version} hold was not written down when it was pushed: delete this version, and push it again"
            );
            let exclusion = Exclusion::new(ExclusionCode::ScriptsUnknown, reason).param("package", package);
            exclusion.param("version", version)
        })).collect()
    }

    fn step(&self, step: &ChainStep) -> Option<MigrationStep> {
        let holder = self.0.iter().find(|stored| stored.version == step.version)?;
        let scripts = step.files.iter().map(|path| script(holder, path)).collect::<Option<_>>()?;
        Some(MigrationStep {
            kind: step.kind,
            from: step.from.clone(),
            to: step.to.clone(),
            version: step.version.clone(),
            scripts,
        })
    }

    /// Every step that may have led to `at`, as the versions up to `upper` have them now.
    fn known(&self, upper: &VersionNumber, at: &VersionNumber) -> Vec<MigrationStep> {
        let mut known = Vec::new();
        for holder in self.0 {
            let structure = &holder.structure;
            // Of versions that hold the steps of all before them, the highest one speaks.
            let speaks = structure.layout == Some(DatabaseLayout::FullAndIncrement) || holder.version == *upper;
            if !speaks {
                continue;
            }
            let increments = structure.increments.iter().filter(|step| step.to <= *at);
            let full_load = structure.full_load.iter().filter(|_| holder.version <= *at).map(|path| ChainStep {
                kind: ChainStepKind::FullLoad,
                from: None,
                to: Some(holder.version.clone()),
                version: holder.version.clone(),
                files: vec![path.clone()],
            });
            let steps = full_load.chain(increments.map(|step| increment(holder, step)));
            known.extend(steps.filter_map(|step| self.step(&step)));
        }
        known
    }
}

fn increment(holder: &StoredStructure, step: &Increment) -> ChainStep {
    ChainStep {
        kind: ChainStepKind::Increment,
        from: step.from.clone(),
        to: Some(step.to.clone()),
        version: holder.version.clone(),
        files: step.upgrade.clone(),
    }
}

fn script(holder: &StoredStructure, path: &str) -> Option<MigrationScript> {
    holder.scripts.iter().find(|script| script.path == path).cloned()
}
