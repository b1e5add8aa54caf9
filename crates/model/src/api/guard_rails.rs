//! Guard rails on the wire: rules of environments, freezes, locks, and what people say to a deployment that waits.

use serde::{Deserialize, Serialize};

use crate::guard::{FreezeSchedule, GuardScope};
use crate::ids::{LockId, PlanId};
use crate::name::{FreezeName, UserName};
use crate::topology::Environment;

/// What deployments in an environment have to observe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentRules {
    /// The environment.
    pub environment: Environment,
    /// So many persons other than its creator have to approve a deployment; 0 for none.
    pub approvals: u32,
    /// So many deployments may go on in each business at the same time; any number, if not said.
    pub max_concurrent: Option<u32>,
    /// Who changed the rules last; nobody yet, if not said.
    pub updated_by: Option<UserName>,
    /// When.
    pub updated_at: Option<jiff::Timestamp>,
}

/// Changes what deployments in an environment have to observe.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetEnvironmentRules {
    /// So many persons other than its creator have to approve a deployment; 0 for none, 10 at most.
    pub approvals: u32,
    /// So many deployments may go on in each business at the same time, 1 to 1,000; any number, if not said.
    pub max_concurrent: Option<u32>,
}

/// A time in which nothing new starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freeze {
    /// Its name.
    pub name: FreezeName,
    /// Where it holds.
    pub scope: GuardScope,
    /// When.
    pub schedule: FreezeSchedule,
    /// Why, for those whom it holds up.
    pub message: String,
    /// Who changed it last.
    pub updated_by: UserName,
    /// When.
    pub updated_at: jiff::Timestamp,
    /// When it ends, if it holds now.
    #[serde(default)]
    pub holds_until: Option<jiff::Timestamp>,
}

/// Makes a freeze, or changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetFreeze {
    /// Where it holds.
    pub scope: GuardScope,
    /// When.
    pub schedule: FreezeSchedule,
    /// Why, for those whom it holds up.
    #[serde(default)]
    pub message: String,
}

/// A lock: nothing new starts as long as it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lock {
    /// Its identity.
    pub id: LockId,
    /// Where it holds.
    pub scope: GuardScope,
    /// Why, for those whom it holds up.
    pub message: String,
    /// Who locked.
    pub created_by: UserName,
    /// When.
    pub created_at: jiff::Timestamp,
}

/// Locks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddLock {
    /// Where.
    pub scope: GuardScope,
    /// Why, for those whom it holds up.
    pub message: String,
}

/// Approves a deployment, or rejects it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// Why.
    pub comment: String,
    /// The plan that was looked at; the current one, if not said.
    pub plan: Option<PlanId>,
}

/// Lets one deployment go on in spite of all freezes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OverrideFreeze {
    /// Why it cannot wait.
    pub reason: String,
}

/// What people said to a deployment, and what was decided about its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guarded {
    /// When it began to change hosts; not yet, if not said.
    pub begun_at: Option<jiff::Timestamp>,
    /// Nothing begins before this time.
    pub not_before: Option<jiff::Timestamp>,
    /// So many approvals are needed, by the rules of now.
    pub approvals_needed: u32,
    /// Who has approved its plan.
    pub approvals: Vec<Approval>,
    /// Why freezes do not hold it.
    pub freeze_override: Option<FreezeOverride>,
    /// Why it was ended before it began.
    pub ended_because: Option<String>,
}

/// A person's approval of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approval {
    /// Who.
    pub user: UserName,
    /// Why.
    pub comment: String,
    /// When.
    pub at: jiff::Timestamp,
}

/// A person's word that freezes do not hold a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreezeOverride {
    /// Who.
    pub by: UserName,
    /// Why.
    pub reason: String,
    /// When.
    pub at: jiff::Timestamp,
}
