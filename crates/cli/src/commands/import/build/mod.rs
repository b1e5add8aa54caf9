//! `packhorse import build`.

mod folder;
mod names;
mod properties;
mod report;
mod send;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use futures::StreamExt as _;
use packhorse_client::PushAttributes;
use packhorse_model::VersionNumber;
use packhorse_model::filename::ArchiveFormat;
use packhorse_model::project::attributes::SUBTYPES;
use packhorse_model::project::buildtime;
use regex::{Regex, RegexBuilder};

use self::folder::{Candidate, Found, MOST_FILES};
use self::names::Names;
use self::report::{FileReport, Outcome, Report};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{count, harmless};

/// Files that a refusal names.
const NAMED: usize = 20;
/// Bytes that a compiled pattern may take.
const COMPILED: usize = 1 << 20;

/// Import the packages of a build: all files below a directory whose names match
///
/// What repoImport of ControlTier's Builder does, with its options, which may be written with one dash: names are matched by
/// (FILEBASE)(-BUILDSTAMP)?.(EXTENSION), and each file becomes a version of the package that its name says. What is there
/// already is not sent again. Fails, before anything is sent, if fewer files than --min or more than --max match.
#[derive(Debug, Args)]
#[command(after_help = "\
The version of a file is --version, or what --version-pattern finds in its name, or the buildstamp, or what the name
says: shop-web_1.0.0_7.tar.gz, apache-tomcat-5.5.26.zip, bash-5.1.8-6.el9.x86_64.rpm, curl_8.5.0-2_amd64.deb.

Examples:
  packhorse import build target --max 0 --dry-run
  packhorse import build target -extension war -buildstamp 1.2.3.45 -installrank 2
  packhorse import build /mirror/rpms --extension rpm --max 0 --jobs 8 -o json")]
pub(crate) struct Build {
    /// The directory
    #[arg(value_name = "DIR", required_unless_present = "targetdir")]
    directory: Option<PathBuf>,
    /// The directory, as repoImport takes it
    #[arg(long, value_name = "DIR", conflicts_with = "directory")]
    targetdir: Option<PathBuf>,
    /// Only files whose extension, such as tar.gz, is this regular expression [default: that of any package]
    #[arg(long, value_name = "REGEX")]
    extension: Option<String>,
    /// Only files whose name before the buildstamp is this regular expression [default: any]
    #[arg(long, value_name = "REGEX")]
    filebase: Option<String>,
    /// What stands between name and buildstamp
    #[arg(long, value_name = "TEXT", default_value = "-", allow_hyphen_values = true)]
    separator: String,
    /// The buildstamp that names may have: [tag-][major[.minor[.release]]][.build]
    #[arg(long, value_name = "TEXT")]
    buildstamp: Option<String>,
    /// Leave out files without the buildstamp in their names
    #[arg(long)]
    requirebuildstamp: bool,
    /// The version of all files [default: the buildstamp]
    #[arg(long)]
    version: Option<VersionNumber>,
    /// What in a file name is the version: the first group of this regular expression
    #[arg(long, value_name = "REGEX", conflicts_with = "version")]
    version_pattern: Option<String>,
    /// What the files are, where their extensions do not say it: file and bin take files of any name
    #[arg(long = "type", value_name = "TYPE", value_parser = PossibleValuesParser::new(SUBTYPES), hide_possible_values = true)]
    subtype: Option<String>,
    /// Where the packages are installed, if their manifests do not say it
    #[arg(long, value_name = "PATH")]
    installroot: Option<String>,
    /// Their place among what is installed together: the lowest first [default: none, which goes last]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    installrank: Option<i64>,
    /// Who made them
    #[arg(long, value_name = "TEXT")]
    vendor: Option<String>,
    /// How the time of a file is written as its buildtime
    #[arg(long, alias = "packageBuildtimePattern", value_name = "PATTERN", default_value = buildtime::PATTERN)]
    package_buildtime_pattern: String,
    /// Where the files lie in a repository, noted as their repoUrl [default: this server]
    #[arg(long, value_name = "URL")]
    repouri: Option<String>,
    /// A properties file that says buildstamp, vendor, installroot, installrank or repouri where the command line does not
    #[arg(long, value_name = "FILE")]
    propfile: Option<PathBuf>,
    /// Files that must match at least
    #[arg(long, value_name = "N", default_value_t = 1)]
    min: usize,
    /// Files that may match at most; 0 for any number
    #[arg(long, value_name = "N", default_value_t = 1)]
    max: usize,
    /// Files that are sent at the same time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    jobs: u8,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
}

impl Build {
    pub(crate) async fn run(mut self, context: &Context) -> Result<Exit, CommandError> {
        self.take_properties()?;
        let top = self.directory.clone().or(self.targetdir.clone()).unwrap_or_default();
        let names = self.names()?;
        let walked = {
            let top = top.clone();
            tokio::task::spawn_blocking(move || folder::walk(&top, &names)).await
        };
        let found = walked.map_err(std::io::Error::other).flatten().map_err(|error| {
            CommandError::file("read", &top, &error).hinted("name the directory that the build has written into")
        })?;
        self.check_number(&found)?;
        let client = context.client()?;
        // A wrong token is found out once, not by every file.
        client.session().await?;
        context.printer.say(&format!(
            "processing {} in {}, {} at a time",
            count(found.files.len() as u64, "file"),
            harmless(&top.display().to_string()),
            self.jobs
        ));
        let mut files = found.files;
        refuse_doubles(&mut files);
        let said: Vec<PushAttributes> = files.iter().map(|file| self.said(file)).collect();
        let sent = futures::stream::iter(files.iter().zip(&said))
            .map(|(file, said)| send::send(&client, file, said, self.dry_run))
            .buffered(usize::from(self.jobs));
        let mut reports: Vec<FileReport> = sent.collect().await;
        reports.extend(found.unreadable.into_iter().map(|(path, error)| unreadable(&path, &error)));
        let report = Report {
            directory: top.display().to_string(),
            is_dry_run: self.dry_run,
            files: reports,
            others: found.others,
        };
        context.printer.data(&report, || report.text())?;
        context.printer.say(&report.summary());
        if self.dry_run {
            context.printer.say("nothing was changed: this was a dry run");
        }
        Ok(if report.number(Outcome::Failed) > 0 { Exit::Failed } else { Exit::Done })
    }

    /// What the properties file says stands behind the command line.
    fn take_properties(&mut self) -> Result<(), CommandError> {
        let Some(path) = &self.propfile else { return Ok(()) };
        let text = std::fs::read_to_string(path).map_err(|error| CommandError::file("read", path, &error))?;
        let mut properties = properties::read(&text);
        let mut take = |field: &mut Option<String>, key: &str| {
            if field.is_none() {
                *field = properties.remove(key).filter(|value| !value.is_empty());
            }
        };
        take(&mut self.buildstamp, "buildstamp");
        take(&mut self.vendor, "vendor");
        take(&mut self.installroot, "installroot");
        take(&mut self.repouri, "repouri");
        let mut rank = None;
        take(&mut rank, "installrank");
        if let (None, Some(rank)) = (self.installrank, rank) {
            let parsed = rank.parse().map_err(|_| {
                CommandError::new(
                    Exit::Usage,
                    format!("installrank of {} is {rank:?}, which is no number", path.display()),
                )
            })?;
            self.installrank = Some(parsed);
        }
        Ok(())
    }

    fn names(&self) -> Result<Names, CommandError> {
        let whole = |what, text: &Option<String>| {
            text.as_ref().map(|text| compile(what, text, &format!("^(?:{text})$"))).transpose()
        };
        let pattern = self.version_pattern.as_ref();
        Ok(Names {
            filebase: whole("filebase", &self.filebase)?,
            extension: whole("extension", &self.extension)?,
            separator: self.separator.clone(),
            buildstamp: self.buildstamp.clone().filter(|stamp| !stamp.is_empty()),
            requires_buildstamp: self.requirebuildstamp,
            version: self.version.clone(),
            version_pattern: pattern.map(|text| compile("version-pattern", text, text)).transpose()?,
            subtype: self.subtype.clone(),
        })
    }

    fn check_number(&self, found: &Found) -> Result<(), CommandError> {
        let number = found.files.len();
        if found.is_cut {
            return Err(CommandError::failed(format!("more than {MOST_FILES} files match"))
                .hinted("import parts of the directory one after the other"));
        }
        let (problem, hint) = if number < self.min {
            let others = count(found.others, "other file");
            let hint = format!(
                "{others} in it; look at --extension, --filebase, --buildstamp and --type, or say --min {number}"
            );
            (format!("{} match, and at least {} must", count(number as u64, "file"), self.min), hint)
        } else if self.max > 0 && number > self.max {
            let hint =
                format!("say --max {number}, or --max 0 for any number, or narrow it by --filebase or --extension");
            (format!("{} match, and at most {} may", count(number as u64, "file"), self.max), hint)
        } else {
            return Ok(());
        };
        let mut lines: Vec<String> =
            found.files.iter().take(NAMED).map(|file| file.path.display().to_string()).collect();
        if number > NAMED {
            lines.push(format!("and {} more", number - NAMED));
        }
        Err(CommandError::failed(problem).detailed(lines.join("\n")).hinted(hint))
    }

    /// The attributes that are said of a file. A header knows better when an rpm was built.
    fn said(&self, file: &Candidate) -> PushAttributes {
        let is_rpm = file.named.as_ref().is_ok_and(|named| named.format == ArchiveFormat::Rpm);
        let modified = file.modified.filter(|_| !is_rpm);
        let file_name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        PushAttributes {
            subtype: None,
            installroot: self.installroot.clone(),
            installrank: self.installrank,
            vendor: self.vendor.clone(),
            buildtime: modified.map(|time| buildtime::written(time, &self.package_buildtime_pattern)),
            repo_url: self.repouri.as_ref().map(|uri| format!("{}/{file_name}", uri.trim_end_matches('/'))),
        }
    }
}

fn compile(what: &str, text: &str, pattern: &str) -> Result<Regex, CommandError> {
    RegexBuilder::new(pattern).size_limit(COMPILED).build().map_err(|error| {
        CommandError::new(Exit::Usage, format!("--{what} {text:?} is no regular expression"))
            .detailed(error.to_string())
            .hinted("write . * + ? ( ) [ ] { } ^ $ | with a \\ before them where they mean themselves")
    })
}

/// Two files that say the same version are both left out: which of them was meant, nobody can know.
fn refuse_doubles(files: &mut [Candidate]) {
    let mut seen: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        if let Ok(named) = &file.named {
            seen.entry((named.package.to_string(), named.version.to_string())).or_default().push(at);
        }
    }
    for ((package, version), places) in seen.into_iter().filter(|(_, places)| places.len() > 1) {
        let paths: BTreeSet<String> = places.iter().map(|at| files[*at].path.display().to_string()).collect();
        let paths = paths.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
        for at in places {
            let why = format!("several files say that they are {package}@{version}: {paths}");
            files[at].named = Err((why, "choose between them by --extension or --filebase"));
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> FileReport {
    FileReport {
        path: path.display().to_string(),
        package: None,
        version: None,
        buildstamp: None,
        subtype: None,
        installrank: None,
        outcome: Outcome::Failed,
        warnings: Vec::new(),
        problem: Some(CommandError::file("read", path, error).into()),
    }
}
