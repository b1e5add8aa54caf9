//! The operations of a delta as they come, in blocks.

use std::io::{self, Write};
use std::ops::Range;

use super::ops::Op;
use super::{BLOCK_LIMIT, DeltaSummary};
use crate::codec::put_varint;

/// In what lies over old bytes, so many equal ones are copied; fewer go with the differences, as zeros.
const COPY_RUN: usize = 512;
/// A block is written once its differences and literals have so many bytes, or its operations.
const BLOCK_FULL: usize = 4 << 20;
const OPS_FULL: usize = 1 << 20;

/// The blocks of a delta as they are made.
pub(super) struct Body<W: Write> {
    encoder: zstd::Encoder<'static, W>,
    ops: Vec<u8>,
    adds: Vec<u8>,
    literals: Vec<u8>,
    /// The operation that may still grow.
    open: Option<Open>,
    source: Option<usize>,
    position: u64,
    pub(super) summary: DeltaSummary,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Literal { length: u64 },
    Copy { old: u64, length: u64 },
    Add { old: u64, length: u64 },
}

impl<W: Write> Body<W> {
    pub(super) fn new(encoder: zstd::Encoder<'static, W>) -> Self {
        Self {
            encoder,
            ops: Vec::new(),
            adds: Vec::new(),
            literals: Vec::new(),
            open: None,
            source: None,
            position: 0,
            summary: DeltaSummary::default(),
        }
    }

    pub(super) fn source(&mut self, entry: usize) {
        if self.source != Some(entry) {
            self.end_operation();
            Op::Source { entry: entry as u64 }.put(&mut self.ops);
            self.source = Some(entry);
            self.position = 0;
        }
    }

    pub(super) fn literal(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(BLOCK_FULL) {
            self.literals.extend_from_slice(piece);
            self.summary.literal += piece.len() as u64;
            match &mut self.open {
                Some(Open::Literal { length }) => *length += piece.len() as u64,
                _ => self.start(Open::Literal { length: piece.len() as u64 }),
            }
            self.flush_if_full()?;
        }
        Ok(())
    }

    pub(super) fn copy(&mut self, from: u64, count: u64) -> io::Result<()> {
        self.summary.copied += count;
        match &mut self.open {
            Some(Open::Copy { old, length }) if *old + *length == from => *length += count,
            _ => self.start(Open::Copy { old: from, length: count }),
        }
        self.flush_if_full()
    }

    fn add(&mut self, from: u64, old_bytes: &[u8], new_bytes: &[u8]) -> io::Result<()> {
        let mut from = from;
        for (old_piece, new_piece) in old_bytes.chunks(BLOCK_FULL).zip(new_bytes.chunks(BLOCK_FULL)) {
            let count = new_piece.len() as u64;
            self.adds.extend(new_piece.iter().zip(old_piece).map(|(new, old)| new.wrapping_sub(*old)));
            self.summary.added += count;
            match &mut self.open {
                Some(Open::Add { old, length }) if *old + *length == from => *length += count,
                _ => self.start(Open::Add { old: from, length: count }),
            }
            from += count;
            self.flush_if_full()?;
        }
        Ok(())
    }

    /// New bytes that lie over as many old ones, which are at `from` in the old file.
    pub(super) fn laid_over(&mut self, from: u64, old: &[u8], new: &[u8]) -> io::Result<()> {
        for part in parts(old, new) {
            let from = from + part.at.start as u64;
            if part.equal {
                self.copy(from, part.at.len() as u64)?;
            } else {
                self.add(from, &old[part.at.clone()], &new[part.at])?;
            }
        }
        Ok(())
    }

    fn start(&mut self, open: Open) {
        self.end_operation();
        self.open = Some(open);
    }

    pub(super) fn end_operation(&mut self) {
        let mut seek = |old: u64, length: u64| {
            let seek = old.cast_signed().wrapping_sub(self.position.cast_signed());
            self.position = old + length;
            seek
        };
        let op = match self.open.take() {
            None => return,
            Some(Open::Literal { length }) => Op::Literal { length },
            Some(Open::Copy { old, length }) => Op::Copy { length, seek: seek(old, length) },
            Some(Open::Add { old, length }) => Op::Add { length, seek: seek(old, length) },
        };
        op.put(&mut self.ops);
    }

    fn flush_if_full(&mut self) -> io::Result<()> {
        if self.adds.len() + self.literals.len() >= BLOCK_FULL || self.ops.len() >= OPS_FULL {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.end_operation();
        if self.ops.is_empty() {
            return Ok(());
        }
        let mut head = Vec::new();
        for part in [&self.ops, &self.adds, &self.literals] {
            debug_assert!(part.len() <= BLOCK_LIMIT);
            put_varint(&mut head, part.len() as u64);
        }
        self.encoder.write_all(&head)?;
        for part in [&mut self.ops, &mut self.adds, &mut self.literals] {
            self.encoder.write_all(part)?;
            part.clear();
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<(zstd::Encoder<'static, W>, DeltaSummary)> {
        self.flush()?;
        Ok((self.encoder, self.summary))
    }
}

struct Part {
    at: Range<usize>,
    equal: bool,
}

/// Parts a match into long runs of equal bytes and what is between them.
fn parts(old: &[u8], new: &[u8]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = 0;
    while at < new.len() {
        let equal = equal_bytes(&old[at..], &new[at..]);
        if equal >= COPY_RUN || equal == new.len() {
            parts.push(Part { at: at..at + equal, equal: true });
            at += equal;
            continue;
        }
        let unequal = old[at + equal..].iter().zip(&new[at + equal..]).take_while(|(old, new)| old != new).count();
        let end = at + equal + unequal;
        match parts.last_mut() {
            Some(part) if !part.equal => part.at.end = end,
            _ => parts.push(Part { at: at..end, equal: false }),
        }
        at = end;
    }
    parts
}

fn equal_bytes(old: &[u8], new: &[u8]) -> usize {
    old.iter().zip(new).take_while(|(old, new)| old == new).count()
}
