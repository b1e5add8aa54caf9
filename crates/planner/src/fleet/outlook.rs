//! What a deployment would do at one host.

use packhorse_model::api::exclusions::ExclusionCode;
use packhorse_model::api::hosts::HostState;
use packhorse_model::deployment::{Action, DataFate, DeploymentSpec};
use packhorse_model::order::{Health, InstanceState, Release, UnitAction, UnitOrder};
use packhorse_model::{Digest, Layout, PackageName};

use super::exclusion::Exclusion;
use super::inventory::{Availability, HostMigration, Inventory, InventoryHost, InventoryInstance, KnownVersion};
use super::plan::PlanError;
use crate::host::INSTALL_ROOTS;

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Goal<'a> {
    /// This version, whatever is there.
    Version(&'a KnownVersion, Availability),
    /// This version, where an older one is.
    Newer(&'a KnownVersion, Availability),
    /// This version, where a newer one is.
    Older(&'a KnownVersion, Availability),
    /// The version before.
    Previous,
    Started,
    Stopped,
    Restarted,
    Gone,
    /// This script, once.
    Run(&'a KnownVersion, Availability),
}

impl<'a> Goal<'a> {
    pub(crate) fn of(spec: &DeploymentSpec, inventory: &'a Inventory) -> Result<Self, PlanError> {
        let action = spec.action;
        let target = inventory.target.as_ref();
        let needed = || target.ok_or_else(|| PlanError::NoVersion { action, package: spec.package.clone() });
        let goal = match action {
            Action::Deploy => return needed().map(|target| Self::Version(target, inventory.availability)),
            Action::Upgrade => return needed().map(|target| Self::Newer(target, inventory.availability)),
            Action::Downgrade => return needed().map(|target| Self::Older(target, inventory.availability)),
            Action::Rollback => Self::Previous,
            Action::Start => Self::Started,
            Action::Stop => Self::Stopped,
            Action::Restart => Self::Restarted,
            Action::Uninstall => Self::Gone,
            Action::Run => return needed().map(|target| Self::Run(target, inventory.availability)),
        };
        if spec.version.is_some() { Err(PlanError::VersionNotWanted { action }) } else { Ok(goal) }
    }

    /// The version that was yanked, if that is asked for and the host does not have it.
    pub(crate) fn withheld_from(self, host: &InventoryHost) -> Option<&'a KnownVersion> {
        match self {
            Self::Version(target, Availability::WhereItIs)
            | Self::Newer(target, Availability::WhereItIs)
            | Self::Older(target, Availability::WhereItIs)
            | Self::Run(target, Availability::WhereItIs) => {
                let has_it = host.instance.as_ref().is_some_and(|instance| instance.has(target));
                (!has_it).then_some(target)
            }
            _ => None,
        }
    }
}

/// What would happen at one host.
pub(crate) enum Outlook<'a> {
    /// Nothing: it is as it should be.
    Unchanged,
    /// Nothing, for this reason.
    Excluded(Exclusion),
    /// Something.
    Change(Change<'a>),
}

/// The version before, and the version after.
pub(crate) struct Change<'a> {
    pub(crate) from: Option<Side<'a>>,
    pub(crate) to: Option<Side<'a>>,
    /// What is done to the databases of a database package; empty for any other.
    pub(crate) migrations: &'a [HostMigration],
}

/// A version, and with what it is rendered on this host.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) known: &'a KnownVersion,
    rendering: Option<Digest>,
}

impl Side<'_> {
    fn release(self) -> Release {
        Release { rendering: self.rendering, ..self.known.release.clone() }
    }
}

pub(crate) fn outlook<'a>(package: &PackageName, goal: Goal<'a>, host: &'a InventoryHost) -> Outlook<'a> {
    let outlook = of_files(package, goal, host);
    let after = match (&outlook, goal) {
        (
            Outlook::Change(Change { to: Some(to), .. }),
            Goal::Version(..) | Goal::Newer(..) | Goal::Older(..) | Goal::Previous,
        ) => to.known,
        (Outlook::Unchanged, Goal::Version(to, _) | Goal::Newer(to, _) | Goal::Older(to, _)) => to,
        _ => return outlook,
    };
    if let (Outlook::Change(_), Some(unmet)) = (&outlook, host.unmet.get(&after.id)) {
        return Outlook::Excluded(unmet.clone());
    }
    let Some(migrations) = host.migrations.get(&after.id) else { return outlook };
    match (outlook, migrations) {
        (_, Err(exclusion)) => Outlook::Excluded(exclusion.clone()),
        (Outlook::Change(change), Ok(migrations)) => Outlook::Change(Change { migrations, ..change }),
        // The files are there, and a database is somewhere else.
        (Outlook::Unchanged, Ok(migrations)) if migrations.iter().any(|own| !own.migration.steps.is_empty()) => {
            let there = Some(fresh(host, after));
            Outlook::Change(Change { from: there, to: there, migrations })
        }
        (outlook, Ok(_)) => outlook,
    }
}

/// The same without regard to any database.
fn of_files<'a>(package: &PackageName, goal: Goal<'a>, host: &'a InventoryHost) -> Outlook<'a> {
    if let Some(barred) = &host.barred {
        return Outlook::Excluded(barred.clone());
    }
    let excluded = |code, reason: String| Exclusion::new(code, reason).param("package", package);
    if host.state == HostState::Offline {
        let reason = "it is offline: start its agent, or look whether it reaches the server";
        return Outlook::Excluded(Exclusion::new(ExclusionCode::Offline, reason));
    }
    if let Some(deployment) = host.busy {
        let reason = format!("deployment {deployment} of {package} is open on it: wait for its end, or abort it");
        return Outlook::Excluded(excluded(ExclusionCode::Busy, reason).param("deployment", deployment));
    }
    if let Some(yanked) = goal.withheld_from(host) {
        let number = &yanked.release.version;
        let reason = format!("{package} {number} was yanked, and is not on it: choose another version");
        return Outlook::Excluded(excluded(ExclusionCode::Yanked, reason).param("version", number));
    }
    if let Goal::Run(script, _) = goal {
        return Outlook::Change(Change {
            from: None,
            to: Some(Side { known: script, rendering: None }),
            migrations: &[],
        });
    }
    let Some(instance) = &host.instance else {
        return match goal {
            Goal::Version(to, _) if host.occupant.is_some() => Outlook::Excluded(occupied(package, to, host)),
            Goal::Version(to, _) => Outlook::Change(Change { from: None, to: Some(fresh(host, to)), migrations: &[] }),
            Goal::Newer(..) | Goal::Older(..) => {
                let reason = format!("{package} is not on it: deploy it there first");
                Outlook::Excluded(excluded(ExclusionCode::NotInstalled, reason))
            }
            _ => Outlook::Excluded(excluded(ExclusionCode::NotInstalled, format!("{package} is not on it"))),
        };
    };
    let Some(current) = &instance.current.known else {
        let number = &instance.current.number;
        let reason = format!(
            "it has {package} {number}, which the registry does not know: push this version, or remove the instance by hand"
        );
        return Outlook::Excluded(excluded(ExclusionCode::VersionUnknown, reason).param("version", number));
    };
    let current = Side { known: current, rendering: instance.rendering };
    let to = |to| Outlook::Change(Change { from: Some(current), to, migrations: &[] });
    match goal {
        Goal::Version(target, _) | Goal::Newer(target, _) | Goal::Older(target, _) => {
            install(package, goal, fresh(host, target), instance, current)
        }
        Goal::Previous => match instance.previous.as_ref().map(|previous| (previous, &previous.known)) {
            None => {
                let number = &instance.current.number;
                let reason = format!("no version before {number} is kept on it");
                Outlook::Excluded(Exclusion::new(ExclusionCode::NoPrevious, reason).param("version", number))
            }
            // It goes back to the bytes that it had, whatever its variables say now.
            Some((_, Some(known))) => to(Some(Side { known, rendering: instance.previous_rendering })),
            Some((previous, None)) => {
                let number = &previous.number;
                let reason =
                    format!("its previous version {number} is not in the registry any more: deploy another one");
                Outlook::Excluded(Exclusion::new(ExclusionCode::PreviousGone, reason).param("version", number))
            }
        },
        Goal::Started if runs_well(instance) => Outlook::Unchanged,
        Goal::Stopped if instance.state == InstanceState::Stopped => Outlook::Unchanged,
        Goal::Started | Goal::Stopped | Goal::Restarted => to(Some(current)),
        Goal::Gone => to(None),
        Goal::Run(..) => Outlook::Unchanged,
    }
}

/// Two packages have no directory in common.
fn occupied(package: &PackageName, to: &KnownVersion, host: &InventoryHost) -> Exclusion {
    let (root, occupant) = (install_root(package, &to.release), host.occupant.as_ref());
    let occupant = occupant.map_or_else(String::new, ToString::to_string);
    let reason = format!("{occupant} lies in {root}, around it or inside it: give one of them another install_root");
    Exclusion::new(ExclusionCode::PlaceOccupied, reason).param("occupant", occupant).param("root", root)
}

/// A version with the values that it gets now.
fn fresh<'a>(host: &InventoryHost, known: &'a KnownVersion) -> Side<'a> {
    Side { known, rendering: host.values.get(&known.id).and_then(|values| values.digest) }
}

fn install<'a>(
    package: &PackageName,
    goal: Goal<'a>,
    to: Side<'a>,
    instance: &InventoryInstance,
    current: Side<'a>,
) -> Outlook<'a> {
    let (only_newer, only_older) = (matches!(goal, Goal::Newer(..)), matches!(goal, Goal::Older(..)));
    let (old, new) = (&current.known.release, &to.known.release);
    let is_same = old.tree == new.tree && current.rendering == to.rendering;
    if is_same && (runs_well(instance) || only_newer || only_older) {
        return Outlook::Unchanged;
    }
    let (has, wanted) = (&old.version, &new.version);
    let wrong_way =
        |code, reason| Outlook::Excluded(Exclusion::new(code, reason).param("from", has).param("to", wanted));
    if only_newer && wanted < has {
        let reason = format!("it has {has}, and {wanted} is older: deploy {wanted} if you mean it");
        return wrong_way(ExclusionCode::NotNewer, reason);
    }
    if only_older && wanted >= has {
        let reason = format!("it has {has}, and {wanted} is not older: deploy {wanted} if you mean it");
        return wrong_way(ExclusionCode::NotOlder, reason);
    }
    let root = install_root(package, new);
    if instance.install_root != root {
        let lies = &instance.install_root;
        let reason = format!("its instance lies in {lies}, but {wanted} goes to {root}: uninstall it first");
        let exclusion = Exclusion::new(ExclusionCode::OtherRoot, reason).param("root", lies).param("to", root);
        return Outlook::Excluded(exclusion.param("version", wanted));
    }
    Outlook::Change(Change { from: Some(current), to: Some(to), migrations: &[] })
}

fn runs_well(instance: &InventoryInstance) -> bool {
    instance.state == InstanceState::Running && instance.health != Health::Unhealthy
}

impl Change<'_> {
    /// What the host is told.
    pub(crate) fn order(&self, spec: &DeploymentSpec, host: &InventoryHost) -> UnitOrder {
        let install_root = match (&host.instance, self.to) {
            _ if spec.action == Action::Run => working_directory(&spec.package),
            (Some(instance), _) => instance.install_root.clone(),
            (None, Some(to)) => install_root(&spec.package, &to.known.release),
            (None, None) => String::new(),
        };
        let after = self.to.or(self.from);
        let values = after.and_then(|side| host.values.get(&side.known.id)).cloned().unwrap_or_default();
        let layout = after.and_then(|side| side.known.release.manifest.layout).unwrap_or(Layout::Symlink);
        let migrates = !self.migrations.is_empty();
        let order = UnitOrder {
            action: if migrates { UnitAction::Migrate } else { spec.action.unit_action() },
            package: spec.package.clone(),
            install_root,
            // Scripts are run, and not lived in: how a package wants its files to lie is of no meaning.
            layout: if migrates { Layout::Symlink } else { layout },
            from: self.from.map(Side::release),
            to: self.to.map(Side::release),
            variables: values.variables,
            secrets: values.secrets,
            envelope: values.envelope,
            values: values.digest,
            migration: None,
            migrations: Vec::new(),
            step_timeout_seconds: spec.strategy.step_timeout_seconds,
            remove_data: self.removed_data(spec),
        };
        let mut order = order.migrating(self.migrations.iter().map(|own| own.migration.clone()).collect());
        for own in self.migrations {
            let name = order.password_name(&own.migration);
            order.secrets.extend(own.password.map(|password| (name, password)));
        }
        set_own_variables(&mut order, Some(host));
        order
    }

    /// The directories with data that go with the instance.
    fn removed_data(&self, spec: &DeploymentSpec) -> Vec<String> {
        let (Action::Uninstall, DataFate::Remove, Some(from)) = (spec.action, spec.data, self.from) else {
            return Vec::new();
        };
        from.known.release.manifest.data_directories().map(str::to_owned).collect()
    }
}

/// Sets the variables that Packhorse gives itself; those of the host only if it is named.
pub(crate) fn set_own_variables(order: &mut UnitOrder, host: Option<&InventoryHost>) {
    let version = order.to.as_ref().or(order.from.as_ref()).map(|release| release.version.to_string());
    order.variables.extend(own_variables(&order.package, version.as_deref(), &order.install_root));
    if let Some(host) = host {
        order.variables.insert("packhorse.host.name".to_owned(), host.name.to_string());
        order.variables.insert("packhorse.host.ip".to_owned(), host.address.clone());
    }
}

/// The variables that Packhorse gives every instance.
#[must_use]
pub fn own_variables(package: &PackageName, version: Option<&str>, install_root: &str) -> [(String, String); 3] {
    [
        ("packhorse.package".to_owned(), package.to_string()),
        ("packhorse.version".to_owned(), version.unwrap_or_default().to_owned()),
        ("packhorse.install_root".to_owned(), install_root.to_owned()),
    ]
}

/// Where a script lies for as long as it runs: each run in a directory of its own below.
fn working_directory(package: &PackageName) -> String {
    format!("/var/lib/packhorse-scripts/{package}")
}

/// Where a version lies if nothing of its package is on the host yet.
#[must_use]
pub fn install_root(package: &PackageName, release: &Release) -> String {
    release.manifest.install_root.clone().unwrap_or_else(|| format!("{INSTALL_ROOTS}/{package}"))
}
