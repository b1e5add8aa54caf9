//! Slim pushes: what is asked, and how the answers are written.
//!
//! Questions are digests one behind the other, 32 bytes each; answers are one bit for each thing that was asked about, in the same order, the
//! lowest bit of the first byte first. A push of a hundred thousand segments asks about all of them, and JSON would cost as much as content.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The most digests in one question: half a minute of a link of 70 kbit/s.
pub const MOST_ASKED: usize = 8192;

/// The most segments that the recipes in one question may name together.
pub const MOST_NAMED: usize = 1 << 20;

/// What became of a pack that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StagedPack {
    /// BLAKE3 of the pack.
    pub pack: Digest,
    /// How many segments are in it, each verified against its digest.
    pub segments: u64,
}

/// Writes a question.
#[must_use]
pub fn question(digests: &[Digest]) -> Vec<u8> {
    digests.iter().flat_map(|digest| *digest.as_bytes()).collect()
}

/// Reads a question; `None` if it is not made of whole digests, or of more than [`MOST_ASKED`].
#[must_use]
pub fn read_question(bytes: &[u8]) -> Option<Vec<Digest>> {
    let (digests, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && digests.len() <= MOST_ASKED).then(|| digests.iter().map(|bytes| Digest::new(*bytes)).collect())
}

/// Writes an answer.
#[must_use]
pub fn answer(marks: &[bool]) -> Vec<u8> {
    let byte = |marks: &[bool]| marks.iter().rev().fold(0, |byte, mark| byte << 1 | u8::from(*mark));
    marks.chunks(8).map(byte).collect()
}

/// Reads an answer about `count` things; `None` if it is about more or fewer.
#[must_use]
pub fn read_answer(bytes: &[u8], count: usize) -> Option<Vec<bool>> {
    (bytes.len() == count.div_ceil(8)).then(|| (0..count).map(|at| bytes[at / 8] >> (at % 8) & 1 == 1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_answers_come_back() {
        let digests: Vec<Digest> = (0..20).map(|byte| Digest::new([byte; 32])).collect();
        assert_eq!(read_question(&question(&digests)), Some(digests));
        assert_eq!(read_question(&[0; 33]), None);
        assert_eq!(read_question(&vec![0; (MOST_ASKED + 1) * 32]), None);
        for count in [0, 1, 7, 8, 9, 100] {
            let marks: Vec<bool> = (0..count).map(|at| at % 3 == 0).collect();
            assert_eq!(read_answer(&answer(&marks), count), Some(marks));
        }
        assert_eq!(answer(&[true, false, true]), [5]);
        assert_eq!(read_answer(&[1, 2], 8), None);
    }
}
