//! Slots: which instances are being changed, or were, and have not been proven to work since.
//!
//! A slot is taken with the leave to change an instance and given back by evidence alone. It outlives its attempt, a joining of its host and its
//! deployment: whoever counts how many hosts are down counts it, whatever its package.

use jiff::Timestamp;
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, PackageId};

use crate::args;
use crate::conn::Conn;
use crate::dialect::{Standstill, stand_still};
use crate::error::StoreError;

/// Takes the slot of an instance for an attempt. One that is taken stays that of the attempt that took it.
pub async fn take(
    conn: &mut Conn,
    host: HostId,
    package: PackageId,
    attempt: AttemptId,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO slots (host_id, package_id, attempt_id, taken_at) SELECT h.id, $2, $3, $4 FROM hosts h WHERE h.id = $1
         ON CONFLICT (host_id, package_id) DO NOTHING",
        args![host, package, attempt, now],
    )
    .await
    .map(drop)
}

/// Gives back the slot of an instance that is as ordered, or works.
pub async fn give_back(conn: &mut Conn, host: HostId, package: PackageId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM slots WHERE host_id = $1 AND package_id = $2", args![host, package]).await.map(drop)
}

/// Gives back what an attempt took that leaves its instance as it was before.
pub async fn give_back_of(conn: &mut Conn, attempt: AttemptId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM slots WHERE attempt_id = $1", args![attempt]).await.map(drop)
}

/// Gives back the slots on a host whose instances are healthy, as its inventory says, while nothing changes them: no attempt at them is open that has
/// leave to, and none was superseded of which the host may not have heard. What was to be uninstalled need only be gone.
pub async fn give_back_proven(conn: &mut Conn, host: HostId) -> Result<(), StoreError> {
    conn.execute(
        "DELETE FROM slots WHERE host_id = $1
         AND (EXISTS (SELECT 1 FROM instances i WHERE i.host_id = slots.host_id AND i.package_id = slots.package_id AND i.health = 'healthy')
           OR (NOT EXISTS (SELECT 1 FROM instances i WHERE i.host_id = slots.host_id AND i.package_id = slots.package_id)
             AND EXISTS (SELECT 1 FROM attempts a JOIN units u ON u.id = a.unit_id WHERE a.id = slots.attempt_id AND u.action = 'uninstall')))
         AND NOT EXISTS (SELECT 1 FROM attempts a JOIN units u ON u.id = a.unit_id
           WHERE a.host_id = slots.host_id AND a.ended_at IS NULL AND a.granted <> 'prepare' AND u.package_id = slots.package_id)
         AND NOT EXISTS (SELECT 1 FROM units u WHERE u.host_id = slots.host_id AND u.package_id = slots.package_id AND u.in_doubt)",
        args![host],
    )
    .await
    .map(drop)
}

/// Whether a decision rests on what other deployments hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// It has a limit that holds over all deployments.
    Shared,
    /// It has not.
    Own,
}

/// Puts decisions that rest on [`down`] in line with all others, until the transaction ends: two deployments on the same hosts would both
/// take the last slot if neither saw what the other is about to write.
pub async fn keep_budget(conn: &mut Conn, budget: Budget) -> Result<(), StoreError> {
    let what = match budget {
        Budget::Shared => Standstill::Budgets,
        Budget::Own => Standstill::Slots,
    };
    stand_still(conn, what).await
}

/// The instances of the whole site that are down, or may be, for whatever reason but the attempts of this deployment that are open: their slot is taken, they are
/// unhealthy, or nobody knows. For a decision, [`keep_budget`] goes before.
///
/// What a script or a migration did has no health that could be told: it counts until its deployment has ended.
///
/// Read from what is in trouble, which is little, and not from the hosts of a deployment.
pub async fn down(conn: &mut Conn, deployment: DeploymentId) -> Result<Vec<(HostId, PackageId)>, StoreError> {
    let rows = conn
        .query(
            "SELECT s.host_id, s.package_id FROM slots s CROSS JOIN attempts a CROSS JOIN units u CROSS JOIN deployments d
             WHERE a.id = s.attempt_id AND u.id = a.unit_id AND d.id = a.deployment_id
               AND (u.action NOT IN ('run', 'migrate') OR d.ended_at IS NULL)
             UNION SELECT i.host_id, i.package_id FROM instances i WHERE i.health = 'unhealthy'
             UNION SELECT a.host_id, u.package_id FROM attempts a CROSS JOIN units u WHERE a.ended_at IS NULL AND a.deployment_id <> $1
               AND u.id = a.unit_id AND u.state IN ('switching', 'restoring', 'unknown')",
            args![deployment],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("host_id")?, row.parse("package_id")?))).collect()
}
