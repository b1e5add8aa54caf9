//! Where the database is.

use std::path::PathBuf;
use std::str::FromStr;

use crate::error::StoreError;

/// The address of a database. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A file, written `sqlite:PATH`. The directory around it is locked by the server that opens it.
    Sqlite(PathBuf),
    /// A PostgreSQL server, written `postgres://…`.
    Postgres(String),
}

impl FromStr for StoreUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(StoreError::Address(without_password(text)))
    }
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split_once(':').map_or(login, |(user, _)| user);
            format!("{scheme}://{user}@{place}")
        }
        None => url.to_owned(),
    }
}

impl std::fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl std::fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds_and_never_shows_a_password() {
        assert_eq!("sqlite:/d/x.db".parse::<StoreUrl>().unwrap(), StoreUrl::Sqlite("/d/x.db".into()));
        let url: StoreUrl = "postgres://ph:s3cr3t@db:5432/packhorse".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://ph@db:5432/packhorse");
        insta::assert_snapshot!("mysql://ph:s3cr3t@db/x".parse::<StoreUrl>().unwrap_err(), @r#""mysql://ph@db/x" is no database address: use sqlite:DIR/packhorse.db or postgres://USER@HOST/DATABASE"#);
    }
}
