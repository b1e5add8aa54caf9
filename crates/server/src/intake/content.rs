//! Writing the rows of content that is on disk: where its segments lie, and which recipe makes which file.

use packhorse_content::Segment;
use packhorse_content::ingest::{Ingested, Stored, StoredFile};
use packhorse_content::pack::{SegmentLocation, StoredPack};
use packhorse_model::Digest;
use packhorse_store::collection::Hold;
use packhorse_store::packs;
use packhorse_store::segments::{self, RecipeRow, SegmentRow};

use crate::error::ApiError;

/// What a transaction brings, and what it found there and relies on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brought<'a> {
    packs: &'a [StoredPack],
    files: &'a [StoredFile],
    reused: &'a [Digest],
}

impl<'a> From<&'a Stored> for Brought<'a> {
    fn from(stored: &'a Stored) -> Self {
        Self { packs: &stored.packs, files: &stored.files, reused: &stored.reused }
    }
}

impl<'a> From<&'a Ingested> for Brought<'a> {
    fn from(ingested: &'a Ingested) -> Self {
        Self { packs: &ingested.packs, files: &ingested.files, reused: &ingested.reused }
    }
}

/// Writes the rows of what was brought, and relies on what was there. Fails if any of it has been collected meanwhile.
pub(crate) async fn write_content(
    conn: &mut packhorse_store::Conn,
    hold: &Hold,
    brought: Brought<'_>,
    now: jiff::Timestamp,
) -> Result<(), ApiError> {
    if segments::rely(conn, hold, brought.reused).await? < brought.reused.len() as u64 {
        return Err(ApiError::collected());
    }
    for pack in brought.packs {
        let content = pack.segments.iter().map(|(segment, _)| u64::from(segment.len)).sum();
        if !packs::rely(conn, hold, &pack.id, content, now).await? {
            return Err(ApiError::collected());
        }
        let rows: Vec<SegmentRow> = pack.segments.iter().map(|(segment, location)| row(segment, location)).collect();
        segments::insert(conn, hold, &rows).await?;
    }
    let recipe = |stored: &StoredFile| {
        Some(RecipeRow { file: stored.file.digest, size: stored.file.size, recipe: stored.recipe? })
    };
    let recipes: Vec<RecipeRow> = brought.files.iter().filter_map(recipe).collect();
    segments::insert_recipes(conn, hold, &recipes).await?;
    Ok(())
}

/// How it is noted where a segment lies that is sound.
pub(crate) fn row(segment: &Segment, location: &SegmentLocation) -> SegmentRow {
    SegmentRow {
        digest: segment.digest,
        pack: location.pack,
        frame_offset: location.frame_offset,
        frame_len: location.frame_len,
        offset_in_frame: location.offset_in_frame,
        len: location.len,
        is_damaged: false,
    }
}
