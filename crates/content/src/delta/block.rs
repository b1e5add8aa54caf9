//! A block of a delta, as the host has it in memory.

use std::io::{self, Read};

use super::BLOCK_LIMIT;
use super::input::{Input, wrong};
use super::ops::{self, Op};

/// A block, and how far its parts are used up.
#[derive(Default)]
pub(super) struct Block {
    ops: Vec<u8>,
    ops_used: usize,
    adds: Vec<u8>,
    adds_used: usize,
    literals: Vec<u8>,
    literals_used: usize,
}

impl Block {
    /// Reads the next block; false at the end of the delta.
    pub(super) fn read<R: Read>(&mut self, frame: &mut Input<R>) -> io::Result<bool> {
        let ops = frame.at_most(BLOCK_LIMIT)?;
        if ops == 0 {
            return Ok(false);
        }
        let (adds, literals) = (frame.at_most(BLOCK_LIMIT)?, frame.at_most(BLOCK_LIMIT)?);
        frame.fill(&mut self.ops, ops)?;
        frame.fill(&mut self.adds, adds)?;
        frame.fill(&mut self.literals, literals)?;
        (self.ops_used, self.adds_used, self.literals_used) = (0, 0, 0);
        Ok(true)
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Op>> {
        let mut rest = &self.ops[self.ops_used..];
        let op = ops::next(&mut rest)?;
        self.ops_used = self.ops.len() - rest.len();
        Ok(op)
    }

    /// The next of its differences.
    pub(super) fn adds(&mut self, length: u64) -> io::Result<&[u8]> {
        take(&self.adds, &mut self.adds_used, length)
    }

    /// The next of its literals.
    pub(super) fn literals(&mut self, length: u64) -> io::Result<&[u8]> {
        take(&self.literals, &mut self.literals_used, length)
    }

    /// All of it must have been used.
    pub(super) fn end(&self) -> io::Result<()> {
        if (self.adds_used, self.literals_used) == (self.adds.len(), self.literals.len()) {
            Ok(())
        } else {
            Err(wrong("a block has more content than operations"))
        }
    }
}

fn take<'b>(bytes: &'b [u8], used: &mut usize, length: u64) -> io::Result<&'b [u8]> {
    let end = usize::try_from(length).ok().and_then(|length| used.checked_add(length));
    let taken =
        end.and_then(|end| bytes.get(*used..end)).ok_or_else(|| wrong("a block has less content than operations"))?;
    *used += taken.len();
    Ok(taken)
}
