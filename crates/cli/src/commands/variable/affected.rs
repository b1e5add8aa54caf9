//! `packhorse variable affected`.

use clap::Args;
use packhorse_model::PackageName;
use packhorse_model::name::VariableName;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Column;

/// List instances that a change of a value has yet to reach
///
/// These are the instances whose rendered files would be others if their version were deployed now. Deploy it again to bring the
/// new values there; other instances are left as they are.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse variable affected
  packhorse variable affected db_host
  packhorse variable affected --package shop-web -o json")]
pub(crate) struct Affected {
    /// Only of packages that use this variable
    #[arg(conflicts_with = "package")]
    name: Option<VariableName>,
    /// Only of this package
    #[arg(long, value_name = "NAME")]
    package: Option<PackageName>,
}

impl Affected {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [Column::text("PACKAGE"), Column::text("VERSION"), Column::text("HOST")];
        let client = context.client()?;
        let name = self.name.as_ref().map(VariableName::as_str);
        let rows = context.printer.rows(
            client.affected_instances(name, self.package.as_ref()),
            columns,
            |instance| [instance.package.to_string(), instance.version.to_string(), instance.host.to_string()],
            "every instance has the values that it should",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
