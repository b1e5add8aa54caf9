//! What hosts were last told: generations, and whether a host that joined anew has sent its inventory.

use jiff::Timestamp;
use packhorse_model::ids::HostId;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;

/// What a host was last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostAssignment {
    /// The joining that has been received.
    pub incarnation: u32,
    /// Rises with every change of the host's open attempts.
    pub generation: u64,
    /// Whether its inventory comes before any work.
    pub wants_inventory: bool,
    /// Whether it has attempts that are not at their end.
    pub has_open: bool,
}

/// What a host was last told; nothing for one that never asked.
pub async fn find(conn: &mut Conn, host: HostId) -> Result<Option<HostAssignment>, StoreError> {
    let row = conn
        .query_one(
            "SELECT incarnation, generation, wants_inventory,
             CAST((SELECT count(*) FROM attempts a WHERE a.host_id = $1 AND a.ended_at IS NULL) AS BIGINT) AS open
             FROM host_assignments WHERE host_id = $1",
            args![host],
        )
        .await?;
    row.map(|row| {
        Ok(HostAssignment {
            incarnation: row.small("incarnation")?,
            generation: row.count("generation")?,
            wants_inventory: row.bool("wants_inventory")?,
            has_open: row.count("open")? > 0,
        })
    })
    .transpose()
}

/// Receives a joining of a host: its generation rises, and its inventory is wanted. An older joining changes nothing.
pub async fn receive(conn: &mut Conn, host: HostId, incarnation: u32, now: Timestamp) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO host_assignments (host_id, incarnation, generation, wants_inventory, changed_at) VALUES ($1, $2, 1, TRUE, $3)
         ON CONFLICT (host_id) DO UPDATE SET incarnation = excluded.incarnation, generation = host_assignments.generation + 1,
           wants_inventory = TRUE, changed_at = excluded.changed_at
         WHERE host_assignments.incarnation < excluded.incarnation",
        args![host, incarnation, now],
    )
    .await
    .map(drop)
}

/// Notes that the inventory of this joining has come.
pub async fn inventory_came(conn: &mut Conn, host: HostId, incarnation: u32) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE host_assignments SET wants_inventory = FALSE WHERE host_id = $1 AND incarnation = $2 AND wants_inventory",
        args![host, incarnation],
    )
    .await
    .map(drop)
}

/// Raises the generation of a host because its open attempts change, and gives the new one. A host that never asked gets its
/// first generation.
pub async fn raise(conn: &mut Conn, host: HostId, incarnation: u32, now: Timestamp) -> Result<u64, StoreError> {
    let row = conn
        .query_one(
            "INSERT INTO host_assignments (host_id, incarnation, generation, wants_inventory, changed_at) VALUES ($1, $2, 1, FALSE, $3)
             ON CONFLICT (host_id) DO UPDATE SET generation = host_assignments.generation + 1, changed_at = excluded.changed_at
             RETURNING generation",
            args![host, incarnation, now],
        )
        .await?;
    row.map_or(Ok(0), |row| row.count("generation"))
}

/// Raises the generation of a host above one that it claims to have.
pub async fn overtake(conn: &mut Conn, host: HostId, generation: u64, now: Timestamp) -> Result<(), StoreError> {
    let above = generation.saturating_add(1);
    conn.execute(
        "UPDATE host_assignments SET generation = $1, changed_at = $2 WHERE host_id = $3 AND generation < $1",
        args![above, now, host],
    )
    .await
    .map(drop)
}

/// The hosts whose generation rose at or after `since`.
pub async fn raised_since(conn: &mut Conn, since: Timestamp) -> Result<Vec<(HostId, u64)>, StoreError> {
    let rows =
        conn.query("SELECT host_id, generation FROM host_assignments WHERE changed_at >= $1", args![since]).await?;
    rows.iter().map(|row| Ok((row.parse("host_id")?, row.count("generation")?))).collect()
}
