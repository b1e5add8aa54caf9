//! Tar, read by our own parser: ustar, PAX and GNU long names, and nothing that two programs could read in two ways.

mod extension;
mod header;

pub(crate) use header::Header;

use super::fault::{ArchiveError, Fault};
use super::limits::Limits;
use super::{Contents, Listing, Sink, Stream};
use crate::path::{EntryPath, LinkTarget, shorten};
use extension::{Extension, MAX_EXTENSION};
use header::{BLOCK_SIZE, Kind};

/// How many zeros may follow the end mark: more than the largest record that tar writes by default, or with any sensible option.
const MAX_TAIL: u64 = 16 << 20;

/// Reads a tar to its end.
///
/// # Errors
/// By any rule of the catalogue; and those of the stream and the sink.
pub(crate) fn read(stream: &mut impl Stream, limits: Limits, sink: &mut impl Sink) -> Result<Contents, ArchiveError> {
    let mut reader = TarReader { stream, sink, listing: Listing::new(limits), at_start: true };
    while let Some(header) = reader.next_header()? {
        reader.entry(&header)?;
    }
    reader.tail()?;
    Ok(reader.listing.finish()?)
}

struct TarReader<'a, T, S> {
    stream: &'a mut T,
    sink: &'a mut S,
    listing: Listing,
    at_start: bool,
}

impl<T: Stream, S: Sink> TarReader<'_, T, S> {
    /// The next header, or none at the end mark (two blocks of zeros).
    fn next_header(&mut self) -> Result<Option<Header>, ArchiveError> {
        let block = self.block()?;
        if block != [0; BLOCK_SIZE] {
            let Some(header) = Header::new(block) else {
                let why = if self.at_start { "it holds no tar" } else { "a header does not have its checksum" };
                return Err(Fault::Corrupt { why: why.to_owned() }.into());
            };
            self.at_start = false;
            return Ok(Some(header));
        }
        if self.block()? != [0; BLOCK_SIZE] {
            return Err(Fault::Corrupt { why: "a block of zeros stands where a header should be".to_owned() }.into());
        }
        Ok(None)
    }

    /// Reads an entry from its first header, which may announce an extension, to the end of its data.
    fn entry(&mut self, first: &Header) -> Result<(), ArchiveError> {
        let mut extension = Extension::default();
        let mut header = first.clone();
        loop {
            let kind = header
                .kind()
                .map_err(|fault| ArchiveError::from(fault).at(&String::from_utf8_lossy(&header.path())))?;
            match kind {
                Kind::Extension(part) => {
                    let size = header.size()?;
                    if size > MAX_EXTENSION {
                        return Err(
                            Fault::Limit { what: format!("an entry has an extended header of {size} bytes") }.into()
                        );
                    }
                    let text = self.small_data(size)?;
                    extension.add(part, &text)?;
                }
                Kind::Content(kind) => return self.content(&header, kind, &extension),
            }
            header = match self.next_header()? {
                Some(header) => header,
                None => return Err(Fault::Truncated { what: "an extended header has no entry" }.into()),
            };
        }
    }

    fn content(&mut self, header: &Header, kind: header::Content, extension: &Extension) -> Result<(), ArchiveError> {
        let name = extension.path().map_or_else(|| header.path(), <[u8]>::to_vec);
        let shown = shorten(&String::from_utf8_lossy(&name));
        self.named_content(header, kind, extension, &name).map_err(|error| error.at(&shown))
    }

    fn named_content(
        &mut self,
        header: &Header,
        kind: header::Content,
        extension: &Extension,
        name: &[u8],
    ) -> Result<(), ArchiveError> {
        let size = extension.size_over(header.size()?)?;
        let (name, is_folder_name) = plain(name);
        let kind = if kind == header::Content::File && is_folder_name && size == 0 {
            header::Content::Directory
        } else {
            kind
        };
        if size != 0 && kind != header::Content::File {
            return Err(Fault::Size { why: format!("it is no regular file, but announces {size} bytes") }.into());
        }
        let link = || extension.link().map_or_else(|| header.link(), <[u8]>::to_vec);
        match kind {
            // The folder that was packed, itself.
            header::Content::Directory if name.is_empty() => {}
            header::Content::Directory => self.listing.directory(path(name)?, header.mode()?)?,
            header::Content::Symlink => {
                let target = LinkTarget::from_bytes(&link())
                    .map_err(|error| Fault::Link { why: format!("as a link's target, {error}") })?;
                self.listing.symlink(path(name)?, target)?;
            }
            header::Content::HardLink => {
                let target = link();
                let target = path(plain(&target).0)
                    .map_err(|error| Fault::Link { why: format!("as a hard link's target, {error}") })?;
                self.listing.hard_link(path(name)?, &target)?;
            }
            header::Content::File => {
                let slot = self.listing.file(path(name)?, header.mode()?, size)?;
                self.sink.begin(size)?;
                self.data(size, S::data)?;
                let digest = self.sink.end()?;
                self.listing.file_done(slot, digest);
                self.padding(size)?;
            }
        }
        Ok(())
    }

    /// One block of framing.
    fn block(&mut self) -> Result<[u8; BLOCK_SIZE], ArchiveError> {
        let mut block = [0; BLOCK_SIZE];
        let mut filled = 0;
        while filled < BLOCK_SIZE {
            let bytes = self.stream.fill()?;
            if bytes.is_empty() {
                return Err(Fault::Truncated { what: "the end mark of the tar is missing" }.into());
            }
            let count = bytes.len().min(BLOCK_SIZE - filled);
            block[filled..filled + count].copy_from_slice(&bytes[..count]);
            self.stream.consume(count);
            filled += count;
        }
        self.sink.framing(&block)?;
        Ok(block)
    }

    /// Framing of a size that has been found small, without its padding, which is read too.
    fn small_data(&mut self, size: u64) -> Result<Vec<u8>, ArchiveError> {
        let mut text = Vec::new();
        self.data(size, |sink, bytes| {
            text.extend_from_slice(bytes);
            sink.framing(bytes)
        })?;
        self.padding(size)?;
        Ok(text)
    }

    fn padding(&mut self, size: u64) -> Result<(), ArchiveError> {
        self.data(size.wrapping_neg() % BLOCK_SIZE as u64, S::framing)
    }

    fn data(
        &mut self,
        size: u64,
        mut take: impl FnMut(&mut S, &[u8]) -> std::io::Result<()>,
    ) -> Result<(), ArchiveError> {
        let mut left = size;
        while left > 0 {
            let bytes = self.stream.fill()?;
            if bytes.is_empty() {
                return Err(Fault::Truncated { what: "the data of a file are cut off" }.into());
            }
            let count = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
            take(self.sink, &bytes[..count])?;
            self.stream.consume(count);
            left -= count as u64;
        }
        Ok(())
    }

    /// Behind the end mark only zeros may stand, which fill the last record.
    fn tail(&mut self) -> Result<(), ArchiveError> {
        let mut length = 0;
        loop {
            let bytes = self.stream.fill()?;
            let count = bytes.len();
            length += count as u64;
            if count == 0 {
                return Ok(());
            }
            if length > MAX_TAIL || bytes.iter().any(|byte| *byte != 0) {
                return Err(Fault::Trailing { what: "something follows the end mark of the tar" }.into());
            }
            self.sink.framing(bytes)?;
            self.stream.consume(count);
        }
    }
}

fn path(name: &[u8]) -> Result<EntryPath, Fault> {
    Ok(EntryPath::from_bytes(name)?)
}

/// A name without the `./` before it and the `/` after it, and whether that `/` was there.
fn plain(mut name: &[u8]) -> (&[u8], bool) {
    let mut is_folder = false;
    while let Some(rest) = name.strip_prefix(b"./") {
        name = rest;
        is_folder = true;
    }
    if name == b"." {
        return (b"", true);
    }
    // What is left of "./" is the folder itself; of "./a", a file.
    is_folder &= name.is_empty();
    match name.strip_suffix(b"/") {
        Some(rest) if !rest.is_empty() => (rest, true),
        _ => (name, is_folder),
    }
}
