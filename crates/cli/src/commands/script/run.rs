//! `packhorse script run`.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use packhorse_model::api::asked::AskedSpec;
use packhorse_model::deployment::Action;
use packhorse_model::manifest::Interpreter;
use packhorse_model::name::SecretName;
use packhorse_model::variables::VariableValue;

use super::adhoc::AdHoc;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{
    ASKED, Begun, Consent, PackageVersion, StrategyArgs, TargetArgs, Wanted, apply, begin, go_on, must_be_answerable,
};
use crate::words;

/// Run a script on hosts
///
/// Makes a plan, shows it, asks, and applies exactly that plan, in batches like any deployment. Nothing is installed: the script runs in a
/// directory of its own that is removed afterwards. With --watch, what it writes is shown as it comes, with the host before each line.
/// A script that lies on this machine becomes a version of the package adhoc-USER first, so that the danger rules, the audit log and the
/// results are those of every script; if it is not run after all, because nobody agrees or it is refused, none is left.
/// `packhorse deployment abort` stops it everywhere, `packhorse deployment retry` runs it again where it failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse script run cleanup@1.0.0 --to Shop/Production/Web -P DAYS=7 --watch
  packhorse script run cleanup@1.0.0 --to Shop/Production/Web --canary 1 --batch 25% --yes
  packhorse script run rotate@2.1.0 --host web-01 --secret PASSWORD=db-admin
  packhorse script run ./clean.sh --to Shop/Production/Web --watch -- --older-than 7d /var/tmp")]
pub(crate) struct Run {
    /// The script package and its version, or a script of this machine
    #[arg(value_name = "NAME@VERSION|FILE")]
    what: What,
    /// What runs a script of this machine; by default what its first line or its name says
    #[arg(long, value_parser = words::one_of::<Interpreter>(words::INTERPRETERS))]
    interpreter: Option<Interpreter>,
    /// What a script of this machine is called with; the arguments of a package are in its packhorse.toml
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
    /// A parameter of the script; may be given several times
    #[arg(short = 'P', long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// A secret parameter, and the secret of the vault that is its value; may be given several times
    #[arg(long = "secret", value_name = "NAME=SECRET", value_parser = secret)]
    secrets: Vec<(String, SecretName)>,
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    strategy: StrategyArgs,
    #[command(flatten)]
    consent: Consent,
}

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// A version of a package.
    Version(PackageVersion),
    /// A file of this machine.
    File(PathBuf),
}

impl FromStr for What {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::File(PathBuf::from(text)), Self::Version))
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("write it as NAME=VALUE, as in DAYS=7")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}

fn secret(text: &str) -> Result<(String, SecretName), String> {
    let (name, secret) = text.split_once('=').ok_or("write it as NAME=SECRET, as in PASSWORD=db-admin")?;
    Ok((name.to_owned(), secret.parse().map_err(|error| format!("{error}"))?))
}

impl Run {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let what = match &self.what {
            What::Version(_) if self.interpreter.is_some() || !self.arguments.is_empty() => {
                let message = "what runs a package and what it is called with, its packhorse.toml says";
                return Err(CommandError::new(Exit::Usage, message).hinted("give it values with -P NAME=VALUE"));
            }
            What::Version(what) => what.clone(),
            What::File(path) => {
                // Before anything is pushed for nothing.
                must_be_answerable(self.consent.yes, ASKED)?;
                let script = AdHoc {
                    path,
                    interpreter: self.interpreter,
                    arguments: self.arguments.clone(),
                    parameters: &self.parameters,
                    secrets: &self.secrets,
                };
                let pushed = script.push(context, &client).await?;
                let begun = match self.asked(&pushed.what) {
                    Ok(asked) => begin(context, &client, &asked, &self.consent).await,
                    Err(error) => Err(error),
                };
                if !matches!(begun, Ok(Begun::Deployment(_))) {
                    pushed.take_back(context, &client).await;
                }
                return go_on(context, &client, begun?, &self.consent).await;
            }
        };
        apply(context, &client, &self.asked(&what)?, &self.consent).await
    }

    fn asked(&self, what: &PackageVersion) -> Result<AskedSpec, CommandError> {
        let PackageVersion { package, version } = what;
        let wanted = Wanted { action: Action::Run, package, version: Some(version), also: &[] };
        let mut asked = wanted.spec(&self.targets, &self.strategy)?;
        let texts = self.parameters.iter().map(|(name, value)| (name.clone(), VariableValue::Text(value.clone())));
        let secrets = self.secrets.iter().map(|(name, secret)| (name.clone(), VariableValue::Secret(secret.clone())));
        asked.spec.parameters = texts.chain(secrets).collect();
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_told_from_a_file() {
        let what = |text: &str| text.parse::<What>().unwrap();
        assert!(matches!(what("cleanup@1.0.0"), What::Version(_)));
        for file in ["clean.sh", "./cleanup@1.0.0", "dir/a@1.0", "cleanup@"] {
            assert_eq!(what(file), What::File(file.into()));
        }
    }
}
