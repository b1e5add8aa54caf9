//! A deployment as [`step`](super::step()) sees it, and what may be written to it.

use std::collections::BTreeSet;

use packhorse_model::HostName;
use packhorse_model::deployment::{BatchKind, DeploymentState, Direction, UnitState};
use packhorse_model::ids::UnitId;
use packhorse_model::order::{Aftermath, Grant, Health, UnitAction};
use packhorse_model::strategy::Strategy;

use super::fold::Evidence;
use super::holds::Hold;

/// A deployment and everything that its next step depends on, read in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetState {
    /// Where it stands.
    pub state: DeploymentState,
    /// The direction of its current plan; never back while it is running, paused or halted.
    pub direction: Direction,
    /// How it proceeds.
    pub strategy: Strategy,
    /// Hosts of the target group, for percentages: those of the plan, and those that the plan leaves as they are.
    pub group: usize,
    /// The units of the current plan, by batch; in each those of a host side by side, in the order in which it changes over.
    pub batches: Vec<Vec<UnitView>>,
    /// What each of these batches is for.
    pub kinds: Vec<BatchKind>,
    /// Batches below this number may begin without the strategy's pause: a person has said so.
    pub promoted: u32,
    /// Batches below this number may begin although those before them are not at their end: a person has said so.
    pub ahead: u32,
    /// Units of earlier plans of this deployment that are in flight.
    pub former: Vec<UnitView>,
    /// Hosts of the target group that are down for reasons that are not in this deployment: a unit of another deployment of the same
    /// package holds a slot on them. If the strategy says how many may be down, also those on which a slot of any other instance is taken, or any other
    /// instance is unhealthy, and those without a unit here that are not heard of.
    pub down_elsewhere: BTreeSet<HostName>,
    /// What holds it: nothing is admitted, and no switch granted, as long as there is anything.
    pub holds: Vec<Hold>,
}

/// One unit with its current attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitView {
    /// Its identity.
    pub unit: UnitId,
    /// The host.
    pub host_name: HostName,
    /// What is done.
    pub action: UnitAction,
    /// Where it stands.
    pub state: UnitState,
    /// The number of its attempts; 0 if there was none.
    pub epoch: u32,
    /// How far the current attempt may go; of no meaning if there is none.
    pub grant: Grant,
    /// Whether the current attempt has not ended: neither has the agent reported an end, nor was its host removed or joined anew.
    pub attempt_open: bool,
    /// When the current attempt was admitted.
    pub admitted_at: Option<jiff::Timestamp>,
    /// When it reported that everything is on the host.
    pub prepared_at: Option<jiff::Timestamp>,
    /// When it reported that the instance is as ordered.
    pub validated_at: Option<jiff::Timestamp>,
    /// What the last attempt left, if it failed.
    pub aftermath: Option<Aftermath>,
    /// Whether it did not fail on its own account, but because of another package of its host.
    pub follows_companion: bool,
    /// Whether the host is heard of.
    pub reach: Reach,
    /// The health of the instance, as last reported; unknown from when the host joins anew until it reports.
    pub health: Health,
    /// Whether another attempt for this package is open on the host: of another unit, or an earlier one of this unit.
    pub occupied: bool,
    /// Whether an attempt of it was superseded of which the host has not come to the end yet, as far as is known. The next attempt prepares
    /// only behind that end.
    pub in_doubt: bool,
    /// Whether the slot of its instance is taken: an attempt was let change it, of this unit or of one before, and nothing has proven since that it
    /// works.
    pub unproven: bool,
    /// When anything was last heard of it: a state, or a step that began.
    pub changed_at: Option<jiff::Timestamp>,
}

/// Whether a host is heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is.
    Online,
    /// Not for a while; it may come back and tell.
    Unreachable,
    /// It was removed or has joined anew since the attempt was admitted: nothing will come of that attempt any more.
    Replaced,
}

/// What has to be written, all of it in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// A new attempt of this epoch with [`Grant::Prepare`]; the unit is `preparing`, and has no aftermath, `prepared_at` or
    /// `validated_at` any more.
    Admit {
        /// The unit.
        unit: UnitId,
        /// The number of the attempt.
        epoch: u32,
    },
    /// The unit changes.
    Unit {
        /// The unit.
        unit: UnitId,
        /// Where it stood.
        from: UnitState,
        /// Where it stands.
        to: UnitState,
        /// The new grant of its current attempt.
        grant: Option<Grant>,
        /// Why, if it is not as it should be.
        trouble: Option<Trouble>,
    },
    /// The deployment changes.
    Deployment {
        /// Where it stood.
        from: DeploymentState,
        /// Where it stands.
        to: DeploymentState,
    },
    /// The unit's open attempt ends here and now: nothing that its host reports of it counts any more.
    Supersede {
        /// The unit.
        unit: UnitId,
    },
    /// A person lets the batches below this number begin without the strategy's pause.
    Promote {
        /// The number.
        below: u32,
    },
    /// A person lets the batches below this number begin although those before them are not at their end.
    SkipAhead {
        /// The number.
        below: u32,
    },
    /// The plan of [`roll_back`](super::roll_back) becomes the current one; its parent is the one that is current now. If there is
    /// nothing to take back (a restart), the deployment is `rolled_back` instead.
    RollBack,
}

impl Transition {
    /// Whether the unit's attempt takes the slot of its instance: with the leave to change it, and when nobody knows any more what became of it.
    #[must_use]
    pub fn takes_slot(&self) -> bool {
        match self {
            Self::Unit { from, to, grant, .. } => takes_slot(*from, *to, *grant),
            _ => false,
        }
    }

    /// What is proven of the instance of the unit, whose action is this one, so that its slot is given back: a host that is back had told, or a
    /// person has looked.
    #[must_use]
    pub fn evidence(&self, action: UnitAction) -> Option<Evidence> {
        match self {
            Self::Unit { to, .. } if is_proven(*to) => Some(Evidence::Proven),
            Self::Unit { to: UnitState::Failed, trouble: Some(Trouble { aftermath: Some(left), .. }), .. } => {
                Evidence::of_failure(action, *left)
            }
            _ => None,
        }
    }
}

fn takes_slot(from: UnitState, to: UnitState, grant: Option<Grant>) -> bool {
    let has_begun =
        matches!(from, UnitState::Switching | UnitState::Baking | UnitState::Restoring | UnitState::Retiring);
    matches!(grant, Some(Grant::Switch | Grant::Restore)) || (to == UnitState::Unknown && has_begun)
}

fn is_proven(state: UnitState) -> bool {
    matches!(state, UnitState::Baking | UnitState::Retiring | UnitState::Succeeded)
}

/// Why a unit is not as it should be, when it was the server that found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong, and what to do next.
    pub message: String,
    /// What stands on the host; none if nobody knows.
    pub aftermath: Option<Aftermath>,
    /// The unit of the same host because of which it is so, if it did not fail on its own account.
    pub companion: Option<UnitId>,
}

impl FleetState {
    /// The units of the current plan.
    pub fn units(&self) -> impl Iterator<Item = &UnitView> {
        self.batches.iter().flatten()
    }

    /// The units of the current plan and those of earlier ones that are in flight.
    pub fn all(&self) -> impl Iterator<Item = &UnitView> {
        self.units().chain(&self.former)
    }

    /// Writes a transition, as the store does. [`Transition::RollBack`] changes nothing here, since it takes the plan itself.
    pub fn apply(&mut self, transition: &Transition, now: jiff::Timestamp) {
        match transition {
            Transition::Admit { unit, epoch } => {
                if let Some(view) = self.find(*unit) {
                    view.admit(*epoch, now);
                }
            }
            Transition::Unit { unit, to, grant, trouble, .. } => {
                if let Some(view) = self.find(*unit) {
                    view.change(*to, *grant, trouble.as_ref(), now);
                }
            }
            Transition::Supersede { unit } => {
                if let Some(view) = self.find(*unit) {
                    view.attempt_open = false;
                    view.in_doubt = true;
                }
            }
            Transition::Deployment { to, .. } => self.state = *to,
            Transition::Promote { below } => self.promoted = self.promoted.max(*below),
            Transition::SkipAhead { below } => self.ahead = self.ahead.max(*below),
            Transition::RollBack => {}
        }
    }

    fn find(&mut self, unit: UnitId) -> Option<&mut UnitView> {
        self.batches.iter_mut().flatten().chain(&mut self.former).find(|view| view.unit == unit)
    }
}

impl UnitView {
    /// A unit that waits for its batch.
    #[must_use]
    pub fn pending(unit: UnitId, host_name: HostName, action: UnitAction) -> Self {
        Self {
            unit,
            host_name,
            action,
            state: UnitState::Pending,
            epoch: 0,
            grant: Grant::Prepare,
            attempt_open: false,
            admitted_at: None,
            prepared_at: None,
            validated_at: None,
            aftermath: None,
            follows_companion: false,
            reach: Reach::Online,
            health: Health::Unknown,
            occupied: false,
            in_doubt: false,
            unproven: false,
            changed_at: None,
        }
    }

    pub(crate) fn admit(&mut self, epoch: u32, now: jiff::Timestamp) {
        self.state = UnitState::Preparing;
        self.epoch = epoch;
        self.grant = Grant::Prepare;
        self.attempt_open = true;
        self.admitted_at = Some(now);
        self.prepared_at = None;
        self.validated_at = None;
        self.aftermath = None;
        self.follows_companion = false;
        self.changed_at = Some(now);
    }

    pub(crate) fn change(
        &mut self,
        to: UnitState,
        grant: Option<Grant>,
        trouble: Option<&Trouble>,
        now: jiff::Timestamp,
    ) {
        self.unproven = (self.unproven || takes_slot(self.state, to, grant)) && !is_proven(to);
        self.state = to;
        self.changed_at = Some(now);
        self.grant = grant.unwrap_or(self.grant);
        if let Some(trouble) = trouble {
            self.aftermath = trouble.aftermath;
            self.follows_companion = trouble.companion.is_some();
        }
    }

    /// Whether it ended as ordered, or a person left it out.
    pub(crate) fn is_met(&self) -> bool {
        matches!(self.state, UnitState::Succeeded | UnitState::Skipped)
    }

    /// Whether it is unknown for good: no report will come that says more.
    pub(crate) fn is_lost(&self) -> bool {
        self.state == UnitState::Unknown && self.is_cut_off()
    }

    /// Whether nothing will be told of its current attempt any more.
    pub(crate) fn is_cut_off(&self) -> bool {
        !self.attempt_open || self.reach == Reach::Replaced
    }

    /// Whether it failed, or was cancelled because others did.
    pub(crate) fn has_failed(&self) -> bool {
        self.is_failure() || self.state == UnitState::Cancelled
    }

    /// Whether it counts as a failure.
    pub(crate) fn is_failure(&self) -> bool {
        self.has_ended_badly() || self.state == UnitState::Restoring
    }

    /// Whether it failed, and nothing more comes of its attempt.
    pub(crate) fn has_ended_badly(&self) -> bool {
        self.state == UnitState::Failed || self.is_lost()
    }

    /// Whether it has never been admitted.
    pub(crate) fn is_untried(&self) -> bool {
        self.state == UnitState::Pending && self.epoch == 0
    }

    /// Whether something is still to come from its host.
    pub(crate) fn is_moving(&self) -> bool {
        self.state.is_in_flight() && !self.is_lost()
    }

    /// Whether its attempt was never allowed to touch what runs, so that it can be ended at once, whatever the host does.
    pub(crate) fn is_before_switch(&self) -> bool {
        match self.state {
            UnitState::Preparing | UnitState::Prepared => true,
            UnitState::Unknown => self.grant == Grant::Prepare,
            _ => false,
        }
    }

    /// Whether what it does can be stopped in its middle, and has not been yet.
    pub(crate) fn may_be_stopped(&self) -> bool {
        self.action == UnitAction::Run && self.grant != Grant::Cancel
    }

    /// Whether the instance runs when the unit has succeeded, so that its health says something.
    pub(crate) fn leaves_running(&self) -> bool {
        leaves_running(self.action)
    }

    /// Whether the instance is proven to be as ordered.
    pub(crate) fn is_proven(&self) -> bool {
        is_proven(self.state)
    }
}

pub(crate) fn leaves_running(action: UnitAction) -> bool {
    match action {
        UnitAction::Install | UnitAction::Migrate | UnitAction::Start | UnitAction::Restart => true,
        UnitAction::Stop | UnitAction::Uninstall | UnitAction::Run => false,
    }
}
