//! A folder as the tree that it would be as a package, by the rules for archives.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

use packhorse_model::Digest;

use crate::archive::{ArchiveError, Fault, Limits, Listing, Refused};
use crate::path::{EntryPath, LinkTarget};
use crate::tree::Tree;

/// Reads a folder. No file is opened, so that the tree has no digests: nothing but a judgement of it can be made.
///
/// # Errors
/// [`ArchiveError::Refused`] by any rule for archives, [`ArchiveError::Io`] if the folder cannot be read.
pub fn read(folder: &Path, limits: Limits) -> Result<Tree, ArchiveError> {
    let mut listing = Listing::new(limits);
    walk(folder, &[], &mut listing)?;
    Ok(listing.finish()?.tree)
}

fn walk(folder: &Path, above: &[u8], listing: &mut Listing) -> Result<(), ArchiveError> {
    let mut names = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort_unstable();
    for name in names {
        let there = folder.join(&name);
        let path = [above, name.as_bytes()].concat();
        let metadata = std::fs::symlink_metadata(&there)?;
        let mode = u16::try_from(metadata.mode() & 0o777).unwrap_or_default();
        let (kind, inner) = (metadata.file_type(), EntryPath::from_bytes(&path).map_err(Fault::from)?);
        if kind.is_dir() {
            listing.directory(inner, mode)?;
            walk(&there, &[&path[..], b"/"].concat(), listing)?;
        } else if kind.is_symlink() {
            let target = std::fs::read_link(&there)?;
            let target = LinkTarget::from_bytes(target.as_os_str().as_bytes());
            let target = target.map_err(|error| Fault::Link { why: format!("as a link's target, {error}") });
            listing.symlink(inner.clone(), target.map_err(|fault| Refused::entry(inner.as_str(), fault))?)?;
        } else if kind.is_file() {
            let slot = listing.file(inner, mode, metadata.len())?;
            listing.file_done(slot, Digest::new([0; 32]));
        } else {
            let special = [(kind.is_fifo(), "FIFO"), (kind.is_socket(), "socket")];
            let what = special.into_iter().find(|(is, _)| *is).map_or("device", |(_, what)| what);
            return Err(Refused::entry(inner.as_str(), Fault::Special { kind: what }).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_folder_is_read_as_the_package_that_it_would_be() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        std::fs::write(folder.path().join("bin/a"), "abc").unwrap();
        symlink("a", folder.path().join("bin/b")).unwrap();
        let tree = read(folder.path(), Limits::default()).unwrap();
        assert_eq!(tree.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>(), ["bin", "bin/a", "bin/b"]);
        symlink("../../etc", folder.path().join("out")).unwrap();
        let refused = read(folder.path(), Limits::default()).unwrap_err();
        assert!(matches!(refused, ArchiveError::Refused(Refused { fault: Fault::Link { .. }, .. })), "{refused}");
    }
}
