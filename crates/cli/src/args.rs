//! The command line as a whole: what stands before and beside the commands.

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser};

use crate::commands::Command;
use crate::output::Format;

/// Carries software packages to hosts: a registry of versions, and an engine that rolls them out without ever leaving a
/// host without a working version.
#[derive(Debug, Parser)]
#[command(name = "packhorse", version, propagate_version = false, max_term_width = 100)]
#[command(after_help = "\
Environment:
  PACKHORSE_URL    the server, as --url says it
  PACKHORSE_TOKEN  an API token; stands above what `packhorse login` stored
  PACKHORSE_LOG    what is logged to standard error: error, warn, info, debug, or a filter by module
  NO_COLOR         no colours

Exit codes:
  0 done    1 failed       2 usage; of `plan`: there are changes
  3 refused 4 not found    5 the server could not be reached")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The server [default: the one of the last login, or http://127.0.0.1:7433]
    #[arg(
        long,
        global = true,
        env = "PACKHORSE_URL",
        hide_env = true,
        value_name = "URL",
        help_heading = "Global options"
    )]
    pub(crate) url: Option<String>,
    /// How data is written to standard output: table, json, jsonl or yaml
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        hide_default_value = true,
        value_name = "FORMAT",
        help_heading = "Global options"
    )]
    pub(crate) output: Format,
    /// Say nothing but data, warnings and errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub(crate) quiet: bool,
}

/// The commands as `packhorse --help` shows them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Server", &["serve", "user", "audit", "storage", "retention"]),
    ("Packages", &["package", "draft", "danger-rule", "find", "import", "export"]),
    ("Hosts", &["topology", "host", "instance", "variable", "secret", "database-target", "database"]),
    (
        "Deployments",
        &[
            "plan",
            "apply",
            "deploy",
            "upgrade",
            "downgrade",
            "script",
            "deployment",
            "strategy",
            "environment",
            "freeze",
            "lock",
        ],
    ),
    ("This client", &["login", "token", "completion"]),
];

impl Cli {
    /// Reads the words of a command line.
    pub(crate) fn read(words: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Self, clap::Error> {
        let command = Self::grouped();
        let words = single_dashes(&command, words.into_iter().collect());
        let cli = Self::from_arg_matches(&command.clone().try_get_matches_from(words)?)?;
        if cli.global.output == Format::Sarif && !cli.command.has_findings() {
            return Err(command.clone().error(ErrorKind::InvalidValue, "only `package lint` writes SARIF"));
        }
        Ok(cli)
    }

    /// The command line with its commands in groups.
    pub(crate) fn grouped() -> clap::Command {
        let command = Self::command();
        let width = GROUPS.iter().flat_map(|(_, names)| *names).map(|name| name.len()).max().unwrap_or(0);
        let mut groups = String::new();
        for (title, names) in GROUPS {
            groups.push_str(&format!("{title}:\n"));
            for name in names {
                let about = command.find_subcommand(name).and_then(clap::Command::get_about);
                groups.push_str(&format!("  {name:width$}  {}\n", about.map(ToString::to_string).unwrap_or_default()));
            }
            groups.push('\n');
        }
        command.help_template(format!(
            "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}Options:\n{{options}}{{after-help}}"
        ))
    }
}

/// Commands that take the long options of the system whose commands they do with one dash, as they are written there.
const SINGLE_DASH: [&[&str]; 2] = [&["find"], &["import", "build"]];

/// Writes `-type` of such a command as `--type`.
fn single_dashes(command: &clap::Command, mut words: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let place = |path: &[&str]| words.windows(path.len()).position(|some| some.iter().eq(path.iter()));
    let found = SINGLE_DASH.iter().find_map(|path| Some((path, place(path)?)));
    let known = |path: &[&str]| path.iter().try_fold(command, |command, name| command.find_subcommand(name));
    let Some((begin, known)) = found.and_then(|(path, at)| Some((at + path.len(), known(path)?))) else {
        return words;
    };
    let is_known = |name: &str| {
        let aliases = |argument: &clap::Arg| argument.get_all_aliases().is_some_and(|all| all.contains(&name));
        known.get_arguments().any(|argument| argument.get_long() == Some(name) || aliases(argument))
    };
    for word in words.iter_mut().skip(begin) {
        let name = word.to_str().and_then(|word| word.strip_prefix('-')).filter(|name| is_known(name));
        if let Some(name) = name {
            *word = format!("--{name}").into();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dash_is_enough_where_it_is_usual() {
        let words = |text: &str| text.split(' ').map(Into::into).collect::<Vec<std::ffi::OsString>>();
        let read = single_dashes(&Cli::grouped(), words("packhorse find -type zip -name -x -o json"));
        assert_eq!(read, words("packhorse find --type zip --name -x -o json"));
        let read = single_dashes(
            &Cli::grouped(),
            words("packhorse -q import build DIR -packageBuildtimePattern x -max 0 -o json"),
        );
        assert_eq!(read, words("packhorse -q import build DIR --packageBuildtimePattern x --max 0 -o json"));
        let other = words("packhorse host -type zip");
        assert_eq!(single_dashes(&Cli::grouped(), other.clone()), other);
    }

    #[test]
    fn the_command_line_holds_together() {
        Cli::grouped().debug_assert();
    }

    #[test]
    fn every_command_is_in_one_group() {
        let mut grouped: Vec<_> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        let command = Cli::command();
        let mut all: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
        grouped.sort_unstable();
        all.sort_unstable();
        assert_eq!(grouped, all);
    }
}
