//! Where a secret comes from: never from an argument, which others on the machine could read.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::Args;
use packhorse_model::api::vault::LONGEST_SECRET;

use crate::error::CommandError;
use crate::exit::Exit;

/// Where the value comes from.
#[derive(Debug, Args)]
pub(super) struct Value {
    /// Read the value from a file, as it is
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
}

impl Value {
    /// Reads the value: from the file, from standard input without its last line end, or from a person who is asked twice.
    pub(super) fn read(&self, name: &str) -> Result<String, CommandError> {
        let unread = |what: &str, error: &io::Error| {
            CommandError::failed(format!("could not read {what}")).detailed(error.to_string())
        };
        if let Some(path) = &self.from_file {
            let what = path.display().to_string();
            let file = std::fs::File::open(path).map_err(|error| unread(&what, &error))?;
            return bounded(file).map_err(|error| unread(&what, &error));
        }
        if !io::stdin().is_terminal() {
            let text = bounded(io::stdin().lock()).map_err(|error| unread("standard input", &error))?;
            let text = text.strip_suffix('\n').unwrap_or(&text);
            return Ok(text.strip_suffix('\r').unwrap_or(text).to_owned());
        }
        let ask = |prompt: String| rpassword::prompt_password(prompt).map_err(|error| unread("the secret", &error));
        let value = ask(format!("value of {name}: "))?;
        if ask("the same again: ".to_owned())? != value {
            return Err(CommandError::new(Exit::Usage, "the two values are not the same"));
        }
        Ok(value)
    }
}

/// One byte more than is allowed is enough to be refused by the server.
fn bounded(from: impl io::Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(LONGEST_SECRET as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}
