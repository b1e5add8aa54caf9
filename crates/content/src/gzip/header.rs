//! The header of a gzip member (RFC 1952, section 2.3).

use std::io::{self, Read};

/// Headers longer than this are taken for something else: the name and comment in them are a few bytes in practice.
const LONGEST: u64 = 64 * 1024;

const HAS_CRC: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;

/// Reads the header and nothing behind it. `None` if the bytes are no gzip header.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut input = from.take(LONGEST);
    let mut header = Vec::new();
    match read_into(&mut input, &mut header) {
        Ok(whole) => Ok(whole.then_some(header)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_into(input: &mut impl Read, header: &mut Vec<u8>) -> io::Result<bool> {
    let fixed = take(input, header, 10)?;
    let flags = fixed[3];
    if fixed[..3] != [0x1f, 0x8b, 8] || flags & RESERVED != 0 {
        return Ok(false);
    }
    if flags & HAS_EXTRA != 0 {
        let field = take(input, header, 2)?;
        let length = u16::from_le_bytes([field[0], field[1]]);
        take(input, header, usize::from(length))?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            while take(input, header, 1)? != [0] {}
        }
    }
    if flags & HAS_CRC != 0 {
        take(input, header, 2)?;
    }
    Ok(true)
}

fn take<'a>(input: &mut impl Read, header: &'a mut Vec<u8>, count: usize) -> io::Result<&'a [u8]> {
    let start = header.len();
    header.resize(start + count, 0);
    input.read_exact(&mut header[start..])?;
    Ok(&header[start..])
}

/// What the header says about the level (its XFL byte), as the levels in the order in which to try them.
pub(super) fn likely_levels(header: &[u8]) -> [u8; 9] {
    match header.get(8) {
        Some(4) => [1, 2, 3, 4, 5, 6, 7, 8, 9],
        Some(2) => [9, 8, 7, 6, 5, 4, 3, 2, 1],
        _ => [6, 9, 5, 7, 8, 4, 3, 2, 1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_optional_field_and_stops_behind_them() {
        let mut bytes = vec![0x1f, 0x8b, 8, HAS_CRC | HAS_EXTRA | HAS_NAME | HAS_COMMENT, 0, 0, 0, 0, 2, 3];
        bytes.extend_from_slice(b"\x03\x00abcname\0comment\0\x12\x34");
        let length = bytes.len();
        bytes.extend_from_slice(b"deflate");
        let mut input = bytes.as_slice();
        assert_eq!(read(&mut input).unwrap().as_deref(), Some(&bytes[..length]));
        assert_eq!(input, b"deflate");
    }

    #[test]
    fn other_bytes_are_no_header() {
        let endless_name = [&[0x1f, 0x8b, 8, HAS_NAME, 0, 0, 0, 0, 0, 3][..], &[b'n'; 70_000][..]].concat();
        for bytes in [&b""[..], b"\x1f\x8b\x08", b"PK\x03\x04567890", b"\x1f\x8b\x08\xff567890", &endless_name] {
            assert_eq!(read(&mut &*bytes).unwrap(), None);
        }
    }
}
