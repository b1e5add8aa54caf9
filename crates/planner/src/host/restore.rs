//! The way back after a failure, and what it leaves.

use packhorse_model::order::{Aftermath, Release, UnitAction, UnitOrder};
use packhorse_model::step::{Phase, StepKind};

use super::installed::Installed;
use super::steps::{HostStep, List, Side, bounded};

/// A step of the way back that has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepRun {
    /// Which.
    pub kind: StepKind,
    /// Whether it did what it should.
    pub succeeded: bool,
}

/// The steps that bring the host back to where it was, after the steps `begun` of [`steps`](super::steps). The last of these may have
/// failed half-way, so it counts as done. The same steps are the way back when the bake failed.
///
/// They run one after the other, also when one fails, except where [`goes_on`] says no.
#[must_use]
pub fn restore(order: &UnitOrder, installed: &Installed, begun: &[StepKind]) -> Vec<HostStep> {
    let mut list = List::default();
    let Some(way) = Way::after(order, installed, begun) else { return list.0 };
    if let Some(new) = &order.to {
        if way.runs_on_failure {
            list.command(StepKind::OnFailure, Phase::Restore, Side::New, &new.manifest.lifecycle.on_failure);
        }
        if way.stops_new {
            list.command(StepKind::StopFailed, Phase::Restore, Side::New, &new.manifest.lifecycle.stop);
        }
    }
    match way.switch {
        SwitchBack::NotNeeded | SwitchBack::Impossible => {}
        SwitchBack::ToOld => list.push(StepKind::SwitchBack, Phase::Restore, Side::Old),
        SwitchBack::ToNothing => {
            // Whoever was told of the first version's files is told that they are gone, while there is still the command to do it.
            if let Some(new) = order.to.as_ref().filter(|_| way.runs_post) {
                list.push(StepKind::SwitchBack, Phase::Restore, Side::New);
                list.command(StepKind::PostPrevious, Phase::Restore, Side::New, &new.manifest.lifecycle.post);
            }
            list.push(StepKind::Remove, Phase::Restore, Side::New);
        }
    }
    if let Some(old) = &order.from {
        let lifecycle = &old.manifest.lifecycle;
        if way.starts_old {
            list.command(StepKind::StartPrevious, Phase::Restore, Side::Old, &lifecycle.start);
        }
        if way.validates_old {
            list.validate(StepKind::ValidatePrevious, Phase::Restore, Side::Old, old);
        }
        if way.runs_post && way.switch == SwitchBack::ToOld {
            list.command(StepKind::PostPrevious, Phase::Restore, Side::Old, &lifecycle.post);
        }
        if way.runs_on_rollback {
            list.command(StepKind::OnRollback, Phase::Restore, Side::Old, &lifecycle.on_rollback);
        }
    }
    bounded(list.0, order)
}

/// Whether the way back goes on after this step of it failed: the new version may be beyond stopping, and the old one is started
/// all the same; but nothing is started while the wrong version is the current one.
#[must_use]
pub fn goes_on(failed: StepKind) -> bool {
    failed != StepKind::SwitchBack
}

/// What stands on the host after the steps `begun` and the way back `back`.
#[must_use]
pub fn aftermath(order: &UnitOrder, installed: &Installed, begun: &[StepKind], back: &[StepRun]) -> Aftermath {
    if begun.contains(&StepKind::Run) {
        return Aftermath::Ran;
    }
    let Some(way) = Way::after(order, installed, begun) else { return Aftermath::Untouched };
    let succeeded = |kind| back.iter().any(|step| step.kind == kind && step.succeeded);
    let failed = |kind| back.iter().any(|step| step.kind == kind && !step.succeeded);
    if failed(StepKind::PostPrevious) {
        return Aftermath::Broken;
    }
    match way.switch {
        SwitchBack::ToNothing if succeeded(StepKind::Remove) => return Aftermath::Removed,
        SwitchBack::ToOld if succeeded(StepKind::SwitchBack) => {}
        SwitchBack::NotNeeded => {}
        SwitchBack::ToNothing | SwitchBack::ToOld | SwitchBack::Impossible => return Aftermath::Broken,
    }
    if failed(StepKind::StopFailed) && !way.validates_old {
        return Aftermath::Broken;
    }
    if way.validates_old {
        let is_proven = succeeded(StepKind::ValidatePrevious);
        let is_doubtful = failed(StepKind::StartPrevious) || way.left_in_doubt;
        if !is_proven || (is_doubtful && !order.from.as_ref().is_some_and(has_proof)) {
            return Aftermath::Broken;
        }
    }
    Aftermath::Restored
}

/// Whether a successful validation is evidence, and not just the lack of anything to look at.
pub(crate) fn has_proof(release: &Release) -> bool {
    !release.manifest.health.is_empty() || release.manifest.lifecycle.validate.is_some()
}

/// What the way back has to do.
struct Way {
    runs_on_failure: bool,
    stops_new: bool,
    switch: SwitchBack,
    starts_old: bool,
    validates_old: bool,
    /// A command failed that may have stopped the instance, and nothing on the way back starts it.
    left_in_doubt: bool,
    /// The new version's command behind its files has begun: whoever reads these files has to be told again.
    runs_post: bool,
    runs_on_rollback: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SwitchBack {
    NotNeeded,
    ToOld,
    ToNothing,
    Impossible,
}

impl Way {
    /// `None` if nothing was touched.
    fn after(order: &UnitOrder, installed: &Installed, begun: &[StepKind]) -> Option<Self> {
        let has = |kind| begun.contains(&kind);
        if !begun.iter().any(|kind| touches(*kind)) {
            return None;
        }
        let was_running = installed.was_running();
        let new_started = has(StepKind::Start) || has(StepKind::Restart);
        let still = Self {
            runs_on_failure: false,
            stops_new: false,
            switch: SwitchBack::NotNeeded,
            starts_old: false,
            validates_old: was_running,
            left_in_doubt: false,
            runs_post: false,
            runs_on_rollback: false,
        };
        Some(match order.action {
            UnitAction::Install if has(StepKind::Switch) => {
                let old = installed.place_before(order);
                let switch = match (&order.from, old) {
                    (None, _) => SwitchBack::ToNothing,
                    (Some(_), Some(_)) => SwitchBack::ToOld,
                    (Some(_), None) => SwitchBack::Impossible,
                };
                let can_go_back = switch == SwitchBack::ToOld;
                Self {
                    runs_on_failure: begun.last() != Some(&StepKind::Switch),
                    stops_new: has(StepKind::Start),
                    switch,
                    starts_old: was_running && can_go_back,
                    validates_old: was_running && can_go_back,
                    runs_post: has(StepKind::Post),
                    runs_on_rollback: can_go_back,
                    ..still
                }
            }
            // The same version started again, or the old version not yet left.
            UnitAction::Install | UnitAction::Restart | UnitAction::Start => Self {
                stops_new: new_started && !was_running,
                starts_old: was_running && has(StepKind::Stop) && !new_started,
                left_in_doubt: new_started,
                runs_on_rollback: order.action == UnitAction::Install && !new_started,
                ..still
            },
            // Only scripts lead back, and only the ledger tells which: by a deployment, or a further attempt.
            UnitAction::Migrate => Self { switch: SwitchBack::Impossible, validates_old: false, ..still },
            UnitAction::Stop => Self { left_in_doubt: has(StepKind::Stop), ..still },
            UnitAction::Run => return None,
            UnitAction::Uninstall if has(StepKind::Remove) => {
                Self { switch: SwitchBack::Impossible, validates_old: false, ..still }
            }
            UnitAction::Uninstall => {
                Self { starts_old: was_running && has(StepKind::Stop), runs_on_rollback: true, ..still }
            }
        })
    }
}

/// Whether a step may change what runs.
fn touches(kind: StepKind) -> bool {
    !matches!(kind, StepKind::Preflight | StepKind::Fetch | StepKind::Stage | StepKind::Render | StepKind::Scripts)
}
