//! `packhorse package init`.

mod text;

use std::path::{Path, PathBuf};

use clap::Args;
use packhorse_content::import;
use packhorse_model::PackageKind;
use packhorse_model::manifest::{FILE_NAME, Manifest};

use super::new_file;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// How many files of a folder are looked at, and how deep.
const MOST_FILES: usize = 10_000;
const DEEPEST: usize = 4;

/// Write a packhorse.toml to begin with
///
/// Looks at what lies in the folder, and writes a packhorse.toml for it whose comments say what is found by itself and what may be
/// added. Never replaces one. Needs no server.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package init
  packhorse package init shop-web
  packhorse package init etc --kind config")]
pub(crate) struct Init {
    /// The folder that the package is packed from
    #[arg(default_value = ".", hide_default_value = true)]
    dir: PathBuf,
    /// What the package carries, if not what the folder looks like
    #[arg(long, value_parser = words::one_of::<PackageKind>(words::PUSHED_KINDS))]
    kind: Option<PackageKind>,
}

impl Init {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let files = files(&self.dir)?;
        let name = std::fs::canonicalize(&self.dir).map_err(|error| CommandError::file("read", &self.dir, &error))?;
        let name = name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = text::Folder { name: &name, files: &files };
        let kind = self.kind.unwrap_or_else(|| folder.kind());
        let text = folder.manifest(kind);
        Manifest::parse(&text).map_err(|error| {
            CommandError::failed(format!("no {FILE_NAME} can be written for what lies in {}", self.dir.display()))
                .detailed(error.to_string())
                .hinted("rename that file, or write the packhorse.toml by hand")
        })?;
        let path = self.dir.join(FILE_NAME);
        new_file(&path, &text)?;
        context.printer.say(&format!("wrote {} for a {} package", path.display(), kind.as_str()));
        if let Some(older) = import::FILES.into_iter().find(|older| files.iter().any(|file| file == older)) {
            let dir = self.dir.display();
            context.printer.say(&format!("`packhorse package import-manifest {dir}` writes what {older} says"));
        }
        Ok(Exit::Done)
    }
}

/// The paths of the regular files of a folder, in order, as far as they are looked at.
fn files(dir: &Path) -> Result<Vec<String>, CommandError> {
    let mut files = Vec::new();
    let mut open = vec![(dir.to_owned(), String::new(), 0)];
    while let Some((folder, path, depth)) = open.pop() {
        let unreadable = |error: std::io::Error| CommandError::file("read", &folder, &error);
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let file_type = entry.file_type().map_err(unreadable)?;
            // Such a name is refused when it is packed.
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.chars().any(char::is_control) {
                continue;
            }
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            if file_type.is_dir() && depth < DEEPEST {
                open.push((entry.path(), path, depth + 1));
            } else if file_type.is_file() && files.len() < MOST_FILES {
                files.push(path);
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}
