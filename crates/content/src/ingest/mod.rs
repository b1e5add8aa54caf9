//! Taking an archive in, in one pass: checked, unpacked, cut, and stored as segments that were not there before.
//!
//! Nothing is visible until the caller writes rows for what [`ingest`] returns; packs of an ingest that failed are named by
//! no row, and are collected like any other garbage. Memory does not depend on the size of the archive, but for some hundred bytes for
//! each entry and segment.

pub mod payload;
mod single;
mod stages;
mod storer;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, ScopedJoinHandle};

use packhorse_model::Digest;
use packhorse_model::filename::{ArchiveFormat, Packing, packed_name};

use crate::archive::{
    self, ArchiveError, ArchiveRecipe, Container, Contents, Limits, Part, Refused, SNIFFED, Sink, check_format,
};
use crate::inspect::jar;
use crate::pack::{PackStore, StoredPack};
use crate::path::EntryPath;
use crate::segment::FileRef;
use crate::tree::{Entry, EntryKind, Tree};
use payload::Payload;
pub use single::{store_archive, store_file, store_texts};
use stages::{Block, Blocks, Chunk, Chunks};
use storer::{FileCutter, Seen, Stopped, Storer};

/// How many blocks wait between two stages.
const DEPTH: usize = 8;
/// How many batches wait for the packer.
const BATCHES: usize = 4;

/// What is stored already.
pub trait SegmentIndex: Send + Sync {
    /// For each segment, whether it is missing. Asked for thousands at a time.
    ///
    /// # Errors
    /// If it cannot tell.
    fn missing(&self, segments: &[Digest]) -> io::Result<Vec<bool>>;
}

/// Where an archive comes from.
pub enum ArchiveInput<'a> {
    /// A stream, which a tar can be read from, whatever is around it.
    Stream(Box<dyn Read + Send + 'a>),
    /// A file, which can hold any archive. It is read from its beginning.
    File(File),
}

/// What is known of an archive beforehand.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    /// The format that its name says.
    pub format: ArchiveFormat,
    /// The name of the archive: a file that is a package by itself keeps its extension.
    pub file_name: String,
    /// The package, after which a wrapping folder is named, and the file of a jar.
    pub package: String,
    /// The version.
    pub version: String,
    /// How much is accepted.
    pub limits: Limits,
}

/// The digests of an archive as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveDigests {
    /// SHA-256.
    pub sha256: [u8; 32],
    /// MD5, for people who compare with old lists; it proves nothing.
    pub md5: [u8; 16],
    /// BLAKE3.
    pub blake3: Digest,
    /// Its size.
    pub size: u64,
}

/// A file that is stored now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredFile {
    /// The file.
    pub file: FileRef,
    /// The recipe that makes it; none if it is a segment itself, or empty.
    pub recipe: Option<Digest>,
}

/// What became of an archive.
#[derive(Debug)]
pub struct Ingested {
    /// What the version consists of.
    pub tree: Tree,
    /// The tree, stored as a file; its digest is the identity of the version.
    pub tree_file: FileRef,
    /// The folder in the archive that the tree was in.
    pub payload: Option<Payload>,
    /// Of a jar or war, its `META-INF/MANIFEST.MF`, if it has one.
    pub jar_manifest: Option<Vec<u8>>,
    /// The archive as it was uploaded.
    pub archive: ArchiveDigests,
    /// What reproduces the archive, stored as a file: see [`ArchiveRecipe`].
    pub archive_recipe: FileRef,
    /// Every file that this archive needs stored, those of the tree and our own, each once, sorted by digest.
    pub files: Vec<StoredFile>,
    /// The packs that were written, with all segments that are new.
    pub packs: Vec<StoredPack>,
    /// How many bytes the new segments have.
    pub new_bytes: u64,
    /// The segments that were stored already, each once: whoever names this content relies on them.
    pub reused: Vec<Digest>,
}

/// An archive was not taken in. Nothing of it is visible.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The archive is at fault.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It could not be read to its end.
    #[error("the archive could not be read")]
    Read(#[source] io::Error),
    /// What it holds could not be stored.
    #[error("the archive's content could not be stored")]
    Store(#[source] io::Error),
    /// What is stored already could not be told.
    #[error("the index of stored segments could not be asked")]
    Index(#[source] io::Error),
}

impl From<ArchiveError> for IngestError {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Refused(refused) => Self::Refused(refused),
            ArchiveError::Io(error) => Self::Read(error),
        }
    }
}

/// Takes an archive in.
///
/// # Errors
/// [`IngestError::Refused`] by any rule for archives, else what could not be read or written.
pub fn ingest(
    input: ArchiveInput<'_>,
    options: &IngestOptions,
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
) -> Result<Ingested, IngestError> {
    match input {
        ArchiveInput::Stream(mut stream) => {
            let mut head = Vec::with_capacity(SNIFFED);
            stream.by_ref().take(SNIFFED as u64).read_to_end(&mut head).map_err(IngestError::Read)?;
            match check_format(options.format, &head).map_err(Refused::from)? {
                Container::Zip => {
                    Err(IngestError::Read(io::Error::new(io::ErrorKind::NotSeekable, "a zip is read from a file")))
                }
                container => ingest_stream(container, io::Cursor::new(head).chain(stream), options, index, packs),
            }
        }
        ArchiveInput::File(mut file) => {
            file.seek(SeekFrom::Start(0)).map_err(IngestError::Read)?;
            let head = archive::head(&mut file).map_err(IngestError::Read)?;
            match check_format(options.format, &head).map_err(Refused::from)? {
                Container::Zip => ingest_zip(&file, options, index, packs),
                container => ingest_stream(container, file, options, index, packs),
            }
        }
    }
}

/// What cutting an archive has given.
struct Cut {
    tree: Tree,
    tree_file: FileRef,
    payload: Option<Payload>,
    jar_manifest: Option<Vec<u8>>,
    archive_recipe: FileRef,
}

fn ingest_stream(
    container: Container,
    input: impl Read + Send,
    options: &IngestOptions,
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
) -> Result<Ingested, IngestError> {
    if container.is_one_file() {
        return ingest_file(input, options, index, packs);
    }
    ingest_tar(container, input, options, index, packs)
}

fn ingest_file(
    input: impl Read + Send,
    options: &IngestOptions,
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
) -> Result<Ingested, IngestError> {
    thread::scope(|scope| {
        let (chunks_out, chunks) = sync_channel(DEPTH);
        let reader = scope.spawn(move || stages::read(input, &chunks_out));
        let result = store(index, packs, |storer| cut_one_file(chunks, storer, options));
        result.map(|(cut, stored)| ingested(cut, stored, join(reader)))
    })
}

fn ingest_tar(
    container: Container,
    input: impl Read + Send,
    options: &IngestOptions,
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
) -> Result<Ingested, IngestError> {
    thread::scope(|scope| {
        let (chunks_out, chunks) = sync_channel(DEPTH);
        let (blocks_out, blocks) = sync_channel::<Block>(DEPTH);
        let reader = scope.spawn(move || stages::read(input, &chunks_out));
        let unpacker = scope.spawn(move || stages::unpack(container, chunks, &blocks_out));
        let result = store(index, packs, |storer| cut_tar(blocks, storer, options));
        join(unpacker);
        result.map(|(cut, stored)| ingested(cut, stored, join(reader)))
    })
}

fn ingest_zip(
    file: &File,
    options: &IngestOptions,
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
) -> Result<Ingested, IngestError> {
    thread::scope(|scope| {
        let (chunks_out, chunks) = sync_channel(DEPTH);
        let reader = scope.spawn(move || stages::read(file, &chunks_out));
        let (cut, stored) = store(index, packs, |storer| cut_zip(chunks, file, storer, options))?;
        Ok(ingested(cut, stored, join(reader)))
    })
}

fn ingested(cut: Cut, stored: Stored, archive: ArchiveDigests) -> Ingested {
    let Cut { tree, tree_file, payload, jar_manifest, archive_recipe } = cut;
    let Stored { files, packs, new_bytes, reused } = stored;
    Ingested { tree, tree_file, payload, jar_manifest, archive, archive_recipe, files, packs, new_bytes, reused }
}

/// What storing files has given. Nothing of it is visible until rows name it.
#[derive(Debug, Default)]
pub struct Stored {
    /// Every file that was stored, each once, sorted by digest.
    pub files: Vec<StoredFile>,
    /// The packs that were written, with all segments that are new.
    pub packs: Vec<StoredPack>,
    /// How many bytes the new segments have.
    pub new_bytes: u64,
    /// The segments that were stored already, each once: whoever names this content relies on them.
    pub reused: Vec<Digest>,
}

/// Runs `cut` on this thread, with the stages behind it on others.
fn store<T>(
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
    cut: impl FnOnce(&mut Storer<'_>) -> Result<T, IngestError>,
) -> Result<(T, Stored), IngestError> {
    thread::scope(|scope| {
        let (batches_out, batches) = sync_channel(BATCHES);
        let (packs_out, full) = sync_channel(1);
        let packer = scope.spawn(move || stages::pack(&batches, &packs_out));
        let writer = scope.spawn(move || stages::write(&full, packs));
        let mut storer = Storer::new(index, batches_out);
        let result = cut(&mut storer);
        // The storer goes here, and with it what keeps the stages behind it waiting.
        let (result, stored) = match result {
            Ok(value) => match storer.finish() {
                Ok(stored) => (Ok(value), Ok(stored)),
                Err(stopped) => (Ok(value), Err(Some(stopped))),
            },
            Err(error) => (Err(error), Err(storer.stopped())),
        };
        let packed = join(packer);
        let packs = join(writer).map_err(IngestError::Store)?;
        packed.map_err(IngestError::Store)?;
        match (result, stored) {
            (_, Err(Some(Stopped::Index(error)))) => Err(IngestError::Index(error)),
            (_, Err(Some(Stopped::Writer))) => Err(IngestError::Store(io::Error::other("writing packs has stopped"))),
            (Err(error), _) => Err(error),
            (Ok(value), Ok(Seen { mut files, new_bytes, reused })) => {
                files.sort_unstable_by_key(|stored| stored.file.digest);
                Ok((value, Stored { files, packs, new_bytes, reused }))
            }
            (Ok(_), Err(None)) => Err(IngestError::Store(io::Error::other("storing has stopped"))),
        }
    })
}

/// Waits for a stage; if it has panicked, so does this thread.
fn join<T>(stage: ScopedJoinHandle<'_, T>) -> T {
    stage.join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn cut_tar(blocks: Receiver<Block>, storer: &mut Storer<'_>, options: &IngestOptions) -> Result<Cut, IngestError> {
    let mut sink = FileSink::new(storer);
    let contents = archive::tar::read(&mut Blocks::new(blocks), options.limits, &mut sink)?;
    let FileSink { storer, mut framing, framing_before, .. } = sink;
    let framing = framing.finish(storer).map_err(IngestError::Store)?;
    let (tree, payload) = unwrap(&contents.tree, options)?;
    let parts = framing_before.into_iter().zip(&contents.files).map(|(framing, file)| {
        let path = &contents.tree.entries()[*file as usize].path;
        let path =
            payload.as_ref().and_then(|payload| path.strip(payload.folder.as_str())).unwrap_or_else(|| path.clone());
        Some(Part { framing, file: tree.index_of(path.as_str()).and_then(|at| u32::try_from(at).ok())? })
    });
    let parts = parts.collect::<Option<Vec<Part>>>();
    let parts =
        parts.ok_or_else(|| IngestError::Store(io::Error::other("a file of the archive is not in its tree")))?;
    finish(storer, tree, payload, &ArchiveRecipe::Tar { framing, parts })
}

fn cut_zip(
    chunks: Receiver<Chunk>,
    file: &File,
    storer: &mut Storer<'_>,
    options: &IngestOptions,
) -> Result<Cut, IngestError> {
    let whole = cut_stream(Chunks::new(chunks), storer)?;
    // The reader has come to the end and is done with the file, whose place it shares.
    let mut file = file;
    if options.format.packing() == Packing::PackedZip {
        archive::zip::read(&mut file, options.limits, &mut archive::DigestSink::default())?;
        let jar_manifest = archive::zip::member(&mut file, jar::PATH, jar::MOST_BYTES, options.limits)?;
        let cut = finish(storer, packed(&whole, options)?, None, &ArchiveRecipe::Whole(whole))?;
        return Ok(Cut { jar_manifest, ..cut });
    }
    let Contents { tree, .. } = archive::zip::read(&mut file, options.limits, &mut FileSink::new(storer))?;
    let (tree, payload) = unwrap(&tree, options)?;
    finish(storer, tree, payload, &ArchiveRecipe::Whole(whole))
}

fn cut_one_file(chunks: Receiver<Chunk>, storer: &mut Storer<'_>, options: &IngestOptions) -> Result<Cut, IngestError> {
    let whole = cut_stream(Chunks::new(chunks), storer)?;
    if whole.size > options.limits.bytes {
        let what = format!("it has more than {} bytes", options.limits.bytes);
        return Err(Refused::from(archive::Fault::Limit { what }).into());
    }
    finish(storer, packed(&whole, options)?, None, &ArchiveRecipe::Whole(whole))
}

/// The tree of a package that is kept as the one file that it is.
fn packed(whole: &FileRef, options: &IngestOptions) -> Result<Tree, Refused> {
    let name = packed_name(&options.package, &options.file_name, options.format);
    let path = EntryPath::new(&name).map_err(archive::Fault::from)?;
    let mode = if options.format == ArchiveFormat::Bin { 0o755 } else { 0o644 };
    let kind = EntryKind::File { size: whole.size, digest: whole.digest };
    Ok(Tree::new(vec![Entry { path, mode, kind }])?)
}

/// Stores a stream as one file.
fn cut_stream(mut stream: impl io::BufRead, storer: &mut Storer<'_>) -> Result<FileRef, IngestError> {
    let mut file = FileCutter::default();
    loop {
        let bytes = stream.fill_buf().map_err(IngestError::Read)?;
        if bytes.is_empty() {
            return file.finish(storer).map_err(IngestError::Store);
        }
        file.push(storer, bytes).map_err(IngestError::Store)?;
        let count = bytes.len();
        stream.consume(count);
    }
}

fn unwrap(tree: &Tree, options: &IngestOptions) -> Result<(Tree, Option<Payload>), Refused> {
    match payload::detect(tree, &options.package, &options.version) {
        Some(payload) => Ok((payload::unwrap(tree, &payload)?, Some(payload))),
        None => Ok((tree.clone(), None)),
    }
}

fn finish(
    storer: &mut Storer<'_>,
    tree: Tree,
    payload: Option<Payload>,
    recipe: &ArchiveRecipe,
) -> Result<Cut, IngestError> {
    let tree_file = storer.file(&tree.to_bytes()).map_err(IngestError::Store)?;
    let archive_recipe = storer.file(&recipe.to_bytes()).map_err(IngestError::Store)?;
    Ok(Cut { tree, tree_file, payload, jar_manifest: None, archive_recipe })
}

/// Stores the files of an archive, and its framing as another file.
struct FileSink<'s, 'i> {
    storer: &'s mut Storer<'i>,
    file: FileCutter,
    framing: FileCutter,
    /// For each file, how much framing has come since the one before.
    framing_before: Vec<u64>,
    framing_since: u64,
}

impl<'s, 'i> FileSink<'s, 'i> {
    fn new(storer: &'s mut Storer<'i>) -> Self {
        Self {
            storer,
            file: FileCutter::default(),
            framing: FileCutter::default(),
            framing_before: Vec::new(),
            framing_since: 0,
        }
    }
}

impl Sink for FileSink<'_, '_> {
    fn framing(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.framing_since += bytes.len() as u64;
        self.framing.push(self.storer, bytes)
    }

    fn begin(&mut self, size: u64) -> io::Result<()> {
        self.framing_before.push(std::mem::take(&mut self.framing_since));
        self.file.begin(size);
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.push(self.storer, bytes)
    }

    fn end(&mut self) -> io::Result<Digest> {
        Ok(self.file.finish(self.storer)?.digest)
    }
}
