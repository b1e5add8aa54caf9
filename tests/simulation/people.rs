//! What people say while a deployment goes on, as the API lets them.

use jiff::Timestamp;
use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, Waiting};
use packhorse_planner::fleet::{Decision, FleetState, Transition, force, promote, resume, retry, skip, step};
use packhorse_testkit::dice::Dice;

use crate::rows::DeploymentRow;

/// One word.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    Pause,
    Resume,
    Promote,
    Retry(Vec<HostName>),
    Force(HostName),
    Skip(HostName),
    RollBack,
    Abort,
}

impl Word {
    /// What is written for it; nothing if it is refused, or needs nothing to be written.
    pub(crate) fn decide(&self, state: &FleetState, now: Timestamp) -> Option<Decision> {
        use DeploymentState::{Aborting, Halted, Paused, RollingBack, Running};
        let move_to = |from: &[DeploymentState], to| {
            from.contains(&state.state).then(|| vec![Transition::Deployment { from: state.state, to }])
        };
        let transitions = match self {
            Self::Pause => move_to(&[Running], Paused),
            Self::Resume => resume(state).ok(),
            Self::Promote => promote(state, None).ok(),
            Self::Retry(hosts) => retry(state, hosts).ok(),
            Self::Force(host) => force(state, std::slice::from_ref(host)).ok(),
            Self::Skip(host) => skip(state, std::slice::from_ref(host)).ok(),
            Self::RollBack => move_to(&[Running, Paused, Halted], RollingBack),
            Self::Abort => move_to(&[Running, Paused, Halted, RollingBack], Aborting),
        }?;
        if transitions.is_empty() {
            return None;
        }
        let mut after = state.clone();
        transitions.iter().for_each(|transition| after.apply(transition, now));
        Some(Decision { waiting: step(&after, now).waiting, transitions })
    }

    /// What somebody says in the middle of trouble, about a deployment with this host.
    pub(crate) fn of(dice: &mut Dice, host: HostName) -> Self {
        match dice.below(20) {
            0..=2 => Self::Pause,
            3..=6 => Self::Resume,
            7..=10 => Self::Retry(Vec::new()),
            11..=12 => Self::Retry(vec![host]),
            13..=15 => Self::Force(host),
            16..=17 => Self::Promote,
            18 => Self::Skip(host),
            _ => dice.pick(&[Ending::RollBack, Ending::Abort]).word(),
        }
    }

    /// What somebody says who wants a deployment to end, and has said so many words before; nothing if it goes on by itself.
    pub(crate) fn to_end(row: &DeploymentRow, said: usize) -> Option<Self> {
        let is_wanted = |wanted: fn(&Waiting) -> bool| row.waiting.iter().any(wanted);
        match row.state {
            DeploymentState::Paused => Some(Self::Resume),
            DeploymentState::Halted if is_wanted(|waiting| matches!(waiting, Waiting::Resume)) => Some(Self::Resume),
            DeploymentState::Halted if said < 4 => Some(Self::Retry(Vec::new())),
            DeploymentState::Halted if said < 6 => Some(Self::Promote),
            DeploymentState::Halted if said == 6 => Some(Self::RollBack),
            DeploymentState::Halted => Some(Self::Abort),
            DeploymentState::Running if is_wanted(|waiting| matches!(waiting, Waiting::Promote { .. })) => {
                Some(Self::Promote)
            }
            // What holds a slot and tells nothing holds the others up for as long as nobody decides.
            DeploymentState::Running | DeploymentState::RollingBack
                if is_wanted(|waiting| matches!(waiting, Waiting::Slot { .. })) && said > 12 =>
            {
                Some(Self::Abort)
            }
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
enum Ending {
    RollBack,
    Abort,
}

impl Ending {
    fn word(self) -> Word {
        match self {
            Self::RollBack => Word::RollBack,
            Self::Abort => Word::Abort,
        }
    }
}
