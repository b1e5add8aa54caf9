//! Companions: the units of one host in one batch. A deployment of several packages brings them to a host one after the other, and all of
//! them or none.
//!
//! A plan has them side by side, in the order in which the host changes over, so that they are found by looking at neighbours. In a deployment
//! of one package every unit is alone, and nothing here makes a difference.
//!
//! # What must hold
//! - Forward, a unit changes over when all before it are proven; no unit is retired, which cannot be undone, before all have stood their bake.
//! - A host that will not have all of them goes back: what is proven is restored, the last first, and what has not begun does not begin.
//! - On the way back, whose plan has them the other way round, a unit goes when those before it are at their end.

use packhorse_model::deployment::{Direction, PlannedBatch, PlannedUnit, UnitState};
use packhorse_model::ids::UnitId;
use packhorse_model::order::{Aftermath, Health, UnitAction};

use super::state::{FleetState, UnitView};

/// A batch by host.
pub(crate) fn by_host(batch: &[UnitView]) -> impl Iterator<Item = &[UnitView]> {
    batch.chunk_by(|a, b| a.host_name == b.host_name)
}

/// The same, to be changed.
pub(crate) fn by_host_mut(batch: &mut [UnitView]) -> impl Iterator<Item = &mut [UnitView]> {
    batch.chunk_by_mut(|a, b| a.host_name == b.host_name)
}

/// How many units each host has, of a batch or more that a plan is made of.
pub(crate) fn sizes(units: &[PlannedUnit]) -> Vec<usize> {
    units.chunk_by(|a, b| a.host == b.host).map(<[_]>::len).collect()
}

/// Whether the host failed on its own account, and was not only sent back because others did.
pub(crate) fn has_failed(host: &[UnitView]) -> bool {
    host.iter().any(UnitView::is_failure) && !is_interrupted(host)
}

/// Whether the host was held in its middle, and has all that it had before, or is on the way there.
fn is_interrupted(host: &[UnitView]) -> bool {
    let is_back = |unit: &UnitView| {
        unit.state == UnitState::Restoring
            || (unit.state == UnitState::Failed && unit.aftermath == Some(Aftermath::Restored))
    };
    is_held(host) && host.iter().filter(|unit| unit.is_failure()).all(is_back)
}

/// Whether something on the host was cancelled because others failed.
pub(crate) fn is_held(host: &[UnitView]) -> bool {
    host.iter().any(|unit| unit.state == UnitState::Cancelled)
}

/// Whether a person left the host out.
pub(crate) fn is_left_out(host: &[UnitView]) -> bool {
    host.iter().all(|unit| unit.state == UnitState::Skipped)
}

/// Whether the host will not have everything that was ordered, so that it shall have nothing of it.
pub(crate) fn must_go_back(host: &[UnitView]) -> bool {
    host.iter().any(|unit| unit.is_failure() || unit.state == UnitState::Cancelled || unit.is_unwell())
}

/// The unit because of which the rest of its host goes back, or does not begin: the first that failed on its own account.
pub(crate) fn cause(host: &[UnitView]) -> Option<UnitId> {
    let is_own = |unit: &&UnitView| (unit.has_failed() || unit.is_unwell()) && !unit.follows_companion;
    host.iter().find(is_own).map(|unit| unit.unit)
}

/// The unit that goes back next: the last that has begun to change and is not at its end, if it can be told to.
pub(crate) fn next_back(host: &mut [UnitView]) -> Option<&mut UnitView> {
    let begun = host.iter_mut().rfind(|unit| unit.is_moving() && !unit.is_before_switch())?;
    (begun.state == UnitState::Baking).then_some(begun)
}

/// Whether everything on the host is proven, or left out.
pub(crate) fn is_whole(host: &[UnitView]) -> bool {
    host.iter().all(is_done)
}

/// Whether a unit may change over, after these of its host.
pub(crate) fn has_turn(direction: Direction, before: &[UnitView]) -> bool {
    before.iter().all(|unit| match direction {
        Direction::Forward => is_done(unit),
        Direction::Back => unit.is_met() || unit.has_ended_badly() || unit.state == UnitState::Cancelled,
    })
}

fn is_done(unit: &UnitView) -> bool {
    unit.is_proven() || unit.state == UnitState::Skipped
}

impl UnitView {
    /// Whether it does not stay healthy in its bake.
    pub(crate) fn is_unwell(&self) -> bool {
        self.state == UnitState::Baking && self.leaves_running() && self.health == Health::Unhealthy
    }
}

impl FleetState {
    /// The hosts of the current plan, each once for every batch that it is in.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &[UnitView]> {
        self.batches.iter().flat_map(|batch| by_host(batch))
    }

    /// Whether the batch changes a database on which what comes behind it rests: no failure there is tolerated.
    pub(crate) fn is_foundation(&self, batch: usize) -> bool {
        let migrates = |unit: &UnitView| unit.action == UnitAction::Migrate;
        self.batches.get(batch).is_some_and(|units| units.iter().all(migrates))
            && self.units().any(|unit| !migrates(unit))
    }
}

/// How many batches a plan of several packages begins with that change databases.
pub(crate) fn foundations(batches: &[PlannedBatch]) -> usize {
    if is_several(batches) { batches.iter().take_while(|batch| migrates(batch)).count() } else { 0 }
}

/// How many it ends with: where it leads back.
pub(crate) fn last_foundations(batches: &[PlannedBatch]) -> usize {
    if is_several(batches) { batches.iter().rev().take_while(|batch| migrates(batch)).count() } else { 0 }
}

fn is_several(batches: &[PlannedBatch]) -> bool {
    let mut packages = batches.iter().flat_map(|batch| &batch.units).map(|unit| &unit.order.package);
    let first = packages.next();
    packages.any(|package| Some(package) != first)
}

fn migrates(batch: &PlannedBatch) -> bool {
    batch.units.iter().all(|unit| unit.order.action == UnitAction::Migrate)
}
