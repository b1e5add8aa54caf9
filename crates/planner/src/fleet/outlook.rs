//! What a deployment would do at one host.

use packhorse_model::api::hosts::HostState;
use packhorse_model::deployment::{Action, DeploymentSpec};
use packhorse_model::order::{Health, InstanceState, Release, UnitOrder};
use packhorse_model::{Layout, PackageName};

use super::inventory::{Availability, Inventory, InventoryHost, InventoryInstance, KnownVersion};
use super::plan::PlanError;

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Goal<'a> {
    /// This version, whatever is there.
    Version(&'a KnownVersion, Availability),
    /// This version, where an older one is.
    Newer(&'a KnownVersion, Availability),
    /// The version before.
    Previous,
    Started,
    Stopped,
    Restarted,
    Gone,
}

impl<'a> Goal<'a> {
    pub(crate) fn of(spec: &DeploymentSpec, inventory: &'a Inventory) -> Result<Self, PlanError> {
        let action = spec.action;
        let target = inventory.target.as_ref();
        let needed = || target.ok_or_else(|| PlanError::NoVersion { action, package: spec.package.clone() });
        let goal = match action {
            Action::Deploy => return needed().map(|target| Self::Version(target, inventory.availability)),
            Action::Upgrade => return needed().map(|target| Self::Newer(target, inventory.availability)),
            Action::Rollback => Self::Previous,
            Action::Start => Self::Started,
            Action::Stop => Self::Stopped,
            Action::Restart => Self::Restarted,
            Action::Uninstall => Self::Gone,
        };
        if spec.version.is_some() { Err(PlanError::VersionNotWanted { action }) } else { Ok(goal) }
    }

    /// The version that was yanked, if that is asked for and the host does not have it.
    pub(crate) fn withheld_from(self, host: &InventoryHost) -> Option<&'a KnownVersion> {
        match self {
            Self::Version(target, Availability::WhereItIs) | Self::Newer(target, Availability::WhereItIs) => {
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
    pub(crate) from: Option<&'a KnownVersion>,
    pub(crate) to: Option<&'a KnownVersion>,
}

pub(crate) fn outlook<'a>(package: &PackageName, goal: Goal<'a>, host: &'a InventoryHost) -> Outlook<'a> {
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
    let Some(instance) = &host.instance else {
        return match goal {
            Goal::Version(to, _) => Outlook::Change(Change { from: None, to: Some(to) }),
            Goal::Newer(..) => Outlook::Excluded(format!("{package} is not on it: deploy it there first")),
            _ => Outlook::Excluded(format!("{package} is not on it")),
        };
    };
    let Some(current) = &instance.current.known else {
        return Outlook::Excluded(format!(
            "it has {package} {}, which the registry does not know: push this version, or remove the instance by hand",
            instance.current.number
        ));
    };
    let to = |to| Outlook::Change(Change { from: Some(current), to });
    match goal {
        Goal::Version(target, _) | Goal::Newer(target, _) => install(package, goal, target, instance, current),
        Goal::Previous => match instance.previous.as_ref().map(|previous| (previous, &previous.known)) {
            None => Outlook::Excluded(format!("no version before {} is kept on it", instance.current.number)),
            Some((_, Some(previous))) => to(Some(previous)),
            Some((previous, None)) => Outlook::Excluded(format!(
                "its previous version {} is not in the registry any more: deploy another one",
                previous.number
            )),
        },
        Goal::Started if runs_well(instance) => Outlook::Unchanged,
        Goal::Stopped if instance.state == InstanceState::Stopped => Outlook::Unchanged,
        Goal::Started | Goal::Stopped | Goal::Restarted => to(Some(current)),
        Goal::Gone => to(None),
    }
}

fn install<'a>(
    package: &PackageName,
    goal: Goal<'a>,
    to: &'a KnownVersion,
    instance: &InventoryInstance,
    current: &'a KnownVersion,
) -> Outlook<'a> {
    let only_newer = matches!(goal, Goal::Newer(..));
    let (old, new) = (&current.release, &to.release);
    if old.tree == new.tree && (runs_well(instance) || only_newer) {
        return Outlook::Unchanged;
    }
    if only_newer && new.version < old.version {
        return Outlook::Excluded(format!(
            "it has {}, and {} is older: deploy {} if you mean it",
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
    Outlook::Change(Change { from: Some(current), to: Some(to) })
}

fn runs_well(instance: &InventoryInstance) -> bool {
    instance.state == InstanceState::Running && instance.health != Health::Unhealthy
}

impl Change<'_> {
    /// What the host is told.
    pub(crate) fn order(&self, spec: &DeploymentSpec, host: &InventoryHost) -> UnitOrder {
        let release = |known: Option<&KnownVersion>| known.map(|known| known.release.clone());
        let install_root = match (&host.instance, self.to) {
            (Some(instance), _) => instance.install_root.clone(),
            (None, Some(to)) => install_root(&spec.package, &to.release),
            (None, None) => String::new(),
        };
        let mut order = UnitOrder {
            action: spec.action.unit_action(),
            package: spec.package.clone(),
            install_root,
            layout: self.to.or(self.from).and_then(|known| known.release.manifest.layout).unwrap_or(Layout::Symlink),
            from: release(self.from),
            to: release(self.to),
            variables: host.variables.clone(),
        };
        set_own_variables(&mut order, Some(host));
        order
    }
}

/// Sets the variables that Packhorse gives itself; those of the host only if it is named.
pub(crate) fn set_own_variables(order: &mut UnitOrder, host: Option<&InventoryHost>) {
    let version = order.to.as_ref().or(order.from.as_ref()).map(|release| release.version.to_string());
    let mut set = |name: &str, value: String| order.variables.insert(format!("packhorse.{name}"), value);
    set("package", order.package.to_string());
    set("version", version.unwrap_or_default());
    set("install_root", order.install_root.clone());
    if let Some(host) = host {
        set("host.name", host.name.to_string());
        set("host.ip", host.address.clone());
    }
}

fn install_root(package: &PackageName, release: &Release) -> String {
    release.manifest.install_root.clone().unwrap_or_else(|| format!("/data/app/{package}"))
}
