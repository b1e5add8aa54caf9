//! One 512-byte header of a tar.

use super::super::fault::Fault;
use super::extension::Part;

/// Tar is made of blocks of this size.
pub(crate) const BLOCK_SIZE: usize = 512;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    File,
    Directory,
    Symlink,
    HardLink,
}

/// What a header stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Content(Content),
    /// More about the entry that follows.
    Extension(Part),
}

/// A header whose checksum is right.
#[derive(Debug, Clone)]
pub(crate) struct Header([u8; BLOCK_SIZE]);

impl Header {
    /// A header, if the block is one.
    pub(crate) fn new(block: [u8; BLOCK_SIZE]) -> Option<Self> {
        Self::is_one(&block).then_some(Self(block))
    }

    /// Whether the checksum in the block is that of the block, as if the checksum itself were blanks.
    pub(crate) fn is_one(block: &[u8; BLOCK_SIZE]) -> bool {
        let sum: u64 = block
            .iter()
            .enumerate()
            .map(|(at, byte)| u64::from(if (148..156).contains(&at) { b' ' } else { *byte }))
            .sum();
        number(&block[148..156]) == Some(sum)
    }

    pub(crate) fn kind(&self) -> Result<Kind, Fault> {
        let special = |kind| Err(Fault::Special { kind });
        let unsupported = |what: &str| Err(Fault::Unsupported { what: what.to_owned() });
        Ok(match self.0[156] {
            b'0' | b'7' | 0 => Kind::Content(Content::File),
            b'1' => Kind::Content(Content::HardLink),
            b'2' => Kind::Content(Content::Symlink),
            b'5' => Kind::Content(Content::Directory),
            b'x' => Kind::Extension(Part::Pax),
            b'g' => Kind::Extension(Part::GlobalPax),
            b'L' => Kind::Extension(Part::GnuPath),
            b'K' => Kind::Extension(Part::GnuLink),
            b'3' => return special("character device"),
            b'4' => return special("block device"),
            b'6' => return special("FIFO"),
            b'S' => return unsupported("it has a sparse file"),
            b'M' | b'V' => return unsupported("it is one of several volumes"),
            other => return unsupported(&format!("it has an entry of the unknown type {:?}", char::from(other))),
        })
    }

    /// How many bytes of data follow, if it is the header of a regular file with any.
    pub(crate) fn data_of_file(&self) -> Option<u64> {
        let is_file = matches!(self.kind(), Ok(Kind::Content(Content::File)));
        self.size().ok().filter(|size| is_file && *size > 0)
    }

    /// The path, with the prefix that ustar keeps apart.
    pub(crate) fn path(&self) -> Vec<u8> {
        let name = text(&self.0[..100]);
        let prefix = if self.0[257..263] == *b"ustar\0" { text(&self.0[345..500]) } else { &[] };
        if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
    }

    pub(crate) fn link(&self) -> Vec<u8> {
        text(&self.0[157..257]).to_vec()
    }

    pub(crate) fn size(&self) -> Result<u64, Fault> {
        number(&self.0[124..136]).ok_or_else(|| Fault::Corrupt { why: "a size is not a number".to_owned() })
    }

    /// The nine permission bits; what else is set is dropped.
    pub(crate) fn mode(&self) -> Result<u16, Fault> {
        let mode =
            number(&self.0[100..108]).ok_or_else(|| Fault::Corrupt { why: "a mode is not a number".to_owned() })?;
        Ok((mode & 0o777) as u16)
    }
}

/// Up to the first zero.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Octal between blanks and zeros; or, with the first bit set, binary. Negative numbers, and those beyond 63 bits, are none.
fn number(field: &[u8]) -> Option<u64> {
    if let [first, rest @ ..] = field
        && first & 0x80 != 0
    {
        let mut value = u64::from(first & 0x7f);
        for byte in rest {
            value = value.checked_mul(256)?.checked_add(u64::from(*byte))?;
        }
        return i64::try_from(value).ok().map(|_| value);
    }
    let blank = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().position(|byte| *byte != b' ').unwrap_or(field.len());
    let digits = &field[start..];
    let end = digits.iter().position(blank).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    if !rest.iter().all(blank) {
        return None;
    }
    digits.iter().try_fold(0u64, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_they_are_written_in_the_field() {
        for (field, value) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"   644 \0", Some(0o644)),
            (b"00000000012\0", Some(10)),
            (b"77777777777 ", Some(0o77_777_777_777)),
            (b"\0\0\0\0\0\0\0\0", Some(0)),
            (b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(2 << 32)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"00000x44\0", None),
            (b"0644\0junk", None),
            (b"-0000001", None),
        ] {
            assert_eq!(number(field), value, "{field:?}");
        }
    }

    #[test]
    fn a_block_of_zeros_is_no_header() {
        assert!(Header::new([0; BLOCK_SIZE]).is_none());
    }
}
