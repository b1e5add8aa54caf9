//! How much room a version needs on a disk.

use std::collections::BTreeMap;

use packhorse_model::order::Release;

use super::arrangement::Arrangement;

/// Below which directory packages lie that do not say where.
pub const INSTALL_ROOTS: &str = "/data/app";

/// Room that must be left beside the version itself: 16 MiB and a 64th of it, for folders, lists and logs.
const SPARE: u64 = 16 << 20;

/// Bytes that must be free where a version is to be staged.
#[must_use]
pub fn room_needed(release: &Release) -> u64 {
    let bytes = match Arrangement::of(release) {
        // Laid once more beside the version that is kept, and as much as it replaces is kept as well.
        Arrangement::Overwrite => release.size.saturating_mul(3),
        Arrangement::Symlink | Arrangement::Versioned | Arrangement::Config => release.size,
    };
    bytes.saturating_add(bytes / 64).saturating_add(SPARE)
}

/// Bytes free where something lies, or would, as far as a host has said: at the nearest directory above it that `room` speaks of.
#[must_use]
pub fn room_at(room: &BTreeMap<String, u64>, path: &str) -> Option<u64> {
    let is_above = |above: &str| path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let above = room.iter().filter(|(directory, _)| is_above(directory));
    above.max_by_key(|(directory, _)| directory.len()).map(|(_, free)| *free)
}
