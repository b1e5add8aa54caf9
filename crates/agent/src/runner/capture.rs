//! Output with a bound, without secrets: all of what comes first, and the end of what comes last.

use std::collections::VecDeque;
use std::io::{self, Write};

use super::mask::Mask;

/// Bytes from the beginning, which are written as they come.
const HEAD: usize = 512 << 10;
/// Bytes from the end, which are written when it is known where the end is.
const TAIL: usize = 512 << 10;

/// Writes output to `file`, which only grows, and is never longer than a mebibyte and a line.
#[derive(Debug)]
pub(super) struct Capture<W> {
    file: W,
    mask: Mask,
    head_left: usize,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl<W: Write> Capture<W> {
    pub(super) fn new(file: W, mask: Mask) -> Self {
        Self { file, mask, head_left: HEAD, tail: VecDeque::new(), left_out: 0 }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        let shown = self.mask.push(bytes);
        self.take(&shown)
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (head, rest) = bytes.split_at(bytes.len().min(self.head_left));
        self.head_left -= head.len();
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..over);
        self.left_out += over as u64;
        self.file.write_all(head)
    }

    /// Writes the end, and gives the file back.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let held = self.mask.finish();
        self.take(&held)?;
        if self.left_out > 0 {
            write!(self.file, "\n[{} bytes are left out here]\n", self.left_out)?;
        }
        let (a, b) = self.tail.as_slices();
        self.file.write_all(a)?;
        self.file.write_all(b)?;
        Ok(self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(pieces: &[Vec<u8>]) -> Vec<u8> {
        let mut capture = Capture::new(Vec::new(), Mask::default());
        pieces.iter().for_each(|piece| capture.push(piece).unwrap());
        capture.finish().unwrap()
    }

    #[test]
    fn up_to_the_bound_everything_is_kept() {
        let pieces: Vec<_> = (0..16u8).map(|number| vec![number; (HEAD + TAIL) / 16]).collect();
        assert_eq!(captured(&pieces), pieces.concat());
    }

    #[test]
    fn beyond_it_the_beginning_and_the_end_are_kept() {
        let pieces: Vec<_> = (0..100u8).map(|number| vec![number; 100_000]).collect();
        let (all, kept) = (pieces.concat(), captured(&pieces));
        let note = format!("\n[{} bytes are left out here]\n", all.len() - HEAD - TAIL);
        assert_eq!(kept.len(), HEAD + TAIL + note.len());
        assert_eq!(kept[..HEAD], all[..HEAD]);
        assert_eq!(kept[HEAD..HEAD + note.len()], *note.as_bytes());
        assert_eq!(kept[HEAD + note.len()..], all[all.len() - TAIL..]);
    }
}
