//! Mending what can be mended without a doubt. Each file is replaced as a whole, so that a failure leaves what was there.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use packhorse_model::api::packages::Finding;
use packhorse_model::lint::rules::{files, packages};
use serde::Serialize;

use crate::error::CommandError;

/// A change that was made.
#[derive(Debug, Serialize)]
pub(super) struct Fixed {
    /// The file, relative to the top of the package.
    pub(super) path: String,
    /// What was done to it.
    pub(super) what: &'static str,
}

/// Mends what the findings speak of, below `top`.
pub(super) fn fix(top: &Path, findings: &[Finding]) -> Result<Vec<Fixed>, CommandError> {
    let mut done = BTreeSet::new();
    let mut fixed = Vec::new();
    for finding in findings {
        let (Some(mend), Some(place)) = (mending(&finding.rule), &finding.place) else { continue };
        if done.insert((&place.path, mend.what)) {
            let path = top.join(&place.path);
            (mend.apply)(&path).map_err(|error| CommandError::file("change", &path, &error))?;
            fixed.push(Fixed { path: place.path.clone(), what: mend.what });
        }
    }
    Ok(fixed)
}

struct Mending {
    what: &'static str,
    apply: fn(&Path) -> io::Result<()>,
}

fn mending(rule: &str) -> Option<Mending> {
    let is = |known: &packhorse_model::lint::Rule| known.id == rule;
    if is(&packages::COMMAND_MODE) || is(&files::SCRIPT_MODE) {
        Some(Mending { what: "may be run now", apply: let_run })
    } else if is(&files::SCRIPT_CRLF) {
        Some(Mending { what: "line ends of Unix", apply: unix_lines })
    } else if is(&files::SCRIPT_BOM) {
        Some(Mending { what: "no byte order mark", apply: without_mark })
    } else {
        None
    }
}

/// Whoever may read it may run it.
fn let_run(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    fs::set_permissions(path, Permissions::from_mode(mode | (mode & 0o444) >> 2))
}

fn unix_lines(path: &Path) -> io::Result<()> {
    rewrite(path, |bytes| {
        let mut kept = Vec::with_capacity(bytes.len());
        for (at, byte) in bytes.iter().enumerate() {
            if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
                kept.push(*byte);
            }
        }
        kept
    })
}

fn without_mark(path: &Path) -> io::Result<()> {
    rewrite(path, |bytes| bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).to_vec())
}

fn rewrite(path: &Path, change: impl FnOnce(&[u8]) -> Vec<u8>) -> io::Result<()> {
    let (bytes, permissions) = (fs::read(path)?, fs::metadata(path)?.permissions());
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&change(&bytes))?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
