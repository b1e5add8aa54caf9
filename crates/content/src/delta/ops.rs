//! Operations: how the bytes of a new file are made of an old one.

use std::io;

use super::input::wrong;
use crate::codec::put_varint;

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// As many bytes from the literals.
    Literal { length: u64 },
    /// As many bytes from the old file, after the position moved.
    Copy { length: u64, seek: i64 },
    /// As many bytes from the old file, after the position moved, plus differences.
    Add { length: u64, seek: i64 },
    /// From now on the old file is this entry of the old tree.
    Source { entry: u64 },
}

impl Op {
    pub(super) fn put(self, out: &mut Vec<u8>) {
        match self {
            Self::Literal { length } => put_varint(out, length << 2),
            Self::Copy { length, seek } => {
                put_varint(out, length << 2 | 1);
                put_varint(out, zigzag(seek));
            }
            Self::Add { length, seek } => {
                put_varint(out, length << 2 | 2);
                put_varint(out, zigzag(seek));
            }
            Self::Source { entry } => put_varint(out, entry << 2 | 3),
        }
    }
}

/// Takes the next operation off a block's; `None` at their end.
pub(super) fn next(ops: &mut &[u8]) -> io::Result<Option<Op>> {
    if ops.is_empty() {
        return Ok(None);
    }
    let head = varint(ops)?;
    let length = head >> 2;
    Ok(Some(match head & 3 {
        0 => Op::Literal { length },
        1 => Op::Copy { length, seek: unzigzag(varint(ops)?) },
        2 => Op::Add { length, seek: unzigzag(varint(ops)?) },
        _ => Op::Source { entry: length },
    }))
}

fn varint(bytes: &mut &[u8]) -> io::Result<u64> {
    super::input::Input::new(bytes).varint().map_err(|_| wrong("an operation is cut off"))
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn op() -> impl Strategy<Value = Op> {
        let length = 0..u64::MAX >> 2;
        prop_oneof![
            length.clone().prop_map(|length| Op::Literal { length }),
            (length.clone(), any::<i64>()).prop_map(|(length, seek)| Op::Copy { length, seek }),
            (length.clone(), any::<i64>()).prop_map(|(length, seek)| Op::Add { length, seek }),
            length.prop_map(|entry| Op::Source { entry }),
        ]
    }

    proptest! {
        #[test]
        fn reads_back_what_it_writes(ops in proptest::collection::vec(op(), 0..20)) {
            let mut bytes = Vec::new();
            ops.iter().for_each(|op| op.put(&mut bytes));
            let mut rest = bytes.as_slice();
            for op in ops {
                prop_assert_eq!(next(&mut rest).unwrap(), Some(op));
            }
            prop_assert_eq!(next(&mut rest).unwrap(), None);
        }
    }
}
