//! Frames: how records lie in the file, so that what was torn by a crash is told from what was damaged.
//!
//! ```text
//! magic (8 bytes) · frame · frame · …
//! frame: length of the payload (u32, little endian) · first 8 bytes of the BLAKE3 of length and payload · payload
//! ```
//!
//! # What must hold
//! A frame is begun only when the one before is on disk. So a crash can tear the last frame and no other: a bad frame with a
//! good one behind it is damage, and damage is refused rather than guessed at.

/// What the file begins with; the last byte is the version of the format.
pub(super) const MAGIC: &[u8; 8] = b"PHjrnl\x00\x01";
/// The largest payload. A length beyond it is not one that was written.
pub(super) const LARGEST: usize = 64 << 20;

const CHECK: usize = 8;
const HEADER: usize = 4 + CHECK;

/// What is wrong with the bytes of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It does not begin as a journal does.
    #[error("it does not begin as a journal of this version does")]
    Magic,
    /// A frame is bad, and good ones follow.
    #[error("the record at byte {0} is damaged")]
    Frame(usize),
}

/// The readable part of a journal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frames<'b> {
    /// The payloads, in order.
    pub payloads: Vec<&'b [u8]>,
    /// Bytes up to the end of the last good frame.
    pub good: usize,
}

/// One frame.
pub(super) fn encode(payload: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(payload.len()).ok().filter(|_| payload.len() <= LARGEST)?.to_le_bytes();
    let mut frame = Vec::with_capacity(HEADER + payload.len());
    frame.extend_from_slice(&length);
    frame.extend_from_slice(&check(length, payload));
    frame.extend_from_slice(payload);
    Some(frame)
}

/// Reads all frames. What is behind the last good one is a torn tail.
pub(super) fn read(bytes: &[u8]) -> Result<Frames<'_>, Damage> {
    if bytes.len() < MAGIC.len() && MAGIC.starts_with(bytes) {
        return Ok(Frames { payloads: Vec::new(), good: 0 });
    }
    if !bytes.starts_with(MAGIC) {
        return Err(Damage::Magic);
    }
    let mut frames = Frames { payloads: Vec::new(), good: MAGIC.len() };
    while let Some(payload) = frame_at(bytes, frames.good) {
        frames.payloads.push(payload);
        frames.good += HEADER + payload.len();
    }
    if (frames.good + 1..bytes.len()).any(|at| frame_at(bytes, at).is_some()) {
        return Err(Damage::Frame(frames.good));
    }
    Ok(frames)
}

/// The payload of the frame that begins at `at`, if it is whole and right. An empty one is never written.
fn frame_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let (expected, rest) = rest.split_first_chunk::<CHECK>()?;
    let size = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|size| (1..=LARGEST).contains(size))?;
    let payload = rest.get(..size)?;
    (check(*length, payload) == *expected).then_some(payload)
}

fn check(length: [u8; 4], payload: &[u8]) -> [u8; CHECK] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&length).update(payload);
    let mut check = [0; CHECK];
    hasher.finalize_xof().fill(&mut check);
    check
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 0..8)
    }

    /// A file of these payloads, and where each frame ends.
    fn file(payloads: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = MAGIC.to_vec();
        let ends = payloads
            .iter()
            .map(|payload| {
                bytes.extend(encode(payload).unwrap());
                bytes.len()
            })
            .collect();
        (bytes, ends)
    }

    proptest! {
        #[test]
        fn any_cut_loses_only_what_lies_behind_it(payloads in payloads(), cut: prop::sample::Index) {
            let (bytes, ends) = file(&payloads);
            let cut = cut.index(bytes.len() + 1);
            let frames = read(&bytes[..cut]).unwrap();
            let whole = ends.iter().filter(|end| **end <= cut).count();
            prop_assert_eq!(frames.payloads, payloads[..whole].iter().map(Vec::as_slice).collect::<Vec<_>>());
        }

        #[test]
        fn whatever_the_last_frame_is_torn_into_the_others_stay(payloads in payloads(), junk in proptest::collection::vec(any::<u8>(), 0..60)) {
            let (mut bytes, _) = file(&payloads);
            bytes.extend(&junk);
            let frames = read(&bytes).unwrap();
            prop_assert_eq!(frames.payloads, payloads.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }

        #[test]
        fn damage_before_the_last_frame_is_refused(payloads in payloads(), at: prop::sample::Index, bit in 0u8..8) {
            prop_assume!(payloads.len() > 1);
            let (mut bytes, ends) = file(&payloads);
            let at = at.index(ends[ends.len() - 2]);
            bytes[at] ^= 1 << bit;
            prop_assert!(read(&bytes).is_err());
        }
    }
}
