//! `credentials.toml`: the tokens that `packhorse login` made, one for each server, and which server is used when none is named.
//!
//! Only its owner may read it. It is written whole, beside the old one, made durable and then renamed, so that a reader sees
//! the old one or the new one.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use packhorse_client::Secret;
use serde::{Deserialize, Serialize};

use crate::environment;
use crate::error::CommandError;

const FILE_NAME: &str = "credentials.toml";

/// What the file holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Credentials {
    /// The server that is used when none is named.
    pub(crate) current: Option<String>,
    servers: BTreeMap<String, Server>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    user: String,
    token: String,
}

impl Credentials {
    /// Reads the file; empty if there is none.
    pub(crate) fn load() -> Result<Self, CommandError> {
        match path() {
            Ok(path) => Self::load_from(&path),
            // Without a home there are no credentials; the environment may hold all that is needed.
            Err(_) => Ok(Self::default()),
        }
    }

    fn load_from(path: &Path) -> Result<Self, CommandError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Self::default());
            }
            Err(error) => return Err(CommandError::file("read", path, &error)),
        };
        // The reader's own message would show a line of the file, and with it perhaps a token.
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            CommandError::failed(format!("{} is not what `packhorse login` wrote (line {line})", path.display()))
                .hinted("remove the file and sign in again with `packhorse login URL`")
        })
    }

    /// The token for a server.
    pub(crate) fn token(&self, url: &str) -> Option<Secret> {
        self.servers.get(url).map(|server| Secret::new(&server.token))
    }

    /// Remembers a token, and makes its server the one that is used when none is named.
    pub(crate) fn remember(&mut self, url: &str, user: &str, token: &Secret) {
        let server = Server { user: user.to_owned(), token: token.reveal().to_owned() };
        self.servers.insert(url.to_owned(), server);
        self.current = Some(url.to_owned());
    }

    /// Writes the file, and returns where.
    pub(crate) fn save(&self) -> Result<PathBuf, CommandError> {
        let path = path()?;
        self.save_to(&path).map_err(|error| CommandError::file("write", &path, &error))?;
        Ok(path)
    }

    fn save_to(&self, path: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let beside = folder.join(format!(".{FILE_NAME}.{}", std::process::id()));
        let written = write_private(&beside, text.as_bytes()).and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            // The first error is the one that matters.
            let _ = fs::remove_file(&beside);
        }
        written?;
        File::open(folder)?.sync_all()
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // What an earlier run left behind may be in the way; it is ours by its name.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn path() -> Result<PathBuf, CommandError> {
    let folder = environment::config_home().ok_or_else(|| {
        CommandError::failed("there is no place for credentials: neither XDG_CONFIG_HOME nor HOME is an absolute path")
            .hinted("set HOME, or do without: PACKHORSE_URL and PACKHORSE_TOKEN say all that is needed")
    })?;
    Ok(folder.join(FILE_NAME))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn are_kept_for_their_owner_only_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/packhorse").join(FILE_NAME);
        let mut credentials = Credentials::load_from(&path).ok().unwrap();
        credentials.remember("http://a", "admin", &Secret::new("ph_a"));
        credentials.remember("http://b", "admin", &Secret::new("ph_b"));
        credentials.save_to(&path).unwrap();
        credentials.save_to(&path).unwrap();

        let read = Credentials::load_from(&path).ok().unwrap();
        assert_eq!(read.token("http://a"), Some(Secret::new("ph_a")));
        assert_eq!(read.current.as_deref(), Some("http://b"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_broken_file_is_refused_without_showing_a_token() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        fs::write(&path, "[servers.a]\nuser = 'x'\ntoken = ph_secret\n").unwrap();
        let Err(CommandError::Shown(error)) = Credentials::load_from(&path) else { panic!("was read") };
        assert!(error.message.ends_with("(line 3)"), "{error:?}");
        assert!(!format!("{error:?}").contains("ph_secret"));
    }
}
