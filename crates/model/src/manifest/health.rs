//! What must hold while an instance runs.

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::{is_inside, wrong};
use super::process::ProcessRule;

/// One thing that must hold while the instance runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthCheck {
    /// What is looked at.
    #[serde(flatten)]
    pub probe: Probe,
    /// Seconds between two looks at a running instance; 15 if not said.
    #[serde(default = "default_interval")]
    pub interval: u32,
    /// Seconds that one look may take; 5 if not said.
    #[serde(default = "default_look")]
    pub timeout: u32,
    /// Seconds after the start within which it must hold for the first time; 30 if not said.
    #[serde(default = "default_within")]
    pub within: u32,
}

fn default_interval() -> u32 {
    15
}

fn default_look() -> u32 {
    5
}

fn default_within() -> u32 {
    30
}

/// What a health check looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Probe {
    /// Processes whose executable or script lies in the instance's directory or bears this name: `name`, or `name:min,max`.
    Process(String),
    /// A TCP port that accepts connections on the host's address or on loopback.
    Port(u16),
    /// An HTTP URL that answers with a status below 400. Variables such as `[@packhorse.host.ip]` are replaced.
    Http(String),
    /// A file of the package that exits with 0.
    Command(String),
}

impl HealthCheck {
    /// A probe with the usual times.
    #[must_use]
    pub fn of(probe: Probe) -> Self {
        Self { probe, interval: default_interval(), timeout: default_look(), within: default_within() }
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        match &self.probe {
            Probe::Process(text) => {
                text.parse::<ProcessRule>().map_err(|error| wrong("health.process", error.to_string()))?;
            }
            Probe::Port(0) => return Err(wrong("health.port", "0 is no port: ports go from 1 to 65535")),
            Probe::Http(url) if !(url.starts_with("http://") || url.starts_with("https://")) => {
                return Err(wrong("health.http", format!("{url:?} must begin with http:// or https://")));
            }
            Probe::Command(path) if !path.starts_with('/') && !is_inside(path) => {
                return Err(wrong("health.command", "must be a path inside the package, or an absolute path"));
            }
            Probe::Port(_) | Probe::Http(_) | Probe::Command(_) => {}
        }
        if self.interval == 0 || self.timeout == 0 {
            let key = if self.interval == 0 { "health.interval" } else { "health.timeout" };
            return Err(wrong(key, "must be at least 1 second"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Manifest;

    #[test]
    fn what_cannot_be_meant_is_named() {
        let error = |text: &str| Manifest::parse(&format!("[[health]]\n{text}")).unwrap_err().to_string();
        insta::assert_snapshot!(error("port=0"), @"packhorse.toml, health.port: 0 is no port: ports go from 1 to 65535");
        insta::assert_snapshot!(error("process='a:x'"), @r#"packhorse.toml, health.process: "a:x" is no process: write NAME, NAME:MIN or NAME:MIN,MAX"#);
        insta::assert_snapshot!(error("http='ftp://a'"), @r#"packhorse.toml, health.http: "ftp://a" must begin with http:// or https://"#);
        insta::assert_snapshot!(error("command='../a'"), @"packhorse.toml, health.command: must be a path inside the package, or an absolute path");
        insta::assert_snapshot!(error("port=1\ninterval=0"), @"packhorse.toml, health.interval: must be at least 1 second");
    }
}
