//! A deployment as people see it.

use std::collections::BTreeMap;

use packhorse_model::api::deployments::{BatchSummary, DeploymentDetail};
use packhorse_model::ids::DeploymentId;
use packhorse_store::deployments::{self, Deployment};
use packhorse_store::{Conn, plans, units};

use super::guard;
use crate::error::ApiError;

/// Units of earlier plans that are shown.
const CAUSES: u32 = 20;

/// A deployment, or 404.
pub(crate) async fn find(conn: &mut Conn, id: DeploymentId) -> Result<Deployment, ApiError> {
    deployments::find(conn, id).await?.ok_or_else(|| {
        ApiError::not_found("deployment", id).hint("`packhorse deployment list` shows those that there are")
    })
}

/// Everything about a deployment but its units.
pub(crate) async fn detail(conn: &mut Conn, id: DeploymentId) -> Result<DeploymentDetail, ApiError> {
    let deployment = find(conn, id).await?;
    let kinds = plans::outline(conn, deployment.plan).await?.map_or_else(Vec::new, |outline| outline.kinds);
    let mut tally = units::tally(conn, deployment.plan).await?;
    let mut batches = Vec::with_capacity(kinds.len());
    let mut total = BTreeMap::<String, u64>::new();
    for (number, kind) in (0..).zip(kinds) {
        let units = tally.remove(&number).unwrap_or_default();
        for (state, count) in &units {
            *total.entry(state.clone()).or_default() += count;
        }
        batches.push(BatchSummary { number, kind, units });
    }
    let causes = units::failed_before(conn, id, deployment.plan, CAUSES).await?;
    let guarded = guard::detail(conn, &deployment).await?;
    Ok(DeploymentDetail {
        spec: deployment.spec.clone(),
        strategy: deployment.strategy.clone(),
        plan: deployment.plan,
        revision: deployment.revision,
        waiting: deployment.waiting.clone(),
        batches,
        causes,
        guarded,
        summary: deployments::summary(deployment, total),
    })
}
