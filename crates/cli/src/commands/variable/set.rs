//! `packhorse variable set`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use packhorse_model::api::variable_values::SetVariable;
use packhorse_model::name::{SecretName, VariableName};
use packhorse_model::variables::{LONGEST_VALUE, Scope, ValueError, VariableType, VariableValue};

use super::shown;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;
use crate::words;

/// Give a variable a value in a scope
///
/// The narrowest scope that has a value decides: global, environment, business, system, module, host, package. Instances have the value
/// when they are deployed again; `packhorse variable affected` names them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse variable set db_host 10.0.0.5 --scope environment:prod
  packhorse variable set db_port 5432 --type integer
  packhorse variable set db_password --secret shop-db --scope module:Shop/Production/Web
  packhorse variable set conf/license.dat --from-file license.dat --scope host:web-1")]
pub(crate) struct Set {
    /// The variable, as it stands in [@NAME]
    name: VariableName,
    /// The value
    #[arg(required_unless_present_any = ["secret", "from_file"], conflicts_with = "secret", allow_hyphen_values = true)]
    value: Option<String>,
    /// Read the value from a file, as it is
    #[arg(long, value_name = "FILE", conflicts_with_all = ["value", "secret"])]
    from_file: Option<PathBuf>,
    /// What the vault holds under this name is the value
    #[arg(long, value_name = "NAME")]
    secret: Option<SecretName>,
    /// Where it holds: global, environment:prod, business:NAME, system:BUSINESS/SYSTEM, module:BUSINESS/SYSTEM/MODULE, host:NAME, package:NAME
    #[arg(long, default_value = "global")]
    scope: Scope,
    /// What the value is
    #[arg(long, default_value = "text", value_parser = words::one_of::<VariableType>(words::VALUE_TYPES), conflicts_with = "secret")]
    r#type: VariableType,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

impl Set {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let wrong = |error: ValueError| CommandError::new(Exit::Usage, error.to_string());
        let value = match (self.secret, &self.from_file) {
            (Some(secret), _) => VariableValue::Secret(secret),
            (None, Some(path)) => VariableValue::read(self.r#type, &text_of(path)?).map_err(wrong)?,
            (None, None) => VariableValue::read(self.r#type, &self.value.unwrap_or_default()).map_err(wrong)?,
        };
        let wanted =
            SetVariable { name: self.name, scope: self.scope, value, description: self.description, revision: None };
        let set = context.client()?.set_variable(&wanted).await?;
        context.printer.data(&set, || {
            format!("{} is {} in {}\n", set.name, harmless(&shown(&set.value)), harmless(&set.scope.to_string()))
        })?;
        Ok(Exit::Done)
    }
}

/// What a file holds. One byte more than is allowed is enough to be refused.
fn text_of(path: &Path) -> Result<String, CommandError> {
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LONGEST_VALUE as u64 + 1).read_to_string(&mut text));
    read.map_err(|error| CommandError::file("read", path, &error))?;
    Ok(text)
}
