//! The judgement of an archive or a folder: the server's own, over files on this machine.

use std::cmp::Reverse;
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};

use packhorse_content::archive::{self, ArchiveError, Contents, Limits, Refused};
use packhorse_content::danger::RuleSet;
use packhorse_content::ingest::payload;
use packhorse_content::inspect::{self, Files, Subject};
use packhorse_content::{Entry, Tree, headers};
use packhorse_model::api::packages::Finding;
use packhorse_model::filename::{ArchiveFormat, FileName, FileNameError, Packing};
use packhorse_model::{PackageKind, PackageName, VersionNumber, lint};

use crate::error::CommandError;

/// What was found.
pub(super) struct Judged {
    pub(super) package: Option<PackageName>,
    pub(super) version: Option<VersionNumber>,
    pub(super) kind: Option<PackageKind>,
    /// The worst first.
    pub(super) findings: Vec<Finding>,
    /// Where the top of the package is, for what is a folder.
    pub(super) top: PathBuf,
}

/// Judges what lies at a path. `said` is what the package is, if that is said.
pub(super) fn judge(path: &Path, said: Option<(&PackageName, &VersionNumber)>) -> Result<Judged, CommandError> {
    let failed = |error: io::Error| CommandError::file("read", path, &error);
    let file = File::open(path).map_err(failed)?;
    let is_folder = file.metadata().map_err(failed)?.is_dir();
    let mut judged = Judged { package: None, version: None, kind: None, findings: Vec::new(), top: path.to_owned() };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    judged.name(&name, said, is_folder);
    let outcome = if is_folder { judged.folder() } else { judged.archive(&file, &name) };
    match outcome {
        Ok(()) => {}
        Err(ArchiveError::Refused(refused)) => judged.findings.push(Finding::from(&refused)),
        Err(ArchiveError::Io(error)) => return Err(failed(error)),
    }
    judged.findings.sort_by_key(|finding| Reverse(finding.severity));
    Ok(judged)
}

impl Judged {
    /// What the name says. A folder that is still to be packed may have any.
    fn name(&mut self, name: &str, said: Option<(&PackageName, &VersionNumber)>, is_folder: bool) {
        if let Some((package, version)) = said {
            self.findings.extend(lint::version(version));
            (self.package, self.version) = (Some(package.clone()), Some(version.clone()));
            return;
        }
        let read = if is_folder { FileName::parse(&format!("{name}.tar")) } else { FileName::parse(name) };
        match read {
            Ok(read) => {
                let findings = if is_folder { lint::version(&read.version) } else { lint::file_name(&read) };
                self.findings.extend(findings);
                (self.package, self.version) = (Some(read.package), Some(read.version));
            }
            Err(error @ FileNameError::Form { .. }) if !is_folder => {
                self.findings.push(lint::file_name_fault(&error));
            }
            // Said with the content, for whatever the name is otherwise.
            Err(_) => {}
        }
    }

    fn archive(&mut self, file: &File, name: &str) -> Result<(), ArchiveError> {
        let Some((_, format)) = ArchiveFormat::of_file_name(name) else {
            self.findings.push(lint::file_name_fault(&FileNameError::Extension { file_name: name.to_owned() }));
            return Ok(());
        };
        if format.packing() == Packing::OneFile {
            return self.one_file(file, format);
        }
        let contents = archive::check(again(file)?, format, Limits::default())?;
        self.content(&contents.tree, Some(format), |_| ArchiveFiles { file, format, contents: &contents })
    }

    /// A file that is a package by itself is looked at where it says what it is.
    fn one_file(&mut self, file: &File, format: ArchiveFormat) -> Result<(), ArchiveError> {
        let mut head = Vec::new();
        again(file)?.take(archive::SNIFFED as u64).read_to_end(&mut head)?;
        archive::check_format(format, &head)?;
        self.kind = Some(PackageKind::File);
        let header = headers::read(format, BufReader::new(again(file)?))?;
        let named = self.package.as_ref().zip(self.version.as_ref());
        let differs = header.zip(named).and_then(|(header, (package, version))| header.differs_from(package, version));
        self.findings.extend(differs.map(headers::name_finding));
        Ok(())
    }

    fn folder(&mut self) -> Result<(), ArchiveError> {
        let top = self.top.clone();
        let tree = inspect::read_folder(&top, Limits::default())?;
        self.content(&tree, None, |folder| FolderFiles { top: folder.map_or(top.clone(), |folder| top.join(folder)) })
    }

    /// Judges a tree; `files` reads the files of what is in a folder of it, or of all of it.
    fn content<F: Files>(
        &mut self,
        tree: &Tree,
        format: Option<ArchiveFormat>,
        files: impl FnOnce(Option<&str>) -> F,
    ) -> Result<(), ArchiveError> {
        let payload = match (&self.package, &self.version, format) {
            (_, _, Some(format)) if format.packing() == Packing::PackedZip => None,
            (Some(package), Some(version), _) => payload::detect(tree, package.as_str(), version.as_str()),
            _ => None,
        };
        let inner =
            payload.as_ref().map(|payload| payload::unwrap(tree, payload)).transpose().map_err(Refused::from)?;
        let folder = payload.as_ref().map(|payload| payload.folder.as_str());
        let subject = Subject {
            tree: inner.as_ref().unwrap_or(tree),
            payload: payload.as_ref(),
            package: self.package.as_ref(),
            version: self.version.as_ref(),
            kind: None,
            format,
            jar_manifest: None,
        };
        let found = inspect::inspect(&subject, &RuleSet::of_defaults(), &mut files(folder))?;
        self.kind = Some(found.kind);
        self.findings.extend(found.findings);
        if let Some(folder) = folder {
            self.top.push(folder);
        }
        Ok(())
    }
}

/// The file from its beginning, even if another file has its name by now.
fn again(file: &File) -> io::Result<File> {
    let mut file = file.try_clone()?;
    io::Seek::rewind(&mut file)?;
    Ok(file)
}

/// Files in an archive; each look at them is a pass over it.
struct ArchiveFiles<'a> {
    file: &'a File,
    format: ArchiveFormat,
    contents: &'a Contents,
}

impl Files for ArchiveFiles<'_> {
    fn each(&mut self, wanted: &[&Entry], take: &mut dyn FnMut(&Entry, &[u8])) -> io::Result<()> {
        let read = archive::read_files(again(self.file)?, self.format, Limits::default(), self.contents, wanted, take);
        read.map_err(|error| match error {
            ArchiveError::Io(error) => error,
            error @ ArchiveError::Refused(_) => io::Error::other(error),
        })
    }
}

/// Files in a folder.
struct FolderFiles {
    top: PathBuf,
}

impl Files for FolderFiles {
    fn each(&mut self, wanted: &[&Entry], take: &mut dyn FnMut(&Entry, &[u8])) -> io::Result<()> {
        for entry in wanted {
            let packhorse_content::EntryKind::File { size, .. } = entry.kind else { continue };
            let mut bytes = Vec::new();
            // A file that grows meanwhile takes no more memory.
            File::open(self.top.join(entry.path.as_str()))?.take(size).read_to_end(&mut bytes)?;
            take(entry, &bytes);
        }
        Ok(())
    }
}
