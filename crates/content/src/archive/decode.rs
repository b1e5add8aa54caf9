//! Decompression of one stream, block by block: gzip, bzip2, xz, zstd, or none.
//!
//! Exactly one stream is accepted. What follows it, be it garbage or a second stream, refuses the archive, and so does an end
//! in the middle, so that the bytes that are hashed are the bytes that were unpacked.

use std::io::{self, BufRead};

use zlib_rs::{Inflate, InflateError, InflateFlush};
use zstd::stream::raw::{InBuffer, Operation, OutBuffer};

use super::fault::{ArchiveError, Fault};
use super::format::Container;
use super::limits::check_ratio;

/// The most memory that an xz stream may ask for; its strongest preset takes 65 MiB.
const XZ_MEMORY: u64 = 96 << 20;
/// The largest zstd window, as a power of two; what the zstd tool itself accepts.
const ZSTD_WINDOW_LOG: u32 = 27;

enum Codec {
    None,
    Gzip(Box<Inflate>),
    Bzip2(bzip2::Decompress),
    Xz(liblzma::stream::Stream),
    Zstd(zstd::stream::raw::Decoder<'static>),
}

/// What one call did.
struct Progress {
    consumed: usize,
    produced: usize,
    ended: bool,
}

/// Unpacks a stream into blocks.
pub(crate) struct Decoder<R> {
    input: R,
    codec: Codec,
    packed: u64,
    unpacked: u64,
    ended: bool,
}

impl<R: BufRead> Decoder<R> {
    /// Unpacks `input`, which stands at the beginning of the stream.
    ///
    /// # Errors
    /// If a library cannot allocate its state.
    pub(crate) fn new(container: Container, input: R) -> io::Result<Self> {
        let codec = match container {
            Container::Gzip => Codec::Gzip(Box::new(Inflate::new(true, 16 + 15))),
            Container::Bzip2 => Codec::Bzip2(bzip2::Decompress::new(false)),
            Container::Xz => Codec::Xz(liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, 0)?),
            Container::Zstd => {
                let mut decoder = zstd::stream::raw::Decoder::new()?;
                decoder.set_parameter(zstd::zstd_safe::DParameter::WindowLogMax(ZSTD_WINDOW_LOG))?;
                Codec::Zstd(decoder)
            }
            _ => Codec::None,
        };
        Ok(Self { input, codec, packed: 0, unpacked: 0, ended: false })
    }

    /// Fills `block` as far as there is data; 0 at the end, which has then been proven to be the end.
    ///
    /// # Errors
    /// By the rules of this module; and those of the input.
    pub(crate) fn read(&mut self, block: &mut [u8]) -> Result<usize, ArchiveError> {
        let mut filled = 0;
        while filled < block.len() && !self.ended {
            let input = fill(&mut self.input)?;
            let at_end = input.is_empty();
            let progress = self.codec.run(input, &mut block[filled..])?;
            self.input.consume(progress.consumed);
            self.packed += progress.consumed as u64;
            self.unpacked += progress.produced as u64;
            filled += progress.produced;
            if !matches!(self.codec, Codec::None) {
                check_ratio(self.packed, self.unpacked)?;
            }
            if progress.ended {
                self.ended = true;
                if !fill(&mut self.input)?.is_empty() {
                    return Err(Fault::Trailing { what: "bytes follow the end of the compressed stream" }.into());
                }
            } else if at_end && progress.produced == 0 {
                return Err(Fault::Truncated { what: "the compressed stream has no end" }.into());
            }
        }
        Ok(filled)
    }
}

/// `fill_buf` that goes on after an interruption.
fn fill<R: BufRead>(input: &mut R) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    input.fill_buf()
}

fn corrupt(error: &impl ToString) -> ArchiveError {
    Fault::Corrupt { why: error.to_string() }.into()
}

impl Codec {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Result<Progress, ArchiveError> {
        match self {
            Self::None => {
                let count = input.len().min(output.len());
                output[..count].copy_from_slice(&input[..count]);
                Ok(Progress { consumed: count, produced: count, ended: input.is_empty() })
            }
            Self::Gzip(inflate) => run_inflate(inflate, input, output),
            Self::Bzip2(stream) => {
                let (before_in, before_out) = (stream.total_in(), stream.total_out());
                let status = stream.decompress(input, output).map_err(|error| corrupt(&error))?;
                Ok(Progress {
                    consumed: difference(before_in, stream.total_in()),
                    produced: difference(before_out, stream.total_out()),
                    ended: status == bzip2::Status::StreamEnd,
                })
            }
            Self::Xz(stream) => {
                let (before_in, before_out) = (stream.total_in(), stream.total_out());
                let status = stream.process(input, output, liblzma::stream::Action::Run).map_err(xz_fault)?;
                Ok(Progress {
                    consumed: difference(before_in, stream.total_in()),
                    produced: difference(before_out, stream.total_out()),
                    ended: status == liblzma::stream::Status::StreamEnd,
                })
            }
            Self::Zstd(decoder) => {
                let mut from = InBuffer::around(input);
                let mut to = OutBuffer::around(output);
                let remaining = decoder.run(&mut from, &mut to).map_err(|error| corrupt(&error))?;
                Ok(Progress { consumed: from.pos(), produced: to.pos(), ended: remaining == 0 })
            }
        }
    }
}

/// One step of inflating, for gzip streams and zip members alike.
fn run_inflate(inflate: &mut Inflate, input: &[u8], output: &mut [u8]) -> Result<Progress, ArchiveError> {
    let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
    let status = inflate.decompress(input, output, InflateFlush::NoFlush).map_err(inflate_fault)?;
    Ok(Progress {
        consumed: difference(before_in, inflate.total_in()),
        produced: difference(before_out, inflate.total_out()),
        ended: status == zlib_rs::Status::StreamEnd,
    })
}

fn inflate_fault(error: InflateError) -> ArchiveError {
    let why = match error {
        InflateError::NeedDict { .. } | InflateError::DataError => {
            "the compressed data are not valid, or their checksum differs"
        }
        InflateError::StreamError | InflateError::MemError => error.as_str(),
    };
    Fault::Corrupt { why: why.to_owned() }.into()
}

fn xz_fault(error: liblzma::stream::Error) -> ArchiveError {
    match error {
        liblzma::stream::Error::MemLimit => {
            Fault::Limit { what: format!("unpacking it takes more than {} MiB of memory", XZ_MEMORY >> 20) }.into()
        }
        other => corrupt(&other),
    }
}

/// How far a counter of a library has moved: never more than the buffers that it was given.
fn difference(before: u64, after: u64) -> usize {
    usize::try_from(after - before).unwrap_or(usize::MAX)
}

/// Inflates one zip member: raw deflate, of a length that is known.
pub(crate) struct MemberInflate(Box<Inflate>);

impl MemberInflate {
    pub(crate) fn new() -> Self {
        Self(Box::new(Inflate::new(false, 15)))
    }

    pub(crate) fn reset(&mut self) {
        self.0.reset(false);
    }

    /// Unpacks some of `input`; gives what was consumed, what was produced, and whether the data have ended.
    pub(crate) fn run(&mut self, input: &[u8], output: &mut [u8]) -> Result<(usize, usize, bool), ArchiveError> {
        run_inflate(&mut self.0, input, output).map(|progress| (progress.consumed, progress.produced, progress.ended))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packed(container: Container, text: &[u8]) -> Vec<u8> {
        match container {
            Container::Gzip => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                out.write_all(text).unwrap();
                out.finish().unwrap()
            }
            Container::Bzip2 => {
                let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
                out.write_all(text).unwrap();
                out.finish().unwrap()
            }
            Container::Xz => {
                let mut out = liblzma::write::XzEncoder::new(Vec::new(), 6);
                out.write_all(text).unwrap();
                out.finish().unwrap()
            }
            Container::Zstd => {
                let mut out = zstd::Encoder::new(Vec::new(), 3).unwrap();
                out.include_checksum(true).unwrap();
                out.write_all(text).unwrap();
                out.finish().unwrap()
            }
            _ => text.to_vec(),
        }
    }

    fn unpack(container: Container, bytes: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        // Small buffers on both sides: every boundary is crossed.
        let mut decoder = Decoder::new(container, io::BufReader::with_capacity(7, bytes))?;
        let (mut out, mut block) = (Vec::new(), [0; 11]);
        loop {
            match decoder.read(&mut block)? {
                0 => return Ok(out),
                count => out.extend_from_slice(&block[..count]),
            }
        }
    }

    fn code(result: Result<Vec<u8>, ArchiveError>) -> &'static str {
        match result.unwrap_err() {
            ArchiveError::Refused(refused) => refused.fault.code(),
            ArchiveError::Io(error) => panic!("{error}"),
        }
    }

    const ALL: [Container; 4] = [Container::Gzip, Container::Bzip2, Container::Xz, Container::Zstd];

    #[test]
    fn unpacks_each_format() {
        let text: Vec<u8> = (0..5000u32).flat_map(|i| (i / 7).to_le_bytes()).collect();
        for container in ALL.into_iter().chain([Container::Tar]) {
            assert_eq!(unpack(container, &packed(container, &text)).unwrap(), text, "{container:?}");
        }
    }

    #[test]
    fn refuses_a_missing_end_at_every_length() {
        for container in ALL {
            let whole = packed(container, b"some text, some text");
            for end in 1..whole.len() {
                assert_eq!(code(unpack(container, &whole[..end])), "PKG_TRUNCATED", "{container:?} {end}");
            }
        }
    }

    #[test]
    fn refuses_whatever_follows() {
        for container in ALL {
            let whole = packed(container, b"some text");
            assert_eq!(code(unpack(container, &[&whole[..], b"garbage"].concat())), "PKG_TRAILING", "{container:?}");
            assert_eq!(code(unpack(container, &[&whole[..], &whole[..]].concat())), "PKG_TRAILING", "{container:?}");
        }
    }

    #[test]
    fn refuses_a_changed_byte() {
        for container in ALL {
            let whole = packed(container, b"some text");
            // A byte of the checksummed data, somewhere in the middle.
            let mut bytes = whole.clone();
            let at = whole.len() / 2;
            bytes[at] ^= 0x55;
            assert!(
                unpack(container, &bytes).is_err_and(|error| matches!(error, ArchiveError::Refused(_))),
                "{container:?}"
            );
        }
    }

    #[test]
    fn stops_a_bomb() {
        let bomb = packed(Container::Gzip, &vec![0; 16 << 20]);
        let mut decoder = Decoder::new(Container::Gzip, &bomb[..]).unwrap();
        let mut block = vec![0; 1 << 16];
        let mut total = 0;
        let error = loop {
            match decoder.read(&mut block) {
                Ok(count) => total += count,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, ArchiveError::Refused(refused) if refused.fault == Fault::Ratio));
        assert!(total < 8 << 20);
    }
}
