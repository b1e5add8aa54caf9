//! The way back for a whole deployment.

use std::collections::BTreeSet;

use packhorse_model::database::Migration;
use packhorse_model::deployment::{BatchKind, Direction, Plan, PlannedBatch, PlannedUnit, UnitState};
use packhorse_model::ids::{PlanId, UnitId};
use packhorse_model::order::{Aftermath, Grant, UnitAction, UnitOrder};
use packhorse_model::{HostName, PackageName};

use super::outlook::set_own_variables;
use super::state::UnitView;

/// The plan `id` that takes back what `plan` did: every host whose instance changed, or may have, in reverse order, in one batch
/// without canary, of which the strategy's limit lets only so many go at a time. Behind it each of several databases is a batch of its own, so
/// that it goes back when everything that rests on it has. `None` if nothing changed.
#[must_use]
pub fn roll_back(plan: &Plan, units: &[UnitView], id: PlanId, ids: &mut dyn FnMut() -> UnitId) -> Option<Plan> {
    let changed: BTreeSet<UnitId> = units.iter().filter(|unit| may_have_changed(unit)).map(|unit| unit.unit).collect();
    let units: Vec<PlannedUnit> = plan
        .batches
        .iter()
        .flat_map(|batch| &batch.units)
        .rev()
        .filter(|planned| changed.contains(&planned.unit))
        .filter_map(|planned| Some((planned, reversed(&planned.order)?)))
        .map(|(planned, order)| PlannedUnit {
            unit: ids(),
            host: planned.host,
            host_name: planned.host_name.clone(),
            from: planned.to,
            to: planned.from,
            order,
        })
        .collect();
    if units.is_empty() {
        return None;
    }
    let mut batches: Vec<PlannedBatch> = Vec::new();
    let mut shared: Option<PackageName> = None;
    for unit in units {
        let of = (unit.order.action == UnitAction::Migrate).then(|| unit.order.package.clone());
        match batches.last_mut().filter(|_| of == shared) {
            Some(batch) => batch.units.push(unit),
            None => batches.push(PlannedBatch { kind: BatchKind::Rolling, units: vec![unit] }),
        }
        shared = of;
    }
    Some(Plan { id, parent: Some(plan.id), direction: Direction::Back, batches })
}

/// The plan `id` of a deployment of its own that takes back what `plan` did on these hosts, and nothing else. `None` if nothing changed there.
#[must_use]
pub fn roll_back_some(
    plan: &Plan,
    units: &[UnitView],
    hosts: &[HostName],
    id: PlanId,
    ids: &mut dyn FnMut() -> UnitId,
) -> Option<Plan> {
    let units: Vec<UnitView> = units.iter().filter(|unit| hosts.contains(&unit.host_name)).cloned().collect();
    let back = roll_back(plan, &units, id, ids)?;
    Some(Plan { parent: None, direction: Direction::Forward, ..back })
}

/// Whether the unit's host is, or may be, in another state than before the deployment.
#[must_use]
pub fn may_have_changed(unit: &UnitView) -> bool {
    match unit.state {
        UnitState::Pending | UnitState::Preparing | UnitState::Prepared | UnitState::Cancelled => false,
        UnitState::Switching
        | UnitState::Baking
        | UnitState::Restoring
        | UnitState::Retiring
        | UnitState::Succeeded => true,
        UnitState::Unknown => unit.grant != Grant::Prepare,
        UnitState::Skipped => unit.aftermath == Some(Aftermath::Broken),
        UnitState::Failed => !matches!(
            unit.aftermath,
            Some(Aftermath::Untouched | Aftermath::Restored | Aftermath::Removed | Aftermath::Ran)
        ),
    }
}

/// The order that undoes an order; `None` if there is nothing to undo.
fn reversed(order: &UnitOrder) -> Option<UnitOrder> {
    // Without scripts that lead back there is no way back; whoever asks for one is refused before.
    let mut migrations = order.each_migration().map(Migration::reversed).collect::<Option<Vec<_>>>()?;
    migrations.reverse();
    let (action, from, to) = match (order.action, &order.from, &order.to) {
        (UnitAction::Install, Some(from), Some(to)) if from.is_same(to) => return None,
        (UnitAction::Migrate, ..) => (UnitAction::Migrate, &order.to, &order.from),
        (UnitAction::Install, None, Some(_)) => (UnitAction::Uninstall, &order.to, &order.from),
        (UnitAction::Install, ..) | (UnitAction::Uninstall, ..) => (UnitAction::Install, &order.to, &order.from),
        (UnitAction::Start, ..) => (UnitAction::Stop, &order.from, &order.to),
        (UnitAction::Stop, ..) => (UnitAction::Start, &order.from, &order.to),
        (UnitAction::Restart | UnitAction::Run, ..) => return None,
    };
    let mut order = UnitOrder { action, from: from.clone(), to: to.clone(), ..order.clone() }.migrating(migrations);
    set_own_variables(&mut order, None);
    Some(order)
}
