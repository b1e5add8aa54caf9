//! The few primitives that our stored binary forms are made of: canonical varints and length-prefixed bytes.
//!
//! Every value has exactly one encoding, so that equal content has equal bytes and therefore an equal digest. Reading
//! never panics and never allocates more than the input holds.

use packhorse_model::Digest;

/// Stored bytes were not what their format says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}: {why}")]
pub struct FormatError {
    what: &'static str,
    why: String,
}

impl FormatError {
    pub(crate) fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self { what, why: why.into() }
    }
}

impl From<FormatError> for std::io::Error {
    fn from(error: FormatError) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}

/// Appends `value` as LEB128, shortest form.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Appends a length and the bytes.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads a stored form from its beginning to its end.
pub(crate) struct Reader<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts after the magic bytes, which must be there.
    pub(crate) fn new(what: &'static str, magic: &[u8], bytes: &'a [u8]) -> Result<Self, FormatError> {
        let rest = bytes.strip_prefix(magic).ok_or_else(|| FormatError::new(what, "it does not begin as one"))?;
        Ok(Self { what, rest })
    }

    pub(crate) fn error(&self, why: impl Into<String>) -> FormatError {
        FormatError::new(self.what, why)
    }

    pub(crate) fn varint(&mut self) -> Result<u64, FormatError> {
        let mut value = 0u64;
        for (at, byte) in self.rest.iter().take(10).enumerate() {
            let bits = u64::from(byte & 0x7f);
            if at == 9 && bits > 1 || at > 0 && *byte == 0 {
                return Err(self.error("a number is not in its shortest form"));
            }
            value |= bits << (7 * at);
            if byte & 0x80 == 0 {
                self.rest = &self.rest[at + 1..];
                return Ok(value);
            }
        }
        Err(self.error("it ends within a number"))
    }

    /// A count of things that take at least `each` bytes, so that nothing is reserved for what cannot be there.
    pub(crate) fn count(&mut self, each: usize) -> Result<usize, FormatError> {
        let count = self.varint()?;
        match usize::try_from(count) {
            Ok(count) if count.checked_mul(each).is_some_and(|bytes| bytes <= self.rest.len()) => Ok(count),
            _ => Err(self.error("it announces more than it holds")),
        }
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.error("it is cut off"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], FormatError> {
        let length = self.count(1)?;
        self.take(length)
    }

    pub(crate) fn digest(&mut self) -> Result<Digest, FormatError> {
        Digest::try_from(self.take(32)?).map_err(|error| self.error(error.to_string()))
    }

    /// Nothing may follow.
    pub(crate) fn end(self) -> Result<(), FormatError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.error("bytes follow its end")) }
    }
}

/// The BLAKE3 digest of bytes in memory.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest::new(*blake3::hash(bytes).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_have_one_form(value: u64) {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            let mut reader = Reader::new("test", b"", &bytes).unwrap();
            prop_assert_eq!(reader.varint().unwrap(), value);
            prop_assert!(reader.end().is_ok());
        }

        #[test]
        fn what_reads_as_a_number_is_its_shortest_form(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new("test", b"", &bytes).unwrap();
            if let Ok(value) = reader.varint() {
                let mut again = Vec::new();
                put_varint(&mut again, value);
                prop_assert!(bytes.starts_with(&again));
            }
        }
    }
}
