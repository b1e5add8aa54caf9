//! From what is asked for and what there is to a plan: every host, batch and order.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use packhorse_model::api::deployments::ExcludedHost;
use packhorse_model::api::plans::Caution;
use packhorse_model::database::Migration;
use packhorse_model::deployment::{Action, BatchKind, DeploymentSpec, PlannedBatch, PlannedUnit, Targets};
use packhorse_model::ids::UnitId;
use packhorse_model::order::{Release, UnitOrder};
use packhorse_model::strategy::{BatchExpression, HostOrder, OnFailure, StrategyError};
use packhorse_model::{HostName, PackageName, VersionNumber};

use super::classes::{Classes, PlannedChange, lacks_room};
use super::companions;
use super::exclusion::Exclusion;
use super::inventory::{Inventory, InventoryHost};
use super::natural::natural;
use super::notes::{Notes, list};
use super::outlook::{Goal, Outlook, outlook};
use super::unresolved::Unresolved;
use crate::host::{Installed, steps};

/// What a deployment would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planned {
    /// The canary, if there is one, and the rest in batches.
    pub batches: Vec<PlannedBatch>,
    /// Hosts of equal change together, with the steps that they would run.
    pub changes: Vec<PlannedChange>,
    /// Hosts at which nothing would change.
    pub unchanged: Vec<HostName>,
    /// Targets that cannot be chosen, and why.
    pub excluded: Vec<ExcludedHost>,
    /// What a person should know before applying.
    pub warnings: Vec<Caution>,
    /// Variables without a value, by package: a plan that has any is not applied. They are among the warnings, too.
    pub unresolved: Vec<Unresolved>,
}

/// Why nothing can be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A deploy, upgrade or downgrade without a version.
    #[error("{} needs a version: write {package}@VERSION", .action.as_str())]
    NoVersion {
        /// What is asked for.
        action: Action,
        /// The package.
        package: PackageName,
    },
    /// A version that the action has no use for.
    #[error("{} takes no version: each host has its own", .action.as_str())]
    VersionNotWanted {
        /// What is asked for.
        action: Action,
    },
    /// No module and no host.
    #[error("the deployment has no targets: name modules (BUSINESS/SYSTEM/MODULE), hosts or labels")]
    NoTargets,
    /// A version that was yanked, for hosts of which none has it.
    #[error("{package}@{version} was yanked, and none of the hosts has it")]
    Yanked {
        /// The package.
        package: PackageName,
        /// The version.
        version: VersionNumber,
    },
    /// Hosts that do not exist, or are not in the modules.
    #[error("no such hosts among the targets: {}", list(.0))]
    UnknownHosts(Vec<HostName>),
    /// Modules without hosts.
    #[error("no host belongs to {0}: let hosts join it first")]
    NoHosts(String),
    /// No host is left by what the targets say.
    #[error("no host is as the targets want it: look at their labels, states, versions and failures")]
    NoneMeant,
    /// A strategy that goes back, where nothing leads back.
    #[error(
        "on a failure this deployment would go back, and nothing leads {} back to {}",
        .migration.name,
        .migration.from.as_ref().map_or("an empty database", |version| version.as_str())
    )]
    NoWayBack {
        /// What would be done, by the first host of which this is true.
        migration: Box<Migration>,
    },
    /// Packages of which each needs another to go before it.
    #[error("{} need one another, so that none of them can go first", names(.0))]
    Circle(Vec<PackageName>),
    /// A database that cannot be brought to its version, though what comes behind it rests on it.
    #[error("{package} cannot be brought to the database that {host} runs: {reason}")]
    DatabaseLeftOut {
        /// The database package.
        package: PackageName,
        /// The host that would bring it there.
        host: HostName,
        /// Why not, and what to do.
        reason: String,
    },
    /// The batches cannot be made.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
}

fn names(packages: &[PackageName]) -> String {
    packages.iter().map(PackageName::as_str).collect::<Vec<_>>().join(", ")
}

/// Makes the plan. `ids` gives the units their identities.
///
/// # Errors
/// When the spec asks for what cannot be. A host that cannot take part is no error: it is excluded, with the reason.
pub fn plan(
    spec: &DeploymentSpec,
    inventory: &Inventory,
    ids: &mut dyn FnMut() -> UnitId,
) -> Result<Planned, PlanError> {
    let goal = Goal::of(spec, inventory)?;
    let mut notes = Notes::default();
    let mut unresolved = Unresolved::none(spec);
    let (mut units, mut changes) = (Vec::new(), Classes::default());
    let (mut unchanged, mut excluded) = (Vec::new(), Vec::new());
    let hosts = chosen(spec, inventory)?;
    if let Some(Some(yanked)) = hosts.first().map(|host| goal.withheld_from(host))
        && hosts.iter().all(|host| goal.withheld_from(host).is_some())
    {
        return Err(PlanError::Yanked { package: spec.package.clone(), version: yanked.release.version.clone() });
    }
    for host in hosts {
        notes.look_at(host);
        let planned = match outlook(&spec.package, goal, host) {
            Outlook::Unchanged => {
                unchanged.push(host.name.clone());
                continue;
            }
            Outlook::Excluded(exclusion) => Err(exclusion),
            Outlook::Change(change) => {
                let order = change.order(spec, host);
                can_go_back(spec, &order)?;
                match steps(&order, &expected(&order, host)) {
                    Ok(host_plan) => match lacks_room(host, &order, &host_plan) {
                        Some(exclusion) => Err(exclusion),
                        None => Ok((change, order, host_plan)),
                    },
                    Err(error) => Err(error.into()),
                }
            }
        };
        match planned {
            Err(Exclusion { reason, cause }) => {
                excluded.push(ExcludedHost { host: host.name.clone(), reason, cause: Some(cause) });
            }
            Ok((change, order, host_plan)) => {
                unresolved.look_at(spec.action, host, &change);
                notes.take_part(host, &order);
                changes.add(host, &change, &order, &host_plan);
                units.push(PlannedUnit {
                    unit: ids(),
                    host: host.id,
                    host_name: host.name.clone(),
                    from: change.from.map(|side| side.known.id),
                    to: change.to.map(|side| side.known.id),
                    order,
                });
            }
        }
    }
    let mut warnings = unresolved.cautions();
    warnings.extend(notes.into_warnings(spec));
    let unresolved = Some(unresolved).filter(|found| !found.is_empty()).into_iter().collect();
    let batches = batches(spec, units)?;
    let changes = changes.into_list();
    Ok(Planned { batches, changes, unchanged, excluded, warnings, unresolved })
}

/// A strategy that goes back on failure wants a way back.
fn can_go_back(spec: &DeploymentSpec, order: &UnitOrder) -> Result<(), PlanError> {
    let is_one_way = |migration: &&Migration| migration.way_back.is_none() && !migration.steps.is_empty();
    match order.each_migration().find(is_one_way) {
        Some(migration) if spec.strategy.on_failure == OnFailure::Rollback => {
            Err(PlanError::NoWayBack { migration: Box::new(migration.clone()) })
        }
        _ => Ok(()),
    }
}

/// What the plan expects on a host.
pub(crate) fn expected(order: &UnitOrder, host: &InventoryHost) -> Installed {
    match &host.instance {
        None => Installed::nothing(),
        Some(instance) => {
            let previous = instance.previous.as_ref().and_then(|previous| previous.known.as_ref());
            let rendering = instance.previous_rendering;
            let previous = previous.map(|known| Release { rendering, ..known.release.clone() });
            Installed::expected(order, previous.as_ref(), instance.state)
        }
    }
}

/// Whether two plans do the same, whatever the identities of their units. A plan that was shown holds as long as planning again
/// agrees with it.
#[must_use]
pub fn agrees(a: &[PlannedBatch], b: &[PlannedBatch]) -> bool {
    let same = |a: &PlannedUnit, b: &PlannedUnit| PlannedUnit { unit: b.unit, ..a.clone() } == *b;
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.kind == b.kind && a.units.len() == b.units.len() && a.units.iter().zip(&b.units).all(|(a, b)| same(a, b))
        })
}

/// The hosts that the targets mean, in the order in which they will go.
pub(crate) fn chosen<'a>(spec: &DeploymentSpec, inventory: &'a Inventory) -> Result<Vec<&'a InventoryHost>, PlanError> {
    let targets = &spec.targets;
    if targets.is_empty() {
        return Err(PlanError::NoTargets);
    }
    let named: BTreeSet<&HostName> = targets.hosts.iter().collect();
    let mut hosts: Vec<&InventoryHost> = inventory
        .hosts
        .iter()
        .filter(|host| targets.modules.is_empty() || host.modules.iter().any(|m| targets.modules.contains(m)))
        .filter(|host| named.is_empty() || named.contains(&host.name))
        .collect();
    let found: BTreeSet<&HostName> = hosts.iter().map(|host| &host.name).collect();
    let missing: Vec<HostName> = named.difference(&found).map(|name| (*name).clone()).collect();
    if !missing.is_empty() {
        return Err(PlanError::UnknownHosts(missing));
    }
    let is_filtered = Targets { modules: targets.modules.clone(), ..Targets::default() } != *targets;
    if hosts.is_empty() && is_filtered {
        return Err(PlanError::NoneMeant);
    }
    if hosts.is_empty() {
        let modules: Vec<String> = targets.modules.iter().map(ToString::to_string).collect();
        return Err(PlanError::NoHosts(modules.join(", ")));
    }
    hosts.sort_by(|a, b| in_order(&spec.strategy.order, a, b));
    hosts.dedup_by(|a, b| a.name == b.name);
    Ok(hosts)
}

/// Which of two hosts goes first.
pub(crate) fn in_order(order: &HostOrder, a: &InventoryHost, b: &InventoryHost) -> Ordering {
    let by_name = || natural(a.name.as_str(), b.name.as_str());
    match order {
        HostOrder::Name => by_name(),
        HostOrder::Label(key) => match (a.labels.get(key), b.labels.get(key)) {
            (Some(a), Some(b)) => natural(a.as_str(), b.as_str()).then_with(by_name),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => by_name(),
        },
    }
}

/// The units in a canary and batches, which count hosts: those of a host stand side by side.
pub(crate) fn batches(spec: &DeploymentSpec, mut units: Vec<PlannedUnit>) -> Result<Vec<PlannedBatch>, PlanError> {
    // Going back to what ran before is urgent, and needs no proof.
    let canary = match spec.action {
        Action::Rollback => 0,
        _ => spec.strategy.canary as usize,
    };
    let rest = units.split_off(companions::sizes(&units).into_iter().take(canary).sum());
    let mut batches = Vec::new();
    if !units.is_empty() {
        batches.push(PlannedBatch { kind: BatchKind::Canary, units });
    }
    batches.extend(rolling(rest, &spec.strategy.batch)?);
    Ok(batches)
}

/// The units in batches of so many hosts, each of which takes no more memory than its units.
pub(crate) fn rolling(units: Vec<PlannedUnit>, sizes: &BatchExpression) -> Result<Vec<PlannedBatch>, StrategyError> {
    let of_hosts = companions::sizes(&units);
    let sizes = sizes.sizes(of_hosts.len())?;
    let (mut of_hosts, mut units) = (of_hosts.into_iter(), units.into_iter());
    let batch = |hosts| {
        let size = of_hosts.by_ref().take(hosts).sum();
        PlannedBatch { kind: BatchKind::Rolling, units: units.by_ref().take(size).collect() }
    };
    Ok(sizes.into_iter().map(batch).collect())
}
