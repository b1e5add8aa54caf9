//! `packhorse completion SHELL`.

use clap::{Args, ValueEnum};
use clap_complete::Shell;

use crate::args::Cli;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Write a shell's completion script
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse completion bash > /etc/bash_completion.d/packhorse
  packhorse completion zsh > \"${fpath[1]}/_packhorse\"
  packhorse completion fish > ~/.config/fish/completions/packhorse.fish")]
pub(crate) struct Completion {
    /// The shell
    #[arg(value_enum)]
    shell: ShellArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ShellArg {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

impl Completion {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let shell = match self.shell {
            ShellArg::Bash => Shell::Bash,
            ShellArg::Zsh => Shell::Zsh,
            ShellArg::Fish => Shell::Fish,
            ShellArg::Powershell => Shell::PowerShell,
        };
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::grouped(), "packhorse", &mut script);
        context.printer.raw(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Done)
    }
}
