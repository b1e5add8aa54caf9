//! What a command line says about the contents of a package.

use clap::Args;
use packhorse_model::PackageKind;
use packhorse_model::manifest::{
    Command, ConfigFile, DatabaseSpec, Engine, Interpreter, Lifecycle, Manifest, ScriptSpec,
};

use super::spec::{FileSpec, ParameterSpec};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// What a package carries, and what its packhorse.toml is to say.
#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// What the package carries; by default what its packhorse.toml and its name say
    #[arg(long, value_parser = words::one_of::<PackageKind>(words::PUSHED_KINDS))]
    pub(super) kind: Option<PackageKind>,

    /// Where the file goes on a host, an absolute path
    #[arg(long, value_name = "PATH", requires = "path", help_heading = "Config packages")]
    pub(super) target: Option<String>,
    /// Who owns it there: USER or USER:GROUP
    #[arg(long, value_name = "OWNER", requires = "target", help_heading = "Config packages")]
    pub(super) owner: Option<String>,
    /// Its permissions there, in octal
    #[arg(long, value_name = "MODE", requires = "target", help_heading = "Config packages")]
    pub(super) mode: Option<String>,
    /// One of several files and where it goes; may be given several times
    #[arg(long = "file", value_name = "SRC:TARGET[:MODE[:OWNER]]", help_heading = "Config packages")]
    pub(super) files: Vec<FileSpec>,
    /// A command that says by its exit code whether the new files are good: an absolute path and arguments, parted by blanks
    #[arg(long, value_name = "COMMAND", help_heading = "Config packages")]
    pub(super) validate: Option<String>,

    /// What runs the script; by default what its first line or its name says
    #[arg(long, value_parser = words::one_of::<Interpreter>(words::INTERPRETERS), help_heading = "Scripts")]
    pub(super) interpreter: Option<Interpreter>,
    /// A parameter, as in DAYS:integer=30, MODE:choice,fast,safe=safe or PASSWORD:secret; may be given several times
    #[arg(long = "parameter", value_name = "NAME[:TYPE[=DEFAULT]]", help_heading = "Scripts")]
    pub(super) parameters: Vec<ParameterSpec>,
    /// Seconds after which it is killed [default: 3600]
    #[arg(long, value_name = "SECONDS", help_heading = "Scripts")]
    pub(super) timeout: Option<u32>,

    /// The database that the SQL is written for
    #[arg(long, value_parser = words::one_of::<Engine>(words::ENGINES), help_heading = "Database packages")]
    pub(super) engine: Option<Engine>,
    /// The version from which the increment leads, if its name does not say it
    #[arg(long, value_name = "VERSION", requires = "engine", help_heading = "Database packages")]
    pub(super) from: Option<String>,

    /// The user that runs it: of the host for a script, of the database for SQL
    #[arg(long, value_name = "USER", help_heading = "Scripts and database packages")]
    pub(super) user: Option<String>,
}

impl PackArgs {
    /// Whether any flag wants something in packhorse.toml; the first that does.
    pub(super) fn said(&self) -> Option<&'static str> {
        self.flags().into_iter().find(|(_, is_given, _)| *is_given).map(|(flag, ..)| flag)
    }

    /// Refuses flags that do not go with the kind.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        for (flag, _, kinds) in self.flags().into_iter().filter(|(_, is_given, _)| *is_given) {
            let goes = kinds.iter().map(|kind| format!("--kind {}", kind.as_str())).collect::<Vec<_>>().join(" or ");
            let message = match self.kind {
                Some(kind) if kinds.contains(&kind) => continue,
                Some(kind) => format!("{flag} goes with {goes}, and this is --kind {}", kind.as_str()),
                None => format!("{flag} goes with {goes}"),
            };
            return Err(usage(message).hinted("`packhorse package push --help` shows what goes with what"));
        }
        Ok(())
    }

    /// Every flag but the kind, whether it is given, and the kinds that it goes with.
    fn flags(&self) -> [(&'static str, bool, &'static [PackageKind]); 11] {
        const CONFIG: &[PackageKind] = &[PackageKind::Config];
        const SCRIPT: &[PackageKind] = &[PackageKind::Script];
        const DATABASE: &[PackageKind] = &[PackageKind::Database];
        [
            ("--target", self.target.is_some(), CONFIG),
            ("--owner", self.owner.is_some(), CONFIG),
            ("--mode", self.mode.is_some(), CONFIG),
            ("--file", !self.files.is_empty(), CONFIG),
            ("--validate", self.validate.is_some(), CONFIG),
            ("--interpreter", self.interpreter.is_some(), SCRIPT),
            ("--parameter", !self.parameters.is_empty(), SCRIPT),
            ("--timeout", self.timeout.is_some(), SCRIPT),
            ("--engine", self.engine.is_some(), DATABASE),
            ("--from", self.from.is_some(), DATABASE),
            ("--user", self.user.is_some(), &[PackageKind::Script, PackageKind::Database]),
        ]
    }

    /// The manifest of a config package of these files, each with its name in the package.
    pub(super) fn config(&self, files: Vec<(String, FileSpec)>) -> Manifest {
        let file = |(file, spec): (String, FileSpec)| {
            let FileSpec { target, mode, owner, .. } = spec;
            ConfigFile { file, target, owner, mode }
        };
        let validate = self.validate.as_ref().map(|text| {
            let mut words = text.split_whitespace().map(str::to_owned);
            let program = words.next().unwrap_or_default();
            Command { args: words.collect(), ..Command::of_file(&program) }
        });
        let lifecycle = Lifecycle { validate, ..Lifecycle::default() };
        Manifest { config: files.into_iter().map(file).collect(), lifecycle, ..Manifest::default() }
    }

    /// The manifest of a script package.
    pub(super) fn script(&self, entry: &str, interpreter: Interpreter) -> Manifest {
        let usual = ScriptSpec::of_file(entry, interpreter);
        let script = ScriptSpec {
            timeout: self.timeout,
            user: self.user.clone(),
            parameter: self.parameters.iter().map(|spec| spec.0.clone()).collect(),
            ..usual
        };
        Manifest { script: Some(script), ..Manifest::default() }
    }

    /// The manifest of a database package, if anything is said about it.
    pub(super) fn database(&self) -> Option<Manifest> {
        let engine = self.engine?;
        let database = DatabaseSpec { engine, from: self.from.clone(), user: self.user.clone() };
        Some(Manifest { database: Some(database), ..Manifest::default() })
    }
}

/// A command line that cannot be meant.
pub(super) fn usage(message: impl Into<String>) -> CommandError {
    CommandError::new(Exit::Usage, message)
}
