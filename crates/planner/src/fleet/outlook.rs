//! What a deployment would do at one host.

use packhorse_model::api::hosts::HostState;
use packhorse_model::deployment::{Action, DataFate, DeploymentSpec};
use packhorse_model::order::{Health, InstanceState, Release, UnitAction, UnitOrder};
use packhorse_model::{Digest, Layout, PackageName};

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
    Excluded(String),
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
    if let (Outlook::Change(_), Some(reason)) = (&outlook, host.unmet.get(&after.id)) {
        return Outlook::Excluded(format!("{package} {reason}"));
    }
    let Some(migrations) = host.migrations.get(&after.id) else { return outlook };
    match (outlook, migrations) {
        (_, Err(reason)) => Outlook::Excluded(reason.clone()),
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
    if let Some(reason) = &host.barred {
        return Outlook::Excluded(reason.clone());
    }
    if host.state == HostState::Offline {
        return Outlook::Excluded("it is offline: start its agent, or look whether it reaches the server".to_owned());
    }
    if let Some(deployment) = host.busy {
        let reason = format!("deployment {deployment} of {package} is open on it: wait for its end, or abort it");
        return Outlook::Excluded(reason);
    }
    if let Some(yanked) = goal.withheld_from(host) {
        let number = &yanked.release.version;
        return Outlook::Excluded(format!("{package} {number} was yanked, and is not on it: choose another version"));
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
                Outlook::Excluded(format!("{package} is not on it: deploy it there first"))
            }
            _ => Outlook::Excluded(format!("{package} is not on it")),
        };
    };
    let Some(current) = &instance.current.known else {
        return Outlook::Excluded(format!(
            "it has {package} {}, which the registry does not know: push this version, or remove the instance by hand",
            instance.current.number
        ));
    };
    let current = Side { known: current, rendering: instance.rendering };
    let to = |to| Outlook::Change(Change { from: Some(current), to, migrations: &[] });
    match goal {
        Goal::Version(target, _) | Goal::Newer(target, _) | Goal::Older(target, _) => {
            install(package, goal, fresh(host, target), instance, current)
        }
        Goal::Previous => match instance.previous.as_ref().map(|previous| (previous, &previous.known)) {
            None => Outlook::Excluded(format!("no version before {} is kept on it", instance.current.number)),
            // It goes back to the bytes that it had, whatever its variables say now.
            Some((_, Some(known))) => to(Some(Side { known, rendering: instance.previous_rendering })),
            Some((previous, None)) => Outlook::Excluded(format!(
                "its previous version {} is not in the registry any more: deploy another one",
                previous.number
            )),
        },
        Goal::Started if runs_well(instance) => Outlook::Unchanged,
        Goal::Stopped if instance.state == InstanceState::Stopped => Outlook::Unchanged,
        Goal::Started | Goal::Stopped | Goal::Restarted => to(Some(current)),
        Goal::Gone => to(None),
        Goal::Run(..) => Outlook::Unchanged,
    }
}

/// Two packages have no directory in common.
fn occupied(package: &PackageName, to: &KnownVersion, host: &InventoryHost) -> String {
    let (root, occupant) = (install_root(package, &to.release), host.occupant.as_ref());
    let occupant = occupant.map_or_else(String::new, ToString::to_string);
    format!("{occupant} lies in {root}, around it or inside it: give one of them another install_root")
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
    if only_newer && new.version < old.version {
        return Outlook::Excluded(format!(
            "it has {}, and {} is older: deploy {} if you mean it",
            old.version, new.version, new.version
        ));
    }
    if only_older && new.version >= old.version {
        return Outlook::Excluded(format!(
            "it has {}, and {} is not older: deploy {} if you mean it",
            old.version, new.version, new.version
        ));
    }
    let root = install_root(package, new);
    if instance.install_root != root {
        return Outlook::Excluded(format!(
            "its instance lies in {}, but {} goes to {root}: uninstall it first",
            instance.install_root, new.version
        ));
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
