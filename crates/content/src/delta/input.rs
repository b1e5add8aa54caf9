//! Reading varints and bytes from a stream that may hold anything.

use std::io::{self, Read};

use packhorse_model::Digest;

use super::WHAT;
use crate::codec::FormatError;

/// A stream from which the parts of a delta are read.
pub(super) struct Input<R>(R);

impl<R: Read> Input<R> {
    pub(super) fn new(stream: R) -> Self {
        Self(stream)
    }

    pub(super) fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0u64;
        for at in 0..10 {
            let mut byte = [0];
            self.0.read_exact(&mut byte)?;
            let bits = u64::from(byte[0] & 0x7f);
            if at == 9 && bits > 1 {
                break;
            }
            value |= bits << (7 * at);
            if byte[0] & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(wrong("a number does not fit in 64 bits"))
    }

    /// A number that is at most `limit`.
    pub(super) fn at_most(&mut self, limit: usize) -> io::Result<usize> {
        let value = self.varint()?;
        usize::try_from(value).ok().filter(|value| *value <= limit).ok_or_else(|| wrong("a number is out of range"))
    }

    /// Replaces what is in `buffer` by the next `length` bytes; it grows by what is there, not by what was announced.
    pub(super) fn fill(&mut self, buffer: &mut Vec<u8>, length: usize) -> io::Result<()> {
        buffer.clear();
        let read = (&mut self.0).take(length as u64).read_to_end(buffer)?;
        if read == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Bytes behind their length, of which there are at most `limit`.
    pub(super) fn bytes(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        let length = self.at_most(limit)?;
        let mut bytes = Vec::new();
        self.fill(&mut bytes, length)?;
        Ok(bytes)
    }

    pub(super) fn digest(&mut self) -> io::Result<Digest> {
        let mut bytes = [0; 32];
        self.0.read_exact(&mut bytes)?;
        Ok(Digest::new(bytes))
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if self.0.read(&mut [0])? == 0 { Ok(()) } else { Err(wrong("bytes follow its end")) }
    }

    pub(super) fn into_inner(self) -> R {
        self.0
    }
}

pub(super) fn wrong(why: impl Into<String>) -> io::Error {
    FormatError::new(WHAT, why).into()
}
