//! `packhorse user add`.

use std::io::{self, IsTerminal as _};

use clap::Args;
use packhorse_model::UserName;
use packhorse_model::api::users::NewUser;

use crate::clock;
use crate::commands::login::first_line;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Add a user
///
/// The password is asked for, or read from standard input; it is never an argument, which others on the machine could read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse user add li
  packhorse user add li --password-stdin < password.txt")]
pub(crate) struct Add {
    /// The name with which they sign in
    name: UserName,
    /// Read the password from standard input, up to the end of its first line
    #[arg(long)]
    password_stdin: bool,
}

impl Add {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let password = if self.password_stdin { first_line()? } else { ask(&self.name)? };
        let user = NewUser { name: self.name, password };
        let added = context.client()?.add_user(&user, &clock::new_key()?).await?;
        context.printer.data(&added, || format!("{}\n", added.name))?;
        context.printer.say("they can sign in now");
        Ok(Exit::Done)
    }
}

fn ask(name: &UserName) -> Result<String, CommandError> {
    if !io::stdin().is_terminal() {
        return Err(CommandError::new(Exit::Usage, "nobody can be asked: this is not a terminal")
            .hinted("use --password-stdin and write the password to standard input"));
    }
    let ask = |prompt: String| {
        rpassword::prompt_password(prompt)
            .map_err(|error| CommandError::failed("could not read the password").detailed(error.to_string()))
    };
    let password = ask(format!("password of {name}: "))?;
    if ask("the same again: ".to_owned())? != password {
        return Err(CommandError::new(Exit::Usage, "the two passwords are not the same"));
    }
    Ok(password)
}
