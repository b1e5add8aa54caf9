//! `packhorse login`.

use std::io::{self, BufRead, IsTerminal};

use clap::Args;
use packhorse_client::{Access, Client, Secret};
use packhorse_model::api::sessions::{CreateToken, SignIn};

use crate::clock;
use crate::context::{self, Context, DEFAULT_URL};
use crate::credentials::Credentials;
use crate::error::CommandError;
use crate::exit::Exit;

/// Sign in to a server and remember a token for it
///
/// Signs in with user and password, makes an API token for this machine, and stores it where only you can read it, in
/// $XDG_CONFIG_HOME/packhorse/credentials.toml. Commands that follow use this server unless --url or PACKHORSE_URL names
/// another one. The password is not stored. CI needs no login: PACKHORSE_URL and PACKHORSE_TOKEN are enough.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse login http://127.0.0.1:7433 --user admin
  packhorse login https://packhorse.example.com --user ci --password-stdin < password.txt")]
pub(crate) struct Login {
    /// The server [default: http://127.0.0.1:7433]
    #[arg(value_name = "URL")]
    server: Option<String>,
    /// Who signs in; asked for if not said
    #[arg(long)]
    user: Option<String>,
    /// Read the password from standard input, up to the end of its first line
    #[arg(long)]
    password_stdin: bool,
}

impl Login {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let server = self.server.as_deref().or(context.url.as_deref()).unwrap_or(DEFAULT_URL);
        let url = context::parse_url(server)?;
        let address = context::address(&url);
        // Read first, so that a file that is broken leaves no token behind on the server.
        let mut credentials = Credentials::load()?;
        let user = match &self.user {
            Some(user) => user.clone(),
            None => ask_user(context)?,
        };
        let password = if self.password_stdin { first_line()? } else { ask_password(&user)? };

        let anonymous = Client::new(url.clone(), &Access::Anonymous)?;
        let cookie = anonymous.sign_in(&SignIn { user: user.clone(), password }, &clock::new_key()?).await?;
        let signed_in = Client::new(url, &Access::Session(cookie))?;
        let token = CreateToken { name: token_name(), expires_in_days: None };
        let created = signed_in.create_token(&token, &clock::new_key()?).await?;
        credentials.remember(&address, &user, &Secret::new(created.secret));
        let saved = match credentials.save() {
            Ok(saved) => saved,
            Err(error) => {
                // A token that nobody has must not stay; that it could not be stored is what matters.
                let _ = signed_in.delete_token(created.token.id).await;
                return Err(error);
            }
        };
        if let Err(error) = signed_in.sign_out().await {
            tracing::warn!(%error, "the session stays open until it ends by itself");
        }
        context.printer.say(&format!("signed in to {address} as {user}; the token is in {}", saved.display()));
        Ok(Exit::Done)
    }
}

fn token_name() -> String {
    let system = rustix::system::uname();
    format!("command line on {}", system.nodename().to_string_lossy())
}

fn nobody_to_ask() -> CommandError {
    CommandError::new(Exit::Usage, "nobody can be asked: this is not a terminal")
        .hinted("use --user NAME --password-stdin and write the password to standard input")
}

fn ask_user(context: &Context) -> Result<String, CommandError> {
    if !io::stdin().is_terminal() {
        return Err(nobody_to_ask());
    }
    context.printer.ask("user: ");
    first_line()
}

fn ask_password(user: &str) -> Result<String, CommandError> {
    if !io::stdin().is_terminal() {
        return Err(nobody_to_ask());
    }
    rpassword::prompt_password(format!("password of {user}: "))
        .map_err(|error| CommandError::failed("could not read the password").detailed(error.to_string()))
}

/// The first line of standard input.
pub(super) fn first_line() -> Result<String, CommandError> {
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| CommandError::failed("could not read standard input").detailed(error.to_string()))?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(CommandError::new(Exit::Usage, "nothing came on standard input"));
    }
    Ok(line.to_owned())
}
