//! The regions of a zip: what stands before the data of a member, the data, and the directory.
//!
//! A rebuilt jar has new times in every header and in its directory, but the compressed data of what did not change are the
//! same: so data stand alone. A zip that is stored within a zip, unpacked, is cut at its own members. The parser guides
//! cutting and nothing else: whatever the bytes are, every byte ends in some segment, and nothing is refused.

use super::cut::{Density, Regions, Step};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const END: &[u8] = b"PK\x05\x06";

#[derive(Debug, Clone, Copy, Default)]
enum State {
    /// A record begins here.
    #[default]
    Record,
    /// Data of a known length.
    Data { left: u64 },
    /// Data that are stored unpacked, of which nothing has been looked at.
    Stored { left: u64 },
    /// Data whose length follows them, and how much of them has passed.
    Open { passed: u64 },
    /// Something else; a record begins at the next signature.
    Lost,
}

/// Finds the regions of a zip.
#[derive(Debug, Default)]
pub(super) struct ZipRegions {
    state: State,
}

impl Regions for ZipRegions {
    fn step(&mut self, window: &[u8]) -> Step {
        match self.state {
            State::Record => self.record(window),
            State::Data { left } => self.data(window, left),
            State::Stored { left } => self.stored(window, left),
            State::Open { passed } => self.open(window, passed),
            State::Lost => self.lost(window),
        }
    }
}

impl ZipRegions {
    fn record(&mut self, window: &[u8]) -> Step {
        match window.get(..4) {
            None => Step::More,
            Some(LOCAL) => self.local(window),
            Some(CENTRAL) => skip(window, 46, |header| u16_at(header, 28) + u16_at(header, 30) + u16_at(header, 32)),
            Some(END) => match skip(window, 22, |header| u16_at(header, 20)) {
                // What follows the end of a zip within a zip belongs to the outer one.
                Step::Within(length) => Step::End(length, Density::Unknown),
                other => other,
            },
            Some(signature) => {
                self.state = State::Lost;
                Step::Within(if signature.starts_with(b"PK") { 2 } else { 1 })
            }
        }
    }

    /// A local header: behind it the data begin.
    fn local(&mut self, window: &[u8]) -> Step {
        let length = match skip(window, 30, |header| u16_at(header, 26) + u16_at(header, 28)) {
            Step::Within(length) => length,
            other => return other,
        };
        let (flags, method) = (u16_at(window, 6), u16_at(window, 8));
        let packed = match u32_at(window, 18) {
            u32::MAX => zip64_packed(&window[30 + u16_at(window, 26)..length]),
            packed => u64::from(packed),
        };
        self.state = match (packed, method) {
            (0, _) if flags & 8 != 0 => State::Open { passed: 0 },
            (0, _) => State::Record,
            (left, 0) => State::Stored { left },
            (left, _) => State::Data { left },
        };
        Step::End(length, if method == 0 { Density::Unknown } else { Density::Packed })
    }

    fn data(&mut self, window: &[u8], left: u64) -> Step {
        match usize::try_from(left) {
            Ok(left) if left <= window.len() => {
                self.state = State::Record;
                Step::End(left, Density::Unknown)
            }
            _ => {
                self.state = State::Data { left: left - window.len() as u64 };
                Step::Within(window.len())
            }
        }
    }

    fn stored(&mut self, window: &[u8], left: u64) -> Step {
        if window.len() < LOCAL.len() && (window.len() as u64) < left {
            return Step::More;
        }
        self.state = if window.starts_with(LOCAL) { State::Record } else { State::Data { left } };
        Step::Within(0)
    }

    /// Data of unknown length end where a record tells of exactly the length that has passed.
    fn open(&mut self, window: &[u8], passed: u64) -> Step {
        /// A descriptor without its signature: checksum, packed size, unpacked size.
        const BARE: usize = 12;
        /// How far behind a signature the packed size ends.
        const AHEAD: usize = 12;
        let first = if passed == 0 { 0 } else { BARE };
        let Some(last) = window.len().checked_sub(AHEAD).filter(|last| *last >= first) else { return Step::More };
        let length_is =
            |at: usize, field: usize| u64::from(u32_at(window, field)) == (passed + at as u64) & u64::from(u32::MAX);
        for at in
            memchr::memmem::find_iter(&window[first..last + 2], b"PK").map(|at| at + first).take_while(|at| *at <= last)
        {
            let end = match &window[at..at + 4] {
                DESCRIPTOR if length_is(at, at + 8) => at,
                LOCAL | CENTRAL if at >= BARE && length_is(at - BARE, at - 8) => at - BARE,
                _ => continue,
            };
            self.state = State::Lost;
            return Step::End(end, Density::Unknown);
        }
        // So much stays in the window that a bare descriptor can still be seen before the next signature.
        let count = (last + 1).saturating_sub(BARE);
        if count == 0 {
            return Step::More;
        }
        self.state = State::Open { passed: passed + count as u64 };
        Step::Within(count)
    }

    fn lost(&mut self, window: &[u8]) -> Step {
        let signatures = memchr::memmem::find_iter(window, b"PK");
        let found = signatures.into_iter().find(|at| match window.get(*at..at + 4) {
            Some(signature) => matches!(signature, LOCAL | CENTRAL | END),
            None => true,
        });
        match found {
            Some(at) if at + 4 <= window.len() => {
                self.state = State::Record;
                Step::Within(at)
            }
            Some(0) => Step::More,
            Some(at) => Step::Within(at),
            // A signature may have begun with the last byte.
            None if window.len() > 1 => Step::Within(window.len() - 1),
            None => Step::More,
        }
    }
}

/// A record of a fixed part and of a variable part, whose length the fixed part tells.
fn skip(window: &[u8], fixed: usize, variable: impl FnOnce(&[u8]) -> usize) -> Step {
    match window.get(..fixed).map(|header| fixed + variable(header)) {
        Some(length) if length <= window.len() => Step::Within(length),
        _ => Step::More,
    }
}

/// The packed size in a local header's zip64 field, behind the unpacked one; 0 if there is none.
fn zip64_packed(mut extra: &[u8]) -> u64 {
    while let Some(size) = (extra.len() >= 4).then(|| u16_at(extra, 2)) {
        if u16_at(extra, 0) == 1 {
            return extra.get(12..20).and_then(|field| field.try_into().ok()).map_or(0, u64::from_le_bytes);
        }
        extra = extra.get(4 + size..).unwrap_or_default();
    }
    0
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..at + 2).map_or(0, |field| usize::from(u16::from_le_bytes([field[0], field[1]])))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|field| field.try_into().ok()).map_or(0, u32::from_le_bytes)
}
