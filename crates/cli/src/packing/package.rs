//! What is pushed: an archive that is there, or one that is made of a folder or of single files.

use std::fs::File;
use std::io::{BufWriter, Read as _};
use std::path::{Path, PathBuf};

use packhorse_content::local::{LocalError, LocalTree};
use packhorse_model::filename::{ArchiveFormat, FileName};
use packhorse_model::manifest::{FILE_NAME, Manifest};
use packhorse_model::{PackageKind, PackageName, VersionNumber};
use tempfile::TempDir;

use super::args::{PackArgs, usage};
use super::interpreter::interpreter_of;
use super::spec::FileSpec;
use crate::error::CommandError;

/// So much of a script is looked at to see what runs it.
const FIRST_LINE: u64 = 256;

/// What is known of a version besides its content.
#[derive(Debug, Clone)]
pub(crate) struct Naming {
    pub(crate) package: PackageName,
    pub(crate) version: VersionNumber,
    pub(crate) build: Option<String>,
}

/// What is pushed.
#[derive(Debug)]
pub(crate) enum Package {
    /// An archive that is there.
    Archive(PathBuf),
    /// Files that are still to be packed.
    Loose(LocalTree, Naming),
}

/// An archive that was made for a push, and goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Packed {
    _folder: TempDir,
    pub(crate) file: PathBuf,
    pub(crate) naming: Naming,
}

impl Package {
    /// What a command line names: a path and flags, or flags alone.
    ///
    /// # Errors
    /// When flags do not go together, when something cannot be read, or when no version is named.
    pub(crate) fn find(args: &PackArgs, path: Option<&Path>, named: &Named) -> Result<Self, CommandError> {
        args.check()?;
        let metadata =
            path.map(|path| std::fs::metadata(path).map_err(|error| CommandError::file("read", path, &error)));
        match (args.kind, path, metadata.transpose()?) {
            (_, Some(path), Some(metadata)) if metadata.is_dir() => folder(args, path, named),
            (Some(PackageKind::Config), path, _) => config(args, path, named),
            (Some(PackageKind::Script), Some(path), _) => script(args, path, named),
            (kind, Some(path), _) => archive(args, kind, path, named),
            (_, None, _) => Err(usage("there is nothing to push: name an archive, a folder or a file")),
        }
    }
}

/// What the flags say of package, version and build.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) package: Option<PackageName>,
    pub(crate) version: Option<VersionNumber>,
    pub(crate) build: Option<String>,
}

impl Named {
    /// With what the name of a folder says, where the flags do not.
    fn with(&self, folder: Option<&str>) -> Result<Naming, CommandError> {
        let said = folder.and_then(|name| FileName::parse(&format!("{name}.tar.gz")).ok());
        let package = self.package.clone().or_else(|| said.as_ref().map(|said| said.package.clone()));
        let version = self.version.clone().or_else(|| said.as_ref().map(|said| said.version.clone()));
        let (Some(package), Some(version)) = (package, version) else {
            let what = folder.map_or("a single file".to_owned(), |name| format!("the folder {name:?}"));
            return Err(usage(format!("{what} does not say its package and version"))
                .hinted("say them: --name NAME --version VERSION"));
        };
        Ok(Naming { package, version, build: self.build.clone().or_else(|| said.and_then(|said| said.build)) })
    }
}

fn folder(args: &PackArgs, path: &Path, named: &Named) -> Result<Package, CommandError> {
    let whole = std::fs::canonicalize(path).map_err(|error| CommandError::file("read", path, &error))?;
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let naming = named.with(Some(&name))?;
    let file = path.join(FILE_NAME);
    let own = if file.exists() { Some(read_manifest(&file)?) } else { None };
    if let (Some(_), Some(flag)) = (&own, args.said()) {
        return Err(usage(format!("{flag}: {} says that itself", file.display()))
            .hinted("change it there, or push the folder without that file"));
    }
    let manifest = if own.is_none() { args.database() } else { None };
    let kind = own.as_ref().or(manifest.as_ref()).unwrap_or(&Manifest::default()).kind(&naming.package);
    if let Some(wanted) = args.kind.filter(|wanted| *wanted != kind) {
        let hint = match wanted {
            PackageKind::Database => {
                "say what database it is for, --engine, or give it a name that ends in -db".to_owned()
            }
            wanted => format!(
                "`packhorse package init {} --kind {}` writes a packhorse.toml that says so",
                path.display(),
                wanted.as_str()
            ),
        };
        return Err(usage(format!(
            "{} is a {} package, not a {} package",
            path.display(),
            kind.as_str(),
            wanted.as_str()
        ))
        .hinted(hint));
    }
    let mut tree = LocalTree::of_folder(path)?;
    if let Some(manifest) = &manifest {
        tree.add_text(FILE_NAME, text(manifest)?)?;
    }
    Ok(Package::Loose(tree, naming))
}

fn config(args: &PackArgs, path: Option<&Path>, named: &Named) -> Result<Package, CommandError> {
    let naming = named.with(None)?;
    let mut specs = Vec::new();
    match (path, &args.target) {
        (Some(path), Some(target)) => specs.push(FileSpec {
            source: path.to_owned(),
            target: target.clone(),
            mode: args.mode.clone(),
            owner: args.owner.clone(),
        }),
        (Some(path), None) => {
            return Err(usage(format!("where {} goes on a host is not said", path.display()))
                .hinted("say it: --target /etc/app.conf"));
        }
        (None, _) => {}
    }
    specs.extend(args.files.iter().cloned());
    let mut tree = LocalTree::default();
    let mut files: Vec<(String, FileSpec)> = Vec::new();
    for spec in specs {
        let name = file_name(&spec.source)?;
        if let Some((_, other)) = files.iter().find(|(other, _)| *other == name) {
            let message = format!("{} and {} have one name", other.source.display(), spec.source.display());
            return Err(usage(message).hinted("rename one of them: files lie side by side in the package"));
        }
        tree.add_file(&spec.source, &name)?;
        files.push((name, spec));
    }
    if files.is_empty() {
        return Err(
            usage("a config package has at least one file").hinted("name it, with --target, or as --file SRC:TARGET")
        );
    }
    written(tree, &args.config(files), naming)
}

fn script(args: &PackArgs, path: &Path, named: &Named) -> Result<Package, CommandError> {
    let naming = named.with(None)?;
    let name = file_name(path)?;
    let interpreter = match args.interpreter {
        Some(interpreter) => interpreter,
        None => {
            let mut first = Vec::new();
            let file = File::open(path).and_then(|file| file.take(FIRST_LINE).read_to_end(&mut first));
            file.map_err(|error| CommandError::file("read", path, &error))?;
            interpreter_of(&name, &first).ok_or_else(|| {
                usage(format!("neither the first line of {} nor its name says what runs it", path.display()))
                    .hinted("say it: --interpreter bash")
            })?
        }
    };
    let mut tree = LocalTree::default();
    tree.add_file(path, &name)?;
    written(tree, &args.script(&name, interpreter), naming)
}

fn archive(args: &PackArgs, kind: Option<PackageKind>, path: &Path, named: &Named) -> Result<Package, CommandError> {
    let name = file_name(path)?;
    if let Some(flag) = args.said() {
        let message = format!("{flag}: what an archive is, the packhorse.toml in it says");
        return Err(usage(message).hinted("add one and pack again, or push the unpacked folder"));
    }
    let package = named.package.clone().or_else(|| FileName::parse(&name).ok().map(|said| said.package));
    let is_database = package.is_some_and(|package| package.as_str().ends_with("-db"));
    match kind {
        None => Ok(Package::Archive(path.to_owned())),
        Some(PackageKind::Database) if is_database => Ok(Package::Archive(path.to_owned())),
        Some(PackageKind::Database) => {
            Err(usage("the name does not say that this is a database package: such a name ends in -db").hinted(
                "choose one, as in --name shop-db; or say [database] in the packhorse.toml of the archive, and leave --kind out",
            ))
        }
        Some(_) => Err(usage("--kind: what an archive is, its name and the packhorse.toml in it say").hinted("leave it out")),
    }
}

/// The package of loose files, with the packhorse.toml that says what the flags say.
fn written(mut tree: LocalTree, manifest: &Manifest, naming: Naming) -> Result<Package, CommandError> {
    let kind = manifest.kind(&naming.package);
    if let Err(error) = manifest.check_kind(kind) {
        return Err(unmeant(&error.to_string())
            .hinted("a name that ends in -db is that of a database package: choose another one"));
    }
    tree.add_text(FILE_NAME, text(manifest)?)?;
    Ok(Package::Loose(tree, naming))
}

/// The manifest as it is written, if it is one that can be meant.
fn text(manifest: &Manifest) -> Result<String, CommandError> {
    let text = manifest.to_toml().map_err(|error| unmeant(&error.to_string()))?;
    Manifest::parse(&text).map_err(|error| unmeant(&error.to_string()))?;
    Ok(text)
}

fn unmeant(error: &str) -> CommandError {
    usage(error.replace(&format!("{FILE_NAME}, "), ""))
}

fn read_manifest(path: &Path) -> Result<Manifest, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|error| CommandError::file("read", path, &error))?;
    Manifest::parse(&text).map_err(|error| {
        CommandError::failed(error.to_string()).hinted(format!("correct {} and push again", path.display()))
    })
}

fn file_name(path: &Path) -> Result<String, CommandError> {
    let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    name.ok_or_else(|| CommandError::failed(format!("the name of {} is not UTF-8", path.display())))
}

impl From<LocalError> for CommandError {
    fn from(error: LocalError) -> Self {
        Self::failed(error.to_string()).hinted("nothing was pushed")
    }
}

impl Package {
    /// Packs what is still loose, as NAME_VERSION_BUILD.tar.gz in a folder for temporary files.
    ///
    /// # Errors
    /// When a file was changed meanwhile, or there is no room.
    pub(crate) fn pack(tree: LocalTree, naming: Naming) -> Result<Packed, CommandError> {
        let failed = |error: std::io::Error| {
            CommandError::failed("the files could not be packed")
                .detailed(error.to_string())
                .hinted("the folder for temporary files (TMPDIR) needs room for the archive")
        };
        let folder = tempfile::tempdir().map_err(failed)?;
        let build = naming.build.as_ref().map(|build| format!("_{build}")).unwrap_or_default();
        let suffix = ArchiveFormat::TarGz.suffix();
        let file = folder.path().join(format!("{}_{}{build}{suffix}", naming.package, naming.version));
        let out = BufWriter::new(File::create(&file).map_err(failed)?);
        tree.pack(out)?;
        Ok(Packed { _folder: folder, file, naming })
    }
}
