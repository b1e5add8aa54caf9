//! Making an uploaded archive again from what is stored.

use std::io::{self, Read as _, Write};

use packhorse_content::archive::ArchiveRecipe;
use packhorse_content::archive_out::{Original, write_original};
use packhorse_content::gzip::GzipRecipe;
use packhorse_content::pack::PackSource;
use packhorse_content::segment::FileRef;
use packhorse_content::{ContentSource as _, Tree};
use packhorse_store::versions::StoredVersion;

use super::{Library, Packs, files_of};

/// The most bytes of the list of a tree, and of an archive recipe: what the largest tree needs.
const MOST_LIST: u64 = 64 << 20;

/// Writes the archive of a version as its recipes make it, with this compression around it.
///
/// # Errors
/// `InvalidData`, at the end, if what was written is not the archive; else those of the store and of `out`.
pub(crate) fn write_archive(
    library: &Library,
    version: &StoredVersion,
    gzip: Option<GzipRecipe>,
    out: impl Write,
) -> io::Result<()> {
    let content = &version.content;
    let recipe = FileRef { digest: content.archive_recipe, size: content.archive_recipe_size };
    let tree = FileRef { digest: version.detail.summary.tree, size: content.tree_size };
    let (recipe, tree, source) = open_archive(library, recipe, tree)?;
    write_original(&with_gzip(recipe, gzip), &content.archive_blake3, &tree, &source, out)
}

/// A recipe, and the compression around what it makes.
pub(crate) fn with_gzip(recipe: ArchiveRecipe, gzip: Option<GzipRecipe>) -> Original {
    match gzip {
        Some(gzip) => Original::Gzip(recipe, gzip),
        None => Original::Plain(recipe),
    }
}

/// Reads an archive recipe and the tree that it refers to, and opens all files that they name.
///
/// # Errors
/// `NotFound` if something is not stored, `InvalidData` if something is not what it should be.
pub(crate) fn open_archive(
    library: &Library,
    recipe: FileRef,
    tree: FileRef,
) -> io::Result<(ArchiveRecipe, Tree, PackSource<Packs>)> {
    for file in [recipe, tree] {
        if file.size > MOST_LIST {
            let message = format!("the list {} would have {} bytes, and may have {MOST_LIST}", file.digest, file.size);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
    }
    let mut source = library.open([recipe])?;
    let mut bytes = Vec::new();
    source.read(&recipe.digest, recipe.size)?.take(recipe.size).read_to_end(&mut bytes)?;
    let recipe = ArchiveRecipe::from_bytes(&bytes)?;
    let (tree, own) = match &recipe {
        ArchiveRecipe::Tar { framing, .. } => (library.tree(&tree.digest, tree.size)?, *framing),
        // Its files are those of the archive, and none of the tree's.
        ArchiveRecipe::Whole(file) => (Tree::default(), *file),
    };
    library.add(&mut source, files_of(&tree).chain([own]).filter(|file| file.size > 0))?;
    Ok((recipe, tree, source))
}
