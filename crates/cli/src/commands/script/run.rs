//! `packhorse script run`.

use clap::Args;
use packhorse_model::deployment::Action;
use packhorse_model::name::SecretName;
use packhorse_model::variables::VariableValue;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{Consent, PackageVersion, StrategyArgs, TargetArgs, Wanted, apply};

/// Run a script on hosts
///
/// Makes a plan, shows it, asks, and applies exactly that plan, in batches like any deployment. Nothing is installed: the script runs in a
/// directory of its own that is removed afterwards. With --watch, what it writes is shown as it comes, with the host before each line.
/// `packhorse deployment abort` stops it everywhere, `packhorse deployment retry` runs it again where it failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse script run cleanup@1.0.0 --to Shop/Production/Web -P DAYS=7 --watch
  packhorse script run cleanup@1.0.0 --to Shop/Production/Web --canary 1 --batch 25% --yes
  packhorse script run rotate@2.1.0 --host web-01 --secret PASSWORD=db-admin")]
pub(crate) struct Run {
    /// The script package and its version
    #[arg(value_name = "NAME@VERSION")]
    what: PackageVersion,
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
        let PackageVersion { package, version } = &self.what;
        let wanted = Wanted { action: Action::Run, package, version: Some(version) };
        let mut asked = wanted.spec(&self.targets, &self.strategy)?;
        let texts = self.parameters.into_iter().map(|(name, value)| (name, VariableValue::Text(value)));
        let secrets = self.secrets.into_iter().map(|(name, secret)| (name, VariableValue::Secret(secret)));
        asked.spec.parameters = texts.chain(secrets).collect();
        apply(context, &context.client()?, &asked, &self.consent).await
    }
}
