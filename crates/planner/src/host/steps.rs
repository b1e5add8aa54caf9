//! From what is installed and what is ordered to the steps.

use packhorse_model::manifest::Command;
use packhorse_model::order::{Release, UnitAction, UnitOrder};
use packhorse_model::step::{Nature, Phase, Step, StepKind};
use packhorse_model::{Digest, PackageName, VersionNumber};
use serde::{Deserialize, Serialize};

use super::arrangement::Arrangement;
use super::installed::{Installed, Place};
use super::script;

/// What a host does for one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostPlan {
    /// In the order in which they run. Steps of [`Phase::Prepare`] come first, then `Switch`, then `Retire`.
    pub steps: Vec<HostStep>,
    /// Where the version before lies.
    pub old: Option<Place>,
    /// Where the version after lies, or will.
    pub new: Option<Place>,
}

/// A step, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostStep {
    /// What is done.
    pub step: Step,
    /// The version whose command, directory and health checks are meant.
    pub of: Side,
}

/// Which of the two versions of an order is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one before.
    Old,
    /// The one after.
    New,
}

impl Side {
    /// The version that is meant, as the order describes it.
    #[must_use]
    pub fn release(self, order: &UnitOrder) -> Option<&Release> {
        match self {
            Self::Old => order.from.as_ref(),
            Self::New => order.to.as_ref(),
        }
    }
}

impl HostPlan {
    /// Where the version lies that is meant.
    #[must_use]
    pub fn place(&self, side: Side) -> Option<&Place> {
        match side {
            Side::Old => self.old.as_ref(),
            Side::New => self.new.as_ref(),
        }
    }

    /// The steps as people see them.
    #[must_use]
    pub fn shown(&self) -> Vec<Step> {
        self.steps.iter().map(|step| step.step.clone()).collect()
    }
}

/// Why a host cannot follow an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostPlanError {
    /// Something else is installed than the plan found.
    #[error("the plan expects {expected} of {package} on this host, but it finds {found}: make a new plan")]
    Moved {
        /// The package.
        package: PackageName,
        /// What the order starts from.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The versions before and after lie in different ways.
    #[error("{package} lies here in the layout {before}, and {version} has the layout {after}: uninstall it first")]
    Layout {
        /// The package.
        package: PackageName,
        /// The version after.
        version: String,
        /// How the version before lies.
        before: &'static str,
        /// How the version after would lie.
        after: &'static str,
    },
    /// The package has no command for what is ordered.
    #[error(
        "{package} {version} has no {command} command: add lifecycle.{command} to packhorse.toml or scripts/{command}.sh to the package"
    )]
    NoCommand {
        /// The package.
        package: PackageName,
        /// The version.
        version: String,
        /// The command, as `packhorse.toml` names it.
        command: &'static str,
    },
    /// The version after would have to be rendered with values that nobody has any more.
    #[error(
        "{package} {version} is not on this host as it was, and the values that it was rendered with are not known any more: deploy it"
    )]
    Values {
        /// The package.
        package: PackageName,
        /// The version.
        version: String,
    },
    /// A script is to be run, and the package is none.
    #[error("{package} {version} is no script, so it cannot be run: deploy it")]
    NoScript {
        /// The package.
        package: PackageName,
        /// The version.
        version: String,
    },
    /// The order lacks the version that its action needs.
    #[error("the order for {package} names no version: make a new plan")]
    Incomplete {
        /// The package.
        package: PackageName,
    },
}

/// The steps that bring `installed` to where `order` leads.
///
/// An order is followed if the host has the version that it starts from, and also if the host is already at the version to which it
/// leads: that is what an attempt leaves that was cut short, and a further attempt has to bring it to its end.
///
/// # Errors
/// When something else is installed, when the two versions lie in different ways, and when the package lacks the command.
pub fn steps(order: &UnitOrder, installed: &Installed) -> Result<HostPlan, HostPlanError> {
    if order.action == UnitAction::Run {
        return script::steps(order);
    }
    let (from, to) = (order.from.as_ref(), order.to.as_ref());
    expect(order, installed)?;
    lie_alike(order)?;
    let mut list = List::default();
    list.push(StepKind::Preflight, Phase::Prepare, if to.is_some() { Side::New } else { Side::Old });
    let mut new = to
        .and(installed.current.as_ref())
        .map(|c| Place { version: c.version.clone(), directory: c.directory.clone() });
    match order.action {
        UnitAction::Install => {
            let to = to.ok_or_else(|| incomplete(order))?;
            if installed.intact(to).is_none() && to.rendering != order.values {
                return Err(HostPlanError::Values { package: order.package.clone(), version: to.version.to_string() });
            }
            new = Some(installed.place_of(&order.package, to));
            install(&mut list, order, to, installed);
        }
        UnitAction::Start => {
            let release = to.ok_or_else(|| incomplete(order))?;
            require(order, release, "start", release.manifest.lifecycle.start.is_some())?;
            list.start(release);
        }
        UnitAction::Stop => {
            let release = from.ok_or_else(|| incomplete(order))?;
            require(order, release, "stop", release.manifest.lifecycle.stop.is_some())?;
            list.stop(release, Side::Old);
        }
        UnitAction::Restart => {
            let release = to.ok_or_else(|| incomplete(order))?;
            let lifecycle = &release.manifest.lifecycle;
            let possible = lifecycle.restart.is_some() || (lifecycle.stop.is_some() && lifecycle.start.is_some());
            require(order, release, "restart", possible)?;
            restart(&mut list, release, installed);
        }
        UnitAction::Migrate => {
            new = to.map(|to| installed.place_of(&order.package, to));
            migrate(&mut list, order, installed);
        }
        UnitAction::Uninstall => {
            if let (Some(release), Some(_)) = (from, &installed.current) {
                if installed.was_running() {
                    list.stop(release, Side::Old);
                }
                list.command(StepKind::Uninstall, Phase::Switch, Side::Old, &release.manifest.lifecycle.uninstall);
                list.push(StepKind::Remove, Phase::Switch, Side::Old);
            }
        }
        // Its steps are its own, whatever is installed.
        UnitAction::Run => {}
    }
    Ok(HostPlan { steps: bounded(list.0, order), old: installed.place_before(order), new })
}

fn install(list: &mut List, order: &UnitOrder, to: &Release, installed: &Installed) {
    if installed.intact(to).is_none() {
        list.push(StepKind::Fetch, Phase::Prepare, Side::New);
        list.push(StepKind::Stage, Phase::Prepare, Side::New);
        if !to.manifest.rendered().is_empty() {
            list.push(StepKind::Render, Phase::Prepare, Side::New);
        }
    }
    let is_there = installed.is_already_switched(order);
    if is_there && order.from.as_ref().is_some_and(|from| from.is_same(to)) {
        restart(list, to, installed);
        return;
    }
    // What runs is the new version itself if an earlier attempt was cut short behind the switch.
    let running = if is_there { Some((to, Side::New)) } else { order.from.as_ref().map(|from| (from, Side::Old)) };
    if let Some((release, side)) = running.filter(|_| installed.was_running()) {
        list.stop(release, side);
    }
    let lifecycle = &to.manifest.lifecycle;
    list.command(StepKind::Pre, Phase::Switch, Side::New, &lifecycle.pre);
    list.push(StepKind::Switch, Phase::Switch, Side::New);
    match order.from {
        None => list.command(StepKind::Install, Phase::Switch, Side::New, &lifecycle.install),
        Some(_) => list.command(StepKind::Update, Phase::Switch, Side::New, &lifecycle.update),
    }
    list.start(to);
    list.command(StepKind::Post, Phase::Switch, Side::New, &lifecycle.post);
    list.push(StepKind::Retire, Phase::Retire, Side::New);
}

/// The database is changed before the version is the current one: what a host tells of its instance is true of the database, too.
fn migrate(list: &mut List, order: &UnitOrder, installed: &Installed) {
    let of = if order.to.is_some() { Side::New } else { Side::Old };
    if order.to.as_ref().is_some_and(|to| installed.intact(to).is_none()) {
        list.push(StepKind::Fetch, Phase::Prepare, of);
        list.push(StepKind::Stage, Phase::Prepare, of);
    }
    list.push(StepKind::Scripts, Phase::Prepare, of);
    let step = Step { kind: StepKind::Migrate, phase: Phase::Switch, nature: Nature::Opaque, command: None };
    list.0.push(HostStep { step, of });
    if order.to.is_some() {
        list.push(StepKind::Switch, Phase::Switch, of);
        list.push(StepKind::Retire, Phase::Retire, of);
    } else {
        list.push(StepKind::Remove, Phase::Switch, of);
    }
}

/// The steps with the time that their commands have; the order gives one to those that say none of their own.
pub(crate) fn bounded(mut steps: Vec<HostStep>, order: &UnitOrder) -> Vec<HostStep> {
    for step in &mut steps {
        step.step.command = step.step.command.take().map(|command| command.bounded(order.step_timeout_seconds));
    }
    steps
}

fn restart(list: &mut List, release: &Release, installed: &Installed) {
    let lifecycle = &release.manifest.lifecycle;
    if !installed.was_running() {
        list.start(release);
    } else if lifecycle.restart.is_some() {
        list.command(StepKind::Restart, Phase::Switch, Side::New, &lifecycle.restart);
        list.command(StepKind::PostStart, Phase::Switch, Side::New, &lifecycle.post_start);
        list.validate(StepKind::Validate, Phase::Switch, Side::New, release);
    } else {
        list.stop(release, Side::Old);
        list.start(release);
    }
}

/// The steps as they grow.
#[derive(Default)]
pub(crate) struct List(pub(crate) Vec<HostStep>);

impl List {
    /// A step of ours, which may be repeated.
    pub(crate) fn push(&mut self, kind: StepKind, phase: Phase, of: Side) {
        self.0.push(HostStep { step: Step { kind, phase, nature: Nature::Convergent, command: None }, of });
    }

    /// A step that runs a command of the package, if the package has one.
    pub(crate) fn command(&mut self, kind: StepKind, phase: Phase, of: Side, command: &Option<Command>) {
        if let Some(command) = command {
            let step = Step { kind, phase, nature: Nature::Opaque, command: Some(command.clone()) };
            self.0.push(HostStep { step, of });
        }
    }

    /// The proof of health: the health checks, and the package's own command beside them.
    pub(crate) fn validate(&mut self, kind: StepKind, phase: Phase, of: Side, release: &Release) {
        match &release.manifest.lifecycle.validate {
            None => self.push(kind, phase, of),
            command => self.command(kind, phase, of, command),
        }
    }

    fn start(&mut self, release: &Release) {
        let lifecycle = &release.manifest.lifecycle;
        self.command(StepKind::Start, Phase::Switch, Side::New, &lifecycle.start);
        self.command(StepKind::PostStart, Phase::Switch, Side::New, &lifecycle.post_start);
        self.validate(StepKind::Validate, Phase::Switch, Side::New, release);
    }

    fn stop(&mut self, release: &Release, of: Side) {
        let lifecycle = &release.manifest.lifecycle;
        self.command(StepKind::PreStop, Phase::Switch, of, &lifecycle.pre_stop);
        self.command(StepKind::Stop, Phase::Switch, of, &lifecycle.stop);
    }
}

pub(super) fn incomplete(order: &UnitOrder) -> HostPlanError {
    HostPlanError::Incomplete { package: order.package.clone() }
}

fn require(order: &UnitOrder, release: &Release, command: &'static str, is_there: bool) -> Result<(), HostPlanError> {
    if is_there {
        return Ok(());
    }
    Err(HostPlanError::NoCommand { package: order.package.clone(), version: release.version.to_string(), command })
}

/// A version is not laid over another that lies in a different way: nothing would know what belongs to whom.
fn lie_alike(order: &UnitOrder) -> Result<(), HostPlanError> {
    let (Some(from), Some(to)) = (&order.from, &order.to) else { return Ok(()) };
    let (before, after) = (Arrangement::of(from), Arrangement::of(to));
    if before == after {
        return Ok(());
    }
    Err(HostPlanError::Layout {
        package: order.package.clone(),
        version: to.version.to_string(),
        before: before.as_str(),
        after: after.as_str(),
    })
}

fn expect(order: &UnitOrder, installed: &Installed) -> Result<(), HostPlanError> {
    if installed.is_at(order.from.as_ref()) || installed.is_at(order.to.as_ref()) {
        return Ok(());
    }
    let named = |version: Option<(&VersionNumber, Digest, Option<Digest>)>| match version {
        Some((version, tree, None)) => format!("{version} ({})", tree.short()),
        Some((version, tree, Some(values))) => format!("{version} ({}, values {})", tree.short(), values.short()),
        None => "no version".to_owned(),
    };
    let expected = order.from.as_ref().map(|from| (&from.version, from.tree, from.rendering));
    let found = installed.current.as_ref().map(|current| (&current.version, current.tree, current.rendering));
    Err(HostPlanError::Moved { package: order.package.clone(), expected: named(expected), found: named(found) })
}
