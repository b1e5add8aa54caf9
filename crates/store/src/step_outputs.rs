//! What the steps of attempts wrote: of each its beginning and its end, so that one step can never fill the disk.
//!
//! Output comes in order: a piece is taken only where the last one ended, which makes repeating one harmless. A reader sees offsets of the
//! whole output; what was left out in the middle is a gap between two pieces.

use packhorse_model::ids::AttemptId;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;

/// Bytes that are kept from the beginning.
pub const HEAD: u64 = 512 << 10;
/// Bytes that are kept, at least, from the end.
pub const TAIL: u64 = 512 << 10;
/// Bytes in one piece at most.
const PIECE: usize = 64 << 10;

/// What became of a piece of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is stored.
    Stored,
    /// It does not follow what is there.
    Expected {
        /// Where the next piece has to begin.
        offset: u64,
    },
}

/// Adds output that begins at `offset` of the whole.
pub async fn append(
    conn: &mut Conn,
    attempt: AttemptId,
    step: u32,
    offset: u64,
    bytes: &[u8],
) -> Result<Appended, StoreError> {
    let received = received(conn, attempt, step).await?;
    if offset != received {
        return Ok(Appended::Expected { offset: received });
    }
    conn.execute(
        "INSERT INTO step_outputs (attempt_id, step, received, kept) VALUES ($1, $2, 0, 0) ON CONFLICT (attempt_id, step) DO NOTHING",
        args![attempt, step],
    )
    .await?;
    // Of a huge piece only the two ends can stay, so its middle is never written.
    let end = received + bytes.len() as u64;
    let mut start = received;
    for piece in bytes.chunks(PIECE) {
        let finish = start + piece.len() as u64;
        if start < HEAD || finish + TAIL > end {
            insert(conn, attempt, step, start, piece).await?;
        }
        start = finish;
    }
    conn.execute(
        "DELETE FROM step_output_pieces WHERE attempt_id = $1 AND step = $2 AND start >= $3 AND start + size <= $4",
        args![attempt, step, HEAD, end.saturating_sub(TAIL)],
    )
    .await?;
    conn.execute(
        "UPDATE step_outputs SET received = $3, kept =
           (SELECT CAST(COALESCE(sum(size), 0) AS BIGINT) FROM step_output_pieces WHERE attempt_id = $1 AND step = $2)
         WHERE attempt_id = $1 AND step = $2",
        args![attempt, step, end],
    )
    .await?;
    Ok(Appended::Stored)
}

async fn received(conn: &mut Conn, attempt: AttemptId, step: u32) -> Result<u64, StoreError> {
    let row = conn
        .query_one("SELECT received FROM step_outputs WHERE attempt_id = $1 AND step = $2", args![attempt, step])
        .await?;
    row.map_or(Ok(0), |row| row.count("received"))
}

async fn insert(conn: &mut Conn, attempt: AttemptId, step: u32, start: u64, piece: &[u8]) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO step_output_pieces (attempt_id, step, start, size, bytes) VALUES ($1, $2, $3, $4, $5)",
        args![attempt, step, start, piece.len(), piece],
    )
    .await
    .map(drop)
}

/// One piece of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins in the whole output.
    pub start: u64,
    /// What was written.
    pub bytes: Vec<u8>,
}

/// The pieces that hold anything at or after `offset`, in order.
pub async fn pieces(
    conn: &mut Conn,
    attempt: AttemptId,
    step: u32,
    offset: u64,
    limit: u32,
) -> Result<Vec<Piece>, StoreError> {
    // No piece is longer than PIECE, so the range of starts is bounded from below and found by the primary key.
    let rows = conn
        .query(
            "SELECT start, bytes FROM step_output_pieces
             WHERE attempt_id = $1 AND step = $2 AND start > $3 AND start + size > $4 ORDER BY start LIMIT $5",
            args![attempt, step, i64::try_from(offset).unwrap_or(i64::MAX) - (PIECE as i64) - 1, offset, limit],
        )
        .await?;
    rows.iter().map(|row| Ok(Piece { start: row.count("start")?, bytes: row.blob("bytes")? })).collect()
}
