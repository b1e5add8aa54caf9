//! The guard rails of the site and a deployment under them, read from the rows for the planner.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::api::guard_rails::Guarded;
use packhorse_model::deployment::Waiting;
use packhorse_model::guard::GuardScope;
use packhorse_model::ids::DeploymentId;
use packhorse_model::topology::ModulePath;
use packhorse_planner::fleet::{Beginning, EnvironmentLimits, FreezeRule, GuardRails, GuardedDeployment, Hold};
use packhorse_store::deployments::Deployment;
use packhorse_store::guarded_deployments::{self, GuardedRow};
use packhorse_store::{Conn, StoreError, approvals, guard_rails, topology, variables};

use crate::error::ApiError;

/// How long a plan is taken to hold, if nothing held its deployment.
const A_WHILE: SignedDuration = SignedDuration::from_mins(1);

/// The guard rails of the site.
pub(crate) async fn rails(conn: &mut Conn) -> Result<GuardRails, StoreError> {
    let limits = guard_rails::environments(conn).await?.into_iter().map(|rules| {
        let limits = EnvironmentLimits { approvals: rules.approvals, max_concurrent: rules.max_concurrent };
        (rules.environment, limits)
    });
    let environments = limits.collect();
    Ok(GuardRails { environments, freezes: guard_rails::freezes(conn).await?, locks: guard_rails::locks(conn).await? })
}

/// What holds a deployment, and whether it has begun.
pub(crate) struct Standing {
    /// Whether it has begun to change hosts.
    pub(crate) beginning: Beginning,
    /// What holds it now.
    pub(crate) holds: Vec<Hold>,
}

/// What holds a deployment now. For a decision about it, [`keep`] goes before.
pub(crate) async fn standing(conn: &mut Conn, id: DeploymentId, now: Timestamp) -> Result<Standing, StoreError> {
    let row = guarded_deployments::find(conn, id).await?.ok_or(StoreError::Conflict)?;
    let deployment = guarded(row);
    let mut holds = Vec::new();
    if !deployment.state.is_terminal() {
        let rails = rails(conn).await?;
        let businesses = rails.businesses_with_turns(&deployment.modules);
        let mut others = Vec::new();
        if deployment.beginning == Beginning::Ahead && !businesses.is_empty() {
            let rows = guarded_deployments::open_in(conn, &businesses, id).await?;
            others = rows.into_iter().map(guarded).collect();
        }
        holds = rails.holds(&deployment, &others, now);
    }
    Ok(Standing { beginning: deployment.beginning, holds })
}

/// Keeps what holds a deployment as it is until the transaction ends, for a decision about it.
pub(crate) async fn keep(conn: &mut Conn, id: DeploymentId) -> Result<(), StoreError> {
    guard_rails::keep(conn).await?;
    let row = guarded_deployments::find(conn, id).await?;
    if row.is_some_and(|row| row.begun_at.is_none()) {
        guarded_deployments::take_turns(conn).await?;
    }
    Ok(())
}

fn guarded(row: GuardedRow) -> GuardedDeployment {
    GuardedDeployment {
        id: row.id,
        state: row.state,
        beginning: if row.begun_at.is_some() { Beginning::Past } else { Beginning::Ahead },
        not_before: row.not_before,
        approvals: row.approvals,
        freezes: if row.freeze_override.is_some() { FreezeRule::Overridden } else { FreezeRule::Obeyed },
        modules: row.modules,
    }
}

/// What people are told about the beginning of a deployment.
pub(crate) async fn detail(conn: &mut Conn, deployment: &Deployment) -> Result<Guarded, StoreError> {
    let row = guarded_deployments::find(conn, deployment.id).await?.ok_or(StoreError::Conflict)?;
    let approvals = approvals::of(conn, deployment.id, deployment.plan).await?;
    let approvals_needed = if deployment.state.is_terminal() || row.begun_at.is_some() {
        // The rules of now say nothing about what has begun; those who approved it are named.
        u32::try_from(approvals.len()).unwrap_or(u32::MAX)
    } else {
        rails(conn).await?.approvals_needed(&row.modules)
    };
    Ok(Guarded {
        begun_at: row.begun_at,
        not_before: row.not_before,
        approvals_needed,
        approvals,
        freeze_override: row.freeze_override,
        ended_because: row.ended_because,
    })
}

/// Notes where a new deployment acts: in the modules of its hosts, and in `modules`, to which what it changes on them belongs. And what it
/// waits for from the first moment on.
pub(crate) async fn take_in(
    conn: &mut Conn,
    deployment: &Deployment,
    modules: &BTreeSet<ModulePath>,
    now: Timestamp,
) -> Result<(), StoreError> {
    guarded_deployments::note_modules_of_hosts(conn, deployment.id, deployment.plan).await?;
    for path in modules {
        if let Some(module) = topology::module(conn, path).await? {
            guarded_deployments::note_module(conn, deployment.id, module).await?;
        }
    }
    let holds = standing(conn, deployment.id, now).await?.holds;
    let waiting: Vec<Waiting> = holds.iter().map(Waiting::from).collect();
    guarded_deployments::set_first_waiting(conn, deployment.id, &waiting).await
}

/// Whether a deployment that has not begun was held, or has been there for a while, so that what its plan rests on may have moved meanwhile.
pub(crate) fn has_waited(deployment: &Deployment, now: Timestamp) -> bool {
    let holds = |waiting: &Waiting| {
        matches!(
            waiting,
            Waiting::Approval { .. }
                | Waiting::Lock { .. }
                | Waiting::Freeze { .. }
                | Waiting::Schedule { .. }
                | Waiting::Turn { .. }
        )
    };
    now.duration_since(deployment.created_at) > A_WHILE || deployment.waiting.iter().any(holds)
}

/// Makes sure that what a scope names is there.
pub(crate) async fn known_scope(conn: &mut Conn, scope: &GuardScope) -> Result<(), ApiError> {
    match variables::stored_scope(conn, scope.scope()).await? {
        Some(_) => Ok(()),
        None => Err(ApiError::not_found("scope", scope)
            .hint("`packhorse topology tree` shows the businesses, systems and modules that there are")),
    }
}
