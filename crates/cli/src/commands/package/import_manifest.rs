//! `packhorse package import-manifest`.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use packhorse_content::import::{COMPANIONS, FILES, Imported, import};
use packhorse_model::api::packages::Severity;
use packhorse_model::manifest::{FILE_NAME, Manifest};

use super::new_file;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;

/// Write a packhorse.toml that says what an older manifest says
///
/// Reads TARS's init.xml, with service.yaml and clear.conf beside it, or ServiceStage's appspec.yml. What packhorse.toml cannot say
/// is named, with its line and what to do instead. Needs no server.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package import-manifest shop/init.xml
  packhorse package import-manifest shop -O shop/packhorse.toml")]
pub(crate) struct ImportManifest {
    /// The older manifest, or the folder that it lies in
    #[arg(value_name = "FILE|DIR")]
    path: PathBuf,
    /// Where to write it, if not to standard output; never replaced if it exists
    #[arg(short = 'O', long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

impl ImportManifest {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let (folder, name) = self.manifest()?;
        let files = read(&folder, &name)?;
        let has_file = |path: &str| folder.join(path).is_file();
        let imported = import(&name, &files, &has_file).map_err(|error| {
            CommandError::failed(error.to_string()).hinted("correct the file at that place; nothing was written")
        })?;
        let text = text(&imported)?;
        match &self.output_file {
            Some(file) => {
                new_file(file, &text)?;
                context.printer.say(&format!("wrote {}", file.display()));
            }
            None => context.printer.raw(&text)?,
        }
        for finding in &imported.findings {
            let place = finding.place.as_ref().map(ToString::to_string).unwrap_or_default();
            let what = harmless(&format!("{place}: {}", finding.message));
            match finding.severity {
                Severity::Advice => context.printer.say(&what),
                Severity::Warning | Severity::Error => {
                    context.printer.warn(&format!("{what}; {}", harmless(&finding.hint)));
                }
            }
        }
        Ok(Exit::Done)
    }

    /// The folder of the older manifest, and its name.
    fn manifest(&self) -> Result<(PathBuf, String), CommandError> {
        let metadata = std::fs::metadata(&self.path).map_err(|error| CommandError::file("read", &self.path, &error))?;
        if metadata.is_dir() {
            let name = FILES.into_iter().find(|name| self.path.join(name).is_file());
            let none = || {
                CommandError::failed(format!("{} has none of {}", self.path.display(), FILES.join(", ")))
                    .hinted("name the file, or begin with `packhorse package init`")
            };
            return Ok((self.path.clone(), name.ok_or_else(none)?.to_owned()));
        }
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok((folder.to_owned(), name))
    }
}

/// The manifest and what lies beside it.
fn read(folder: &Path, name: &str) -> Result<BTreeMap<String, Vec<u8>>, CommandError> {
    let mut files = BTreeMap::new();
    for file in std::iter::once(name).chain(COMPANIONS) {
        let path = folder.join(file);
        match std::fs::read(&path) {
            Ok(bytes) => drop(files.insert(file.to_owned(), bytes)),
            Err(error) if file != name && error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(CommandError::file("read", &path, &error)),
        }
    }
    Ok(files)
}

/// What was taken, as it is written; read again, since older systems take values that nobody can mean.
fn text(imported: &Imported) -> Result<String, CommandError> {
    let unmeant = |error: String| {
        CommandError::failed("the older manifest says something that packhorse.toml cannot say")
            .detailed(error)
            .hinted("correct it there and import again; nothing was written")
    };
    let text = imported.manifest.to_toml().map_err(|error| unmeant(error.to_string()))?;
    Manifest::parse(&text).map_err(|error| unmeant(error.to_string().replace(&format!("{FILE_NAME}, "), "")))?;
    Ok(text)
}
