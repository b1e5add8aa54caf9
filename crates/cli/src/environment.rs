//! What the environment says. Nothing else reads it, except the options that name a variable in their help.

use std::env;
use std::path::PathBuf;

use packhorse_client::Secret;

/// The token, if the environment holds one.
pub(crate) fn token() -> Option<Secret> {
    let token = env::var("PACKHORSE_TOKEN").ok()?;
    let token = token.trim();
    (!token.is_empty()).then(|| Secret::new(token))
}

/// Whether colours are wanted, by the convention of no-color.org and for terminals that have none.
pub(crate) fn wants_colour() -> bool {
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The folder of this user's configuration, as the XDG base directories say.
pub(crate) fn config_home() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CONFIG_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".config")))
        .map(|dir| dir.join("packhorse"))
}

/// The editor that a person wants.
pub(crate) fn editor() -> String {
    let set = |name| env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned())
}

/// What shall be logged.
pub(crate) fn log_filter() -> Option<String> {
    env::var("PACKHORSE_LOG").ok().filter(|filter| !filter.is_empty())
}
