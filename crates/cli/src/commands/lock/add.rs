//! `packhorse lock add`.

use clap::Args;
use packhorse_model::api::guard_rails::AddLock;
use packhorse_model::guard::GuardScope;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Lock deployments in a scope
///
/// Nothing new starts there until the lock is removed; what has begun to switch comes to its end.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse lock add global -m 'the data centre moves'
  packhorse lock add module:Shop/Production/Web -m 'ask li first'")]
pub(crate) struct Add {
    /// Where: global, environment:prod, business:NAME, system:BUSINESS/SYSTEM or module:BUSINESS/SYSTEM/MODULE
    scope: GuardScope,
    /// Why, for those whom it holds up
    #[arg(short, long, value_name = "TEXT")]
    message: String,
}

impl Add {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let wanted = AddLock { scope: self.scope, message: self.message };
        let lock = context.client()?.add_lock(&wanted, &clock::new_key()?).await?;
        context.printer.data(&lock, || format!("{}\n", lock.id))?;
        context.printer.say(&format!("{} is locked; `packhorse lock remove {}` ends it", lock.scope, lock.id));
        Ok(Exit::Done)
    }
}
