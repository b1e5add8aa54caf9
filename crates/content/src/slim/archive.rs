//! The sender's side: an archive, cut as the receiver would cut it.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::Path;

use packhorse_model::Digest;
use packhorse_model::filename::ArchiveFormat;

use super::SlimList;
use crate::archive::ArchiveRecipe;
use crate::gzip::{self, GzipRecipe};
use crate::ingest::{ArchiveInput, IngestError, IngestOptions, SegmentIndex, StoredFile, ingest};
use crate::pack::{DirectoryPacks, Filling, PackSource, PackWriter, StoredPack};
use crate::segment::Segment;
use crate::segment::cut::Density;
use crate::source::ContentSource;
use crate::tree::EntryKind;

/// Why an archive cannot be pushed slim.
#[derive(Debug, thiserror::Error)]
pub enum SlimError {
    /// Nothing that we can write down makes these bytes again: they must be sent as they are.
    #[error("no recipe makes this archive again bit for bit")]
    NoRecipe,
    /// It cannot be pushed at all.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// What was cut could not be read again.
    #[error("what the archive was cut into could not be read")]
    Read(#[from] io::Error),
}

/// An archive that was cut, and for which a recipe is proven.
pub struct SlimArchive {
    list: SlimList,
    /// All files from which the archive is made, each once.
    files: Vec<StoredFile>,
    /// All segments, in the order in which they lie in `source`.
    segments: Vec<Segment>,
    source: PackSource<DirectoryPacks>,
}

impl SlimArchive {
    /// Cuts an archive, and keeps what it was cut into in `folder`, which needs room for about its size. The compression of a `.tar.gz` is proven
    /// first, by making it again and comparing every byte.
    ///
    /// # Errors
    /// [`SlimError::NoRecipe`] if it has to be sent as it is, [`SlimError::Ingest`] if the server would refuse it.
    pub fn cut(archive: &Path, options: &IngestOptions, folder: &Path) -> Result<Self, SlimError> {
        let open = || File::open(archive).map_err(|error| SlimError::Ingest(IngestError::Read(error)));
        let gzip = match options.format {
            ArchiveFormat::TarGz => {
                Some(gzip::prove(|| File::open(archive)).map_err(IngestError::Read)?.ok_or(SlimError::NoRecipe)?)
            }
            ArchiveFormat::TarBz2 | ArchiveFormat::TarXz | ArchiveFormat::TarZst => return Err(SlimError::NoRecipe),
            // What has nothing around it is what it was cut into.
            _ => None,
        };
        let packs = DirectoryPacks::open(folder)?;
        let ingested = ingest(ArchiveInput::File(open()?), options, &Nothing, &packs)?;
        let mut source = PackSource::new(packs);
        let lie = || ingested.packs.iter().flat_map(|pack| &pack.segments);
        source.add_segments(lie().map(|(segment, location)| (segment.digest, *location)));
        source.add_recipes(ingested.files.iter().filter_map(|stored| Some((stored.file.digest, stored.recipe?))));
        let segments = lie().map(|(segment, _)| *segment).collect();

        let recipe = ingested.archive_recipe;
        let mut bytes = Vec::new();
        io::copy(&mut source.read(&recipe.digest, recipe.size)?, &mut bytes)?;
        let mut needed = HashSet::from([recipe.digest]);
        match ArchiveRecipe::from_bytes(&bytes).map_err(io::Error::from)? {
            ArchiveRecipe::Whole(file) => drop(needed.insert(file.digest)),
            ArchiveRecipe::Tar { framing, .. } => {
                needed.extend([framing.digest, ingested.tree_file.digest]);
                needed.extend(ingested.tree.iter().filter_map(|entry| match &entry.kind {
                    EntryKind::File { digest, .. } => Some(*digest),
                    _ => None,
                }));
            }
        }
        let needed = |stored: &StoredFile| stored.file.size > 0 && needed.contains(&stored.file.digest);
        let files = ingested.files.into_iter().filter(needed).collect();
        let list = SlimList {
            archive: crate::segment::FileRef { digest: ingested.archive.blake3, size: ingested.archive.size },
            recipe,
            tree: ingested.tree_file,
            gzip,
            files: Vec::new(),
        };
        Ok(Self { list, files, segments, source })
    }

    /// The files from which the archive is made, each once, none empty.
    #[must_use]
    pub fn files(&self) -> &[StoredFile] {
        &self.files
    }

    /// How the compression around it is made again.
    #[must_use]
    pub fn gzip(&self) -> Option<&GzipRecipe> {
        self.list.gzip.as_ref()
    }

    /// What a receiver that lacked these files makes the archive from.
    #[must_use]
    pub fn list(&self, lacking: &[StoredFile]) -> SlimList {
        let files = lacking.iter().filter(|stored| stored.recipe.is_some()).copied().collect();
        SlimList { files, ..self.list.clone() }
    }

    /// The segments that a file's recipe names, in order.
    ///
    /// # Errors
    /// If what was cut cannot be read again.
    pub fn segments_of(&self, file: &StoredFile) -> io::Result<Vec<Digest>> {
        let recipe = self.source.recipe(&file.file.digest, file.file.size)?;
        Ok(recipe.stored().map(|segment| segment.digest).collect())
    }

    /// Packs these segments for sending, and gives each pack, when it is full, to `finished`.
    ///
    /// # Errors
    /// If what was cut cannot be read again, and those of `finished`.
    pub fn pack(
        &self,
        wanted: &HashSet<Digest>,
        finished: impl FnMut(StoredPack, Vec<u8>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut writer = PackWriter::new(Filling::SENT, finished)?;
        for segment in self.segments.iter().filter(|segment| wanted.contains(&segment.digest)) {
            writer.add(*segment, &self.source.segment(segment)?, Density::Unknown)?;
        }
        writer.finish()
    }
}

/// Everything is new to whoever cuts for the first time.
struct Nothing;

impl SegmentIndex for Nothing {
    fn missing(&self, segments: &[Digest]) -> io::Result<Vec<bool>> {
        Ok(vec![true; segments.len()])
    }
}
