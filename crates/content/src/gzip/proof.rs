//! Finding the level of zlib that made a file.

use std::io::{self, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::header;
use super::recipe::{Deflater, GzipRecipe, Level, trailer};

/// How much is read, and inflated, at a time.
const PIECE: usize = 64 * 1024;
/// All levels are tried on this much of the content; the whole is compared with those only that agree so far.
const TRIAL: u64 = 1024 * 1024;
/// zlib writes a block after at most 16,384 symbols, so output that agrees is never further behind than this.
const LONGEST_LAG: usize = 256 * 1024;

/// Finds the recipe of a `.gz` file, or `None` if no level of stock zlib makes these bytes, or if they are not one whole
/// gzip member. `open` gives a new reader of the file each time: twice when all goes as expected.
///
/// # Errors
/// Only those of opening and reading.
pub fn prove<R: Read>(mut open: impl FnMut() -> io::Result<R>) -> io::Result<Option<GzipRecipe>> {
    let mut input = open()?;
    let Some(header) = header::read(&mut input)? else { return Ok(None) };
    let levels = header::likely_levels(&header).into_iter().filter_map(|level| Level::try_from(level).ok()).collect();
    match compare(levels, input, TRIAL)? {
        Comparison::NotGzip => Ok(None),
        Comparison::Whole(found) => Ok(found.map(|found| found.recipe(header))),
        Comparison::AgreeSoFar(levels) => {
            for level in levels {
                let mut input = open()?;
                io::copy(&mut (&mut input).take(header.len() as u64), &mut io::sink())?;
                if let Comparison::Whole(Some(found)) = compare(vec![level], input, u64::MAX)? {
                    return Ok(Some(found.recipe(header)));
                }
            }
            Ok(None)
        }
    }
}

struct Found {
    level: Level,
    inflated_size: u64,
    /// Without the header.
    deflated_size: u64,
}

impl Found {
    fn recipe(self, header: Vec<u8>) -> GzipRecipe {
        let size = header.len() as u64 + self.deflated_size + 8;
        GzipRecipe { header, level: self.level, inflated_size: self.inflated_size, size }
    }
}

enum Comparison {
    /// The bytes are damaged, or something follows the member.
    NotGzip,
    /// The limit was reached, and these levels make what was seen; in the order in which they were given.
    AgreeSoFar(Vec<Level>),
    /// Everything was compared.
    Whole(Option<Found>),
}

/// Deflates again, at each of these levels, what `input` inflates to, up to `limit` bytes of it.
fn compare(levels: Vec<Level>, input: impl Read, limit: u64) -> io::Result<Comparison> {
    let mut member = Member::new(input);
    let mut candidates: Vec<_> = levels.into_iter().map(Candidate::new).collect();
    loop {
        let step = member.step()?;
        let mut agreeing = Vec::with_capacity(candidates.len());
        for mut candidate in candidates {
            if candidate.agrees(member.deflated(), &member.inflated, matches!(step, Step::End))? {
                agreeing.push(candidate);
            }
        }
        candidates = agreeing;
        match step {
            Step::Damaged => return Ok(Comparison::NotGzip),
            Step::End => {
                return Ok(Comparison::Whole(candidates.first().map(|candidate| Found {
                    level: candidate.level,
                    inflated_size: member.inflate.total_out(),
                    deflated_size: member.inflate.total_in(),
                })));
            }
            Step::More if candidates.is_empty() => return Ok(Comparison::Whole(None)),
            Step::More if member.inflate.total_out() >= limit => {
                return Ok(Comparison::AgreeSoFar(candidates.iter().map(|candidate| candidate.level).collect()));
            }
            Step::More => {}
        }
    }
}

/// One level, and how far its output agrees with the original.
struct Candidate {
    level: Level,
    deflater: Deflater,
    /// What the original has, and what the level made of it: the longer of the two waits for the other.
    original: Vec<u8>,
    made: Vec<u8>,
}

impl Candidate {
    fn new(level: Level) -> Self {
        Self { level, deflater: Deflater::new(level), original: Vec::new(), made: Vec::new() }
    }

    fn agrees(&mut self, deflated: &[u8], inflated: &[u8], end: bool) -> io::Result<bool> {
        self.original.extend_from_slice(deflated);
        if !inflated.is_empty() {
            self.deflater.push(inflated, &mut self.made)?;
        }
        if end {
            self.deflater.push(&[], &mut self.made)?;
        }
        let common = self.original.len().min(self.made.len());
        if self.original[..common] != self.made[..common] {
            return Ok(false);
        }
        self.original.drain(..common);
        self.made.drain(..common);
        let behind = self.original.len().max(self.made.len());
        Ok(behind <= if end { 0 } else { LONGEST_LAG })
    }
}

/// A gzip member behind its header, inflated piece by piece.
struct Member<R> {
    input: R,
    inflate: Decompress,
    crc: Crc,
    buffer: Vec<u8>,
    /// Within the buffer: what the last step consumed, and what was read.
    consumed: std::ops::Range<usize>,
    filled: usize,
    /// What the last step gave.
    inflated: Vec<u8>,
}

enum Step {
    More,
    End,
    Damaged,
}

impl<R: Read> Member<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            inflate: Decompress::new(false),
            crc: Crc::new(),
            buffer: vec![0; PIECE],
            consumed: 0..0,
            filled: 0,
            inflated: Vec::with_capacity(PIECE),
        }
    }

    /// The deflated bytes from which the last step made [`Member::inflated`].
    fn deflated(&self) -> &[u8] {
        &self.buffer[self.consumed.clone()]
    }

    fn step(&mut self) -> io::Result<Step> {
        if self.consumed.end == self.filled {
            self.filled = self.input.read(&mut self.buffer)?;
            self.consumed = 0..0;
        }
        self.inflated.clear();
        let (start, before) = (self.consumed.end, self.inflate.total_in());
        let input = &self.buffer[start..self.filled];
        let status = self.inflate.decompress_vec(input, &mut self.inflated, FlushDecompress::None);
        let taken = usize::try_from(self.inflate.total_in() - before).map_err(io::Error::other)?;
        self.consumed = start..start + taken;
        self.crc.update(&self.inflated);
        Ok(match status {
            Ok(Status::StreamEnd) if self.ends_with_trailer()? => Step::End,
            Ok(Status::Ok | Status::BufError) if taken > 0 || !self.inflated.is_empty() => Step::More,
            _ => Step::Damaged,
        })
    }

    /// Whether exactly the right trailer follows.
    fn ends_with_trailer(&mut self) -> io::Result<bool> {
        let mut rest = self.buffer[self.consumed.end..self.filled].to_vec();
        (&mut self.input).take(9).read_to_end(&mut rest)?;
        Ok(rest == trailer(&self.crc))
    }
}
