//! What holds a deployment: the guard rails of the site, as they are now.
//!
//! Freezes and locks hold whatever would start, also the way back. Approval, schedule and turn hold only the beginning: a deployment that
//! has begun is not stopped half-way by them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::api::guard_rails::{Freeze, Lock};
use packhorse_model::deployment::{DeploymentState, Waiting};
use packhorse_model::guard::{GuardScope, GuardedModule};
use packhorse_model::ids::DeploymentId;
use packhorse_model::name::FreezeName;
use packhorse_model::topology::Environment;
use packhorse_model::{TopologyName, UserName};

/// As many deployments as one that waits for its turn names.
const MOST_AHEAD: usize = 20;

/// The guard rails of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuardRails {
    /// What deployments have to observe, by environment; where nothing is said, nothing.
    pub environments: BTreeMap<Environment, EnvironmentLimits>,
    /// All freezes.
    pub freezes: Vec<Freeze>,
    /// All locks.
    pub locks: Vec<Lock>,
}

/// What deployments in an environment have to observe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EnvironmentLimits {
    /// Approvals that a deployment needs.
    pub approvals: u32,
    /// Deployments that may go on in each business at the same time.
    pub max_concurrent: Option<u32>,
}

/// An open deployment, as far as guard rails look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardedDeployment {
    /// Its identity; the older one has the lower.
    pub id: DeploymentId,
    /// Where it stands.
    pub state: DeploymentState,
    /// Whether it has begun to change hosts.
    pub beginning: Beginning,
    /// Nothing begins before this time.
    pub not_before: Option<Timestamp>,
    /// Persons who have approved its plan.
    pub approvals: u32,
    /// Whether freezes hold it.
    pub freezes: FreezeRule,
    /// The modules that it acts in.
    pub modules: Vec<GuardedModule>,
}

/// Whether a deployment has begun to change hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Nothing has been admitted.
    Ahead,
    /// Something has.
    Past,
}

/// Whether freezes hold a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreezeRule {
    /// They do.
    Obeyed,
    /// A person has said that they do not.
    Overridden,
}

/// Something that holds a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// It needs to be approved by so many, and was by fewer.
    Approval {
        /// By so many.
        needed: u32,
        /// By so many.
        given: u32,
    },
    /// A lock.
    Lock {
        /// Where it holds.
        scope: GuardScope,
        /// What it says.
        message: String,
        /// Who locked.
        by: UserName,
    },
    /// A freeze.
    Freeze {
        /// Which.
        name: FreezeName,
        /// What it says.
        message: String,
        /// When it ends.
        until: Timestamp,
    },
    /// It is not time yet.
    Schedule {
        /// When it is.
        at: Timestamp,
    },
    /// It is not its turn yet.
    Turn {
        /// In this business.
        business: TopologyName,
        /// Of this environment.
        environment: Environment,
        /// So many may go on.
        limit: u32,
        /// Those that go on, or go first.
        ahead: Vec<DeploymentId>,
    },
}

impl From<&Hold> for Waiting {
    fn from(hold: &Hold) -> Self {
        match hold.clone() {
            Hold::Approval { needed, given } => Self::Approval { needed, given },
            Hold::Lock { scope, message, by } => Self::Lock { scope, message, by: by.to_string() },
            Hold::Freeze { name, message, until } => Self::Freeze { name, message, until },
            Hold::Schedule { at } => Self::Schedule { at },
            Hold::Turn { business, environment, limit, ahead } => Self::Turn { business, environment, limit, ahead },
        }
    }
}

impl GuardRails {
    /// How many persons have to approve what is done in these modules: as many as the strictest environment asks for.
    #[must_use]
    pub fn approvals_needed(&self, modules: &[GuardedModule]) -> u32 {
        let limits = modules.iter().filter_map(|module| self.environments.get(&module.environment));
        limits.map(|limits| limits.approvals).max().unwrap_or(0)
    }

    /// Everything that holds a deployment now. `others` are the other open ones; those matter that act in the same businesses.
    #[must_use]
    pub fn holds(&self, deployment: &GuardedDeployment, others: &[GuardedDeployment], now: Timestamp) -> Vec<Hold> {
        let mut holds = self.own_holds(deployment, now);
        if deployment.beginning == Beginning::Ahead {
            holds.extend(self.turn(deployment, others, now));
        }
        holds
    }

    /// What holds a deployment whatever others do.
    fn own_holds(&self, deployment: &GuardedDeployment, now: Timestamp) -> Vec<Hold> {
        let mut holds = Vec::new();
        let is_ahead = deployment.beginning == Beginning::Ahead;
        let (needed, given) = (self.approvals_needed(&deployment.modules), deployment.approvals);
        if is_ahead && given < needed {
            holds.push(Hold::Approval { needed, given });
        }
        let touches = |scope: &GuardScope| deployment.modules.iter().any(|module| scope.covers(module));
        for lock in self.locks.iter().filter(|lock| touches(&lock.scope)) {
            let (scope, message, by) = (lock.scope.clone(), lock.message.clone(), lock.created_by.clone());
            holds.push(Hold::Lock { scope, message, by });
        }
        if deployment.freezes == FreezeRule::Obeyed {
            for freeze in self.freezes.iter().filter(|freeze| touches(&freeze.scope)) {
                if let Some(until) = freeze.schedule.holds_until(now) {
                    holds.push(Hold::Freeze { name: freeze.name.clone(), message: freeze.message.clone(), until });
                }
            }
        }
        if let Some(at) = deployment.not_before.filter(|at| is_ahead && *at > now) {
            holds.push(Hold::Schedule { at });
        }
        holds
    }

    /// Whether it is a deployment's turn, in each business in which it takes one. Those that have begun keep theirs until they end, wherever
    /// they stand; of those that could begin now the oldest goes first.
    fn turn(&self, deployment: &GuardedDeployment, others: &[GuardedDeployment], now: Timestamp) -> Option<Hold> {
        let lanes = self.lanes(&deployment.modules);
        let goes_first = |other: &&GuardedDeployment| match other.beginning {
            Beginning::Past => true,
            Beginning::Ahead => {
                other.id < deployment.id
                    && other.state == DeploymentState::Running
                    && self.own_holds(other, now).is_empty()
            }
        };
        let ahead: Vec<&GuardedDeployment> =
            others.iter().filter(|other| other.id != deployment.id).filter(goes_first).collect();
        lanes.into_iter().find_map(|((business, environment), limit)| {
            let in_lane = |other: &&&GuardedDeployment| {
                other
                    .modules
                    .iter()
                    .any(|module| module.path.business == *business && module.environment == environment)
            };
            let mut before: Vec<DeploymentId> = ahead.iter().filter(in_lane).map(|other| other.id).collect();
            if before.len() < limit as usize {
                return None;
            }
            before.sort_unstable();
            before.truncate(MOST_AHEAD);
            Some(Hold::Turn { business: business.clone(), environment, limit, ahead: before })
        })
    }

    /// The businesses in which a deployment takes a turn, by environment, with how many may go on there.
    fn lanes<'a>(&self, modules: &'a [GuardedModule]) -> BTreeMap<(&'a TopologyName, Environment), u32> {
        let lane = |module: &'a GuardedModule| {
            let limit = self.environments.get(&module.environment)?.max_concurrent?;
            Some(((&module.path.business, module.environment), limit))
        };
        modules.iter().filter_map(lane).collect()
    }

    /// The businesses in which a deployment takes a turn. Those who ask [`GuardRails::holds`] have to show the other open deployments there.
    #[must_use]
    pub fn businesses_with_turns(&self, modules: &[GuardedModule]) -> BTreeSet<TopologyName> {
        self.lanes(modules).into_keys().map(|(business, _)| business.clone()).collect()
    }
}
