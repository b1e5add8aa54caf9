//! Making an archive from a list of what it is made of, and taking it in as if it had been pushed whole.
//!
//! Nothing that the list says is believed: the bytes that it makes go through the same ingest as those of a push, which cuts, hashes and judges
//! them anew. So there is no path, digest or size in a row that does not come from bytes that were seen here.

use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use packhorse_content::Tree;
use packhorse_content::archive_out::{Original, write_original};
use packhorse_content::ingest::{ArchiveInput, IngestOptions, Ingested, ingest};
use packhorse_content::pack::PackSource;
use packhorse_content::slim::SlimList;
use packhorse_model::Digest;
use packhorse_model::filename::{ArchiveFormat, Packing};
use tokio::runtime::Handle;

use super::receive::{OriginalKept, Received, refused, stored};
use crate::app::App;
use crate::error::ApiError;
use crate::objects::{AnnouncedPacks, Library, Packs, StoredSegments, open_archive, with_gzip};

/// Makes the archive and takes it in; gives also the staged packs that were used.
pub(crate) async fn assemble(
    app: &App,
    options: IngestOptions,
    list: SlimList,
) -> Result<(Received, Vec<Digest>), ApiError> {
    check(&options, &list)?;
    let library = Library::with_staged(app.store.clone(), &app.objects, &list.files);
    let index = StoredSegments::new(app.store.clone(), Handle::current());
    let packs = AnnouncedPacks::new(app.clone(), Handle::current());
    let spool = app.config.data.join("tmp");
    let made = tokio::task::spawn_blocking(move || {
        let (recipe, tree, source) = open_archive(&library, list.recipe, list.tree).map_err(unmakeable)?;
        let original = match list.gzip.clone() {
            Some(gzip) => OriginalKept::Proven(gzip),
            None => OriginalKept::No,
        };
        let making = Making { original: with_gzip(recipe, list.gzip), archive: list.archive.digest, tree, source };
        let ingested = match options.format.packing() {
            Packing::Zip | Packing::PackedZip => spooled(&making, &spool, &options, &index, &packs),
            Packing::Tar | Packing::OneFile => streamed(&making, &options, &index, &packs),
        };
        Ok::<_, ApiError>((Received { ingested: ingested?, original }, library.staged_packs()))
    });
    made.await.map_err(ApiError::internal)?
}

fn check(options: &IngestOptions, list: &SlimList) -> Result<(), ApiError> {
    let fits = match options.format {
        ArchiveFormat::TarGz => list.gzip.is_some(),
        ArchiveFormat::TarBz2 | ArchiveFormat::TarXz | ArchiveFormat::TarZst => false,
        _ => list.gzip.is_none(),
    };
    if !fits {
        return Err(ApiError::invalid("slim_format", "the list does not fit the extension of the file name")
            .hint("push it without --slim"));
    }
    if list.archive.size > options.limits.bytes {
        return Err(ApiError::invalid("slim_mismatch", "the archive would be larger than archives may be")
            .hint("split the package"));
    }
    Ok(())
}

/// An archive that can be written.
struct Making {
    original: Original,
    archive: Digest,
    tree: Tree,
    source: PackSource<Packs>,
}

impl Making {
    fn write(&self, out: impl Write) -> io::Result<()> {
        write_original(&self.original, &self.archive, &self.tree, &self.source, out)
    }
}

/// A tar is read while it is made.
fn streamed(
    making: &Making,
    options: &IngestOptions,
    index: &StoredSegments,
    packs: &AnnouncedPacks,
) -> Result<Ingested, ApiError> {
    let (reader, writer) = io::pipe().map_err(ApiError::internal)?;
    thread::scope(|scope| {
        let maker = scope.spawn(move || {
            let mut out = BufWriter::with_capacity(1 << 18, writer);
            making.write(&mut out).and_then(|()| out.flush())
        });
        let ingested = ingest(ArchiveInput::Stream(Box::new(reader)), options, index, packs);
        match maker.join().unwrap_or_else(|panic| resume_unwind(panic)) {
            // Whoever reads has seen enough, and knows why.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ingested.map_err(refused),
            Err(error) => Err(unmakeable(error)),
            Ok(()) => ingested.map_err(refused),
        }
    })
}

/// The list of what a zip holds is at its end.
fn spooled(
    making: &Making,
    spool: &Path,
    options: &IngestOptions,
    index: &StoredSegments,
    packs: &AnnouncedPacks,
) -> Result<Ingested, ApiError> {
    std::fs::create_dir_all(spool).map_err(stored)?;
    let mut file = tempfile::tempfile_in(spool).map_err(stored)?;
    let mut out = BufWriter::with_capacity(1 << 18, &mut file);
    making.write(&mut out).and_then(|()| out.flush()).map_err(unmakeable)?;
    drop(out);
    file.seek(SeekFrom::Start(0)).map_err(stored)?;
    ingest(ArchiveInput::File(file), options, index, packs).map_err(refused)
}

/// Why nothing can be made of what was sent.
pub(crate) fn unmakeable(error: io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::NotFound => {
            ApiError::conflict("slim_incomplete", "something that the archive is made of has not arrived")
                .hint("push again; what has arrived is not sent again")
        }
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            ApiError::invalid("slim_mismatch", "what was sent does not make the archive")
                .detail(error.to_string())
                .hint("push it without --slim")
        }
        _ => stored(error),
    }
}
