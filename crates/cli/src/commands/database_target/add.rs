//! `packhorse database-target add`.

use std::path::PathBuf;

use clap::Args;
use packhorse_model::HostName;
use packhorse_model::api::database_targets::{DatabaseTargetSpec, NewDatabaseTarget};
use packhorse_model::database::{DatabaseAddress, DatabaseTls};
use packhorse_model::manifest::Engine;
use packhorse_model::name::{DatabaseTargetName, SecretName};
use packhorse_model::topology::ModulePath;

use super::authority;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// Say where a database is, whose it is, and which host runs packages in it
///
/// The password is a secret of the vault; put it there with `packhorse secret add` first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse database-target add shop --module Shop/Production/Db --host db-1 --engine postgres \\
    --address db.example:5432 --database shop --user shop --secret shop-db
  packhorse database-target add cache --module Shop/Production/Web --host web-1 --engine sqlite --database /data/cache.db")]
pub(crate) struct Add {
    /// Its name
    name: DatabaseTargetName,
    /// The module that it belongs to
    #[arg(long, value_name = "BUSINESS/SYSTEM/MODULE")]
    module: ModulePath,
    /// The host that runs the scripts; it must reach the database
    #[arg(long)]
    host: HostName,
    /// What it is
    #[arg(long, value_parser = words::one_of::<Engine>(words::ENGINES))]
    engine: Engine,
    /// Where its server listens: HOST, HOST:PORT, or the path of a socket
    #[arg(long)]
    address: Option<DatabaseAddress>,
    /// Its name on the server; for SQLite the absolute path of its file
    #[arg(long)]
    database: String,
    /// As whom scripts are run
    #[arg(long)]
    user: Option<String>,
    /// The secret of the vault that is the user's password
    #[arg(long)]
    secret: Option<SecretName>,
    /// How the way there is protected
    #[arg(long, value_parser = words::one_of::<DatabaseTls>(words::DATABASE_TLS), default_value = "prefer")]
    tls: DatabaseTls,
    /// Certificates of the authority that the server's must come from, in PEM; for --tls verify
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
}

impl Add {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let spec = DatabaseTargetSpec {
            module: self.module,
            host: self.host,
            engine: self.engine,
            address: self.address,
            database: self.database,
            user: self.user,
            secret: self.secret,
            tls: self.tls,
            authority: self.authority.as_deref().map(authority).transpose()?,
            description: self.description,
        };
        let target = NewDatabaseTarget { name: self.name, spec };
        let made = context.client()?.create_database_target(&target, &clock::new_key()?).await?;
        context.printer.data(&made, || format!("{}: {}\n", made.name, made.login))?;
        Ok(Exit::Done)
    }
}
