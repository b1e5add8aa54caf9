//! How much an archive may hold, and how far it may unpack.

use super::fault::Fault;

/// How many times larger than itself an archive may unpack.
pub const MAX_RATIO: u64 = 200;
/// Up to here nobody is hurt, whatever the ratio.
const HARMLESS: u64 = 4 << 20;

/// How much an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries, folders included.
    pub entries: usize,
    /// Bytes of all files together, unpacked.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: crate::tree::MAX_ENTRIES, bytes: 64 << 30 }
    }
}

/// Refuses what unpacks too far; called as bytes come, so that a bomb is stopped while it goes off.
pub(crate) fn check_ratio(packed: u64, unpacked: u64) -> Result<(), Fault> {
    if unpacked > HARMLESS && unpacked / MAX_RATIO > packed { Err(Fault::Ratio) } else { Ok(()) }
}

/// A size in words, for messages.
pub(crate) fn in_words(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KiB", bytes >> 10),
        1_048_576..1_073_741_824 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bombs_are_known_by_their_ratio() {
        assert_eq!(check_ratio(1, HARMLESS), Ok(()));
        assert_eq!(check_ratio(30_000, 6_000_000), Ok(()));
        assert_eq!(check_ratio(29_999, 6_000_000), Err(Fault::Ratio));
    }
}
