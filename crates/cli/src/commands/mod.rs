//! The commands, one file each.

mod apply;
mod audit;
mod completion;
mod danger_rule;
mod database;
mod database_target;
mod deploy;
mod deployment;
mod draft;
mod environment;
mod export;
mod find;
mod freeze;
mod host;
mod import;
mod instance;
mod lock;
mod login;
mod package;
mod plan;
mod retention;
mod script;
mod secret;
pub(crate) mod serve;
mod storage;
mod strategy;
mod token;
mod topology;
mod upgrade;
mod user;
mod variable;

use clap::Subcommand;
use packhorse_model::deployment::Action;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Everything that `packhorse` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(serve::Serve),
    Login(login::Login),
    #[command(subcommand)]
    Audit(audit::Audit),
    #[command(subcommand)]
    Token(token::Token),
    Completion(completion::Completion),
    #[command(subcommand)]
    Package(package::Package),
    Find(find::Find),
    #[command(subcommand)]
    Import(import::Import),
    #[command(subcommand)]
    Export(export::Export),
    #[command(subcommand)]
    Draft(draft::Draft),
    #[command(subcommand)]
    DangerRule(danger_rule::DangerRule),
    #[command(subcommand)]
    Topology(topology::Topology),
    #[command(subcommand)]
    Host(host::Host),
    #[command(subcommand)]
    Instance(instance::Instance),
    #[command(subcommand)]
    Variable(variable::Variable),
    #[command(subcommand)]
    Secret(secret::Secret),
    #[command(subcommand)]
    DatabaseTarget(database_target::DatabaseTarget),
    #[command(subcommand)]
    Database(database::Database),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Deploy(deploy::Deploy),
    /// Bring newer versions to hosts that have older ones
    ///
    /// As `packhorse deploy`, but a host that has none of a package is left out, and one that has a newer version as well.
    Upgrade(upgrade::Move),
    /// Bring older versions to hosts that have newer ones
    ///
    /// As `packhorse deploy`, but a host that has none of a package is left out, and one that has no newer version as well.
    Downgrade(upgrade::Move),
    #[command(subcommand)]
    Deployment(deployment::Deployment),
    #[command(subcommand)]
    Script(script::Script),
    #[command(subcommand)]
    Strategy(strategy::Strategy),
    #[command(subcommand)]
    Environment(environment::Environment),
    #[command(subcommand)]
    Freeze(freeze::Freeze),
    #[command(subcommand)]
    Lock(lock::Lock),
    #[command(subcommand)]
    User(user::User),
    #[command(subcommand)]
    Storage(storage::Storage),
    #[command(subcommand)]
    Retention(retention::Retention),
}

impl Command {
    /// Whether what it writes are findings, which can be written as SARIF.
    pub(crate) fn has_findings(&self) -> bool {
        matches!(self, Self::Package(package::Package::Lint(_)))
    }

    /// Does it.
    pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Serve(serve) => serve.run(context),
            Self::Completion(completion) => completion.run(context),
            client => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime = runtime.map_err(|error| {
                    CommandError::failed("could not begin: the system gives no event loop").detailed(error.to_string())
                })?;
                runtime.block_on(client.run_client(context))
            }
        }
    }

    async fn run_client(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Login(login) => login.run(context).await,
            Self::Audit(audit) => audit.run(context).await,
            Self::Token(token) => token.run(context).await,
            Self::Package(package) => package.run(context).await,
            Self::Find(find) => find.run(context).await,
            Self::Import(import) => import.run(context).await,
            Self::Export(export) => export.run(context).await,
            Self::Draft(draft) => draft.run(context).await,
            Self::DangerRule(rule) => rule.run(context).await,
            Self::Topology(topology) => topology.run(context).await,
            Self::Host(host) => host.run(context).await,
            Self::Instance(instance) => instance.run(context).await,
            Self::Variable(variable) => variable.run(context).await,
            Self::Secret(secret) => secret.run(context).await,
            Self::DatabaseTarget(target) => target.run(context).await,
            Self::Database(database) => database.run(context).await,
            Self::Plan(plan) => plan.run(context).await,
            Self::Apply(apply) => apply.run(context).await,
            Self::Deploy(deploy) => deploy.run(context).await,
            Self::Upgrade(to) => to.run(context, Action::Upgrade).await,
            Self::Downgrade(to) => to.run(context, Action::Downgrade).await,
            Self::Deployment(deployment) => deployment.run(context).await,
            Self::Script(script) => script.run(context).await,
            Self::Strategy(strategy) => strategy.run(context).await,
            Self::Environment(environment) => environment.run(context).await,
            Self::Freeze(freeze) => freeze.run(context).await,
            Self::Lock(lock) => lock.run(context).await,
            Self::User(user) => user.run(context).await,
            Self::Storage(storage) => storage.run(context).await,
            Self::Retention(retention) => retention.run(context).await,
            Self::Serve(serve) => serve.run(context),
            Self::Completion(completion) => completion.run(context),
        }
    }
}
