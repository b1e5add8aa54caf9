//! Putting a staged tree in its place, and switching to it. Each is one rename, and durable when the call returns.

use std::io;

use packhorse_crashpoint as crashpoint;
use rustix::fs::{FileType, RenameFlags};

use super::folder::{Folder, file_type};

/// Moves the staged folder to its place, where nothing may be.
///
/// # Errors
/// `AlreadyExists` if something is there, and those of the rename and the sync.
pub fn place(staged_in: &Folder, staged: &str, root: &Folder, name: &str) -> io::Result<()> {
    if root.look_up(name)?.is_some() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("there is a {name:?} already")));
    }
    crashpoint::write("place.rename")?;
    match rustix::fs::renameat_with(staged_in, staged, root, name, RenameFlags::NOREPLACE) {
        // Some file systems lack the flag; there, what was looked up above has to do. A folder replaces at most an empty one.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => staged_in.rename(staged, root, name)?,
        renamed => renamed?,
    }
    root.sync()?;
    staged_in.sync()
}

/// Makes the link `link` in `root` lead to `target`, replacing the link that was there. `work` is a folder of ours on the same
/// file system, in which the new link is made before it is renamed.
///
/// # Errors
/// If what is there is no link, and those of the rename and the sync.
pub fn point(root: &Folder, link: &str, target: &str, work: &Folder) -> io::Result<()> {
    if root.look_up(link)?.is_some_and(|there| file_type(&there) != FileType::Symlink) {
        let message = format!("{link:?} is no link, so it is left alone: move it away and try again");
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    let new = format!("{link}.new");
    // Left behind if a switch was cut short.
    match work.remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    work.create_link(&new, target)?;
    work.rename(&new, root, link)?;
    root.sync()?;
    work.sync()
}

/// Where a link leads; `None` if there is none.
///
/// # Errors
/// If what is there is no link, or says something that is not UTF-8.
pub fn link_target(root: &Folder, link: &str) -> io::Result<Option<String>> {
    match root.read_link(link) {
        Ok(target) => {
            String::from_utf8(target).map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a folder with all that is in it, following no link. Nothing is wrong if it is not there.
///
/// # Errors
/// If something in it can't be removed.
pub fn discard(parent: &Folder, name: impl AsRef<[u8]>) -> io::Result<()> {
    let name = name.as_ref();
    let Some(stat) = parent.look_up(name)? else { return Ok(()) };
    if file_type(&stat) != FileType::Directory {
        return parent.remove_file(name);
    }
    // A folder of a package may be closed even to its owner.
    let folder = match parent.folder(name) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            parent.unlock_folder(name)?;
            parent.folder(name)?
        }
        opened => opened?,
    };
    if folder.mode()? & 0o700 != 0o700 {
        folder.set_mode(0o700)?;
    }
    let names = folder.names()?.collect::<io::Result<Vec<_>>>()?;
    names.into_iter().try_for_each(|name| discard(&folder, name))?;
    parent.remove_folder(name)
}
