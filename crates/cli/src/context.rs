//! What every command has: a printer, and a way to the server.

use packhorse_client::{Access, Client};

use crate::credentials::Credentials;
use crate::environment;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Printer, Reporter};

/// The server that is meant when nobody says otherwise.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:7433";

/// What every command has.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) printer: Printer,
    pub(crate) is_quiet: bool,
    pub(crate) url: Option<String>,
}

impl Context {
    /// A client of the server that is meant, with the token that is known for it.
    pub(crate) fn client(&self) -> Result<Client, CommandError> {
        let credentials = Credentials::load()?;
        let url = self.url.as_deref().or(credentials.current.as_deref()).unwrap_or(DEFAULT_URL);
        let url = parse_url(url)?;
        let token = environment::token().or_else(|| credentials.token(&address(&url)));
        let access = token.map_or(Access::Anonymous, Access::Token);
        Ok(Client::new(url, &access)?)
    }

    /// How something that takes time is shown.
    pub(crate) fn reporter(&self) -> Reporter {
        Reporter::new(self.is_quiet)
    }
}

/// Reads the address of a server.
pub(crate) fn parse_url(text: &str) -> Result<packhorse_client::Url, CommandError> {
    Client::parse_url(text).map_err(|error| CommandError::new(Exit::Usage, error.to_string()))
}

/// How an address is written in the credentials.
pub(crate) fn address(url: &packhorse_client::Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}
