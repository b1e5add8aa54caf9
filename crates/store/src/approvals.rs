//! Who has approved which plan.

use jiff::Timestamp;
use packhorse_model::api::guard_rails::Approval;
use packhorse_model::ids::{DeploymentId, PlanId, UserId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;

/// A person's approval.
#[derive(Debug, Clone)]
pub struct NewApproval<'a> {
    /// Of which deployment.
    pub deployment: DeploymentId,
    /// Of which plan of it.
    pub plan: PlanId,
    /// By whom.
    pub user: UserId,
    /// Why.
    pub comment: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Stores an approval, in place of one that the user gave before.
pub async fn put(conn: &mut Conn, new: &NewApproval<'_>) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO approvals (deployment_id, user_id, plan_id, comment, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (deployment_id, user_id) DO UPDATE
           SET plan_id = excluded.plan_id, comment = excluded.comment, at = excluded.at",
        args![new.deployment, new.user, new.plan, new.comment, new.at],
    )
    .await
    .map(drop)
}

/// Who has approved this plan of a deployment, the first one first.
pub async fn of(conn: &mut Conn, deployment: DeploymentId, plan: PlanId) -> Result<Vec<Approval>, StoreError> {
    let rows = conn
        .query(
            "SELECT u.name, a.comment, a.at FROM approvals a JOIN users u ON u.id = a.user_id
             WHERE a.deployment_id = $1 AND a.plan_id = $2 ORDER BY a.at, u.name",
            args![deployment, plan],
        )
        .await?;
    let approval =
        |row: &Row| Ok(Approval { user: row.parse("name")?, comment: row.text("comment")?, at: row.time("at")? });
    rows.iter().map(approval).collect()
}
