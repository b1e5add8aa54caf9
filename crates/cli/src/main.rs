//! `packhorse`: the server's entry point and the command line client.
//!
//! A command is a file in `commands/`: its arguments, whose documentation is its help, and a function that does it. Commands
//! talk to the server through `packhorse-client` alone, write through [`output`] alone, and end with an [`exit::Exit`].

mod args;
mod clock;
mod commands;
mod context;
mod credentials;
mod environment;
mod error;
mod exit;
mod logging;
mod output;
mod packing;
mod rollout;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::args::Cli;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Printer;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    match Cli::read(words.clone()) {
        Ok(cli) => run(cli).into(),
        Err(error) => explain(&error, &words).into(),
    }
}

fn run(cli: Cli) -> Exit {
    let Cli { global, command } = cli;
    logging::start(&command);
    let printer = Printer::new(global.output, global.quiet, environment::wants_colour());
    let context = Context { printer, is_quiet: global.quiet, url: global.url };
    match command.run(&context) {
        Ok(exit) => exit,
        Err(CommandError::BrokenPipe) => Exit::Done,
        Err(CommandError::Shown(error)) => {
            context.printer.error(&error);
            error.exit
        }
    }
}

/// Help and version are data; anything else is a usage error, which `plan` must not report with the code for changes.
fn explain(error: &clap::Error, words: &[OsString]) -> Exit {
    let exit = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
        _ if words.get(1).is_some_and(|word| word == "plan") => Exit::Failed,
        _ => Exit::Usage,
    };
    // A reader that has gone is no failure, and there is nowhere to report another.
    let _ = error.print();
    exit
}
