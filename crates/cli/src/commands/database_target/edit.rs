//! `packhorse database-target edit`.

use std::path::PathBuf;

use clap::Args;
use packhorse_model::HostName;
use packhorse_model::api::database_targets::{DatabaseTarget, DatabaseTargetSpec};
use packhorse_model::database::{DatabaseAddress, DatabaseTls};
use packhorse_model::name::{DatabaseTargetName, SecretName};
use packhorse_model::topology::ModulePath;

use super::authority;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// Change a database target
///
/// What is not said stays. The engine does not change: make another target.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse database-target edit shop --address db-2.example:5432
  packhorse database-target edit shop --secret shop-db-2026 --tls verify --authority db-ca.pem")]
pub(crate) struct Edit {
    /// The database target
    name: DatabaseTargetName,
    /// The module that it belongs to
    #[arg(long, value_name = "BUSINESS/SYSTEM/MODULE")]
    module: Option<ModulePath>,
    /// The host that runs the scripts; it must reach the database
    #[arg(long)]
    host: Option<HostName>,
    /// Where its server listens: HOST, HOST:PORT, or the path of a socket
    #[arg(long)]
    address: Option<DatabaseAddress>,
    /// Its name on the server; for SQLite the absolute path of its file
    #[arg(long)]
    database: Option<String>,
    /// As whom scripts are run
    #[arg(long)]
    user: Option<String>,
    /// The secret of the vault that is the user's password
    #[arg(long)]
    secret: Option<SecretName>,
    /// Let the user need no password
    #[arg(long, conflicts_with = "secret")]
    no_secret: bool,
    /// How the way there is protected
    #[arg(long, value_parser = words::one_of::<DatabaseTls>(words::DATABASE_TLS))]
    tls: Option<DatabaseTls>,
    /// Certificates of the authority that the server's must come from, in PEM; for --tls verify
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

impl Edit {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let before = client.database_target(&self.name).await?;
        let name = self.name.clone();
        let after = client.change_database_target(&name, &self.spec(before)?).await?;
        context.printer.data(&after, || format!("{}: {}\n", after.name, after.login))?;
        Ok(Exit::Done)
    }

    fn spec(self, before: DatabaseTarget) -> Result<DatabaseTargetSpec, CommandError> {
        let DatabaseTarget { login, host, module, secret, description, .. } = before;
        let host = self.host.or(host).ok_or_else(|| {
            CommandError::failed("the host that ran its scripts was removed").hinted("say another one with --host HOST")
        })?;
        Ok(DatabaseTargetSpec {
            module: self.module.unwrap_or(module),
            host,
            engine: login.engine,
            address: self.address.or(login.address),
            database: self.database.unwrap_or(login.database),
            user: self.user.or(login.user),
            secret: if self.no_secret { None } else { self.secret.or(secret) },
            tls: self.tls.unwrap_or(login.tls),
            authority: self.authority.as_deref().map(authority).transpose()?.or(login.authority),
            description: self.description.unwrap_or(description),
        })
    }
}
