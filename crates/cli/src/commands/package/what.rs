//! A package, and optionally a version of it, as it is said on the command line.

use std::fmt;
use std::str::FromStr;

use packhorse_model::{PackageName, VersionNumber};

use crate::rollout::PackageVersion;

/// `NAME[@VERSION]`.
#[derive(Debug, Clone)]
pub(crate) struct What {
    pub(crate) package: PackageName,
    pub(crate) version: Option<VersionNumber>,
}

impl FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            let PackageVersion { package, version } = text.parse()?;
            return Ok(Self { package, version: Some(version) });
        }
        let package = text.parse().map_err(|error: packhorse_model::name::NameError| error.to_string())?;
        Ok(Self { package, version: None })
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.package),
            None => write!(f, "{}", self.package),
        }
    }
}
