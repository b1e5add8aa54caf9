//! `packhorse database-target list`.

use clap::Args;
use packhorse_client::DatabaseTargetFilter;
use packhorse_model::HostName;
use packhorse_model::topology::ModulePath;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Column;
use crate::words;

/// List the database targets
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse database-target list
  packhorse database-target list --module Shop/Production/Db")]
pub(crate) struct List {
    /// Of this module
    #[arg(long, value_name = "BUSINESS/SYSTEM/MODULE")]
    module: Option<ModulePath>,
    /// Whose scripts this host runs
    #[arg(long)]
    host: Option<HostName>,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("NAME"),
            Column::text("ENGINE"),
            Column::text("DATABASE"),
            Column::text("MODULE"),
            Column::text("HOST"),
            Column::text("VERSIONS"),
        ];
        let client = context.client()?;
        let filter = DatabaseTargetFilter { module: self.module, host: self.host };
        let rows = context.printer.rows(
            client.database_targets(&filter),
            columns,
            |target| {
                let versions = target.ledgers.iter().map(|reported| {
                    let version = reported.ledger.version.as_ref().map_or("empty", |version| version.as_str());
                    format!("{} {version}", reported.package)
                });
                [
                    target.name.to_string(),
                    words::word(target.login.engine),
                    target.login.to_string(),
                    target.module.to_string(),
                    target.host.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
                    versions.collect::<Vec<_>>().join(", "),
                ]
            },
            "there are no database targets; `packhorse database-target add` makes one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
