//! `packhorse deploy`.

use clap::Args;
use packhorse_model::deployment::Action;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::BringArgs;

/// Bring a version to hosts
///
/// Makes a plan, shows it, asks, and applies exactly that plan: if anything that it rests on has moved meanwhile, the server
/// refuses it and nothing is done. Everything is fetched and verified on the hosts of a batch before anything is stopped; a
/// host whose new version is not healthy gets its old one back by itself.
///
/// Several packages go together: databases first, then what others need, then by installrank. Each goes to those of the hosts
/// whose modules it is bound to. A host gets all of its packages or keeps what it had of all of them; with
/// `--on-failure rollback` everything goes back, in reverse order.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deploy shop-web@1.0.0 --to Shop/Production/Web
  packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --canary 1 --batch '1 *3' --bake 60
  packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --strategy careful --at +2h
  packhorse deploy shop-web@1.0.1 shop-conf@2.0.0 shop-db@1.1.0 --to Shop/Production/Web

In CI, where nobody can be asked:
  packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --on-failure rollback --yes --watch")]
pub(crate) struct Deploy {
    #[command(flatten)]
    what: BringArgs,
}

impl Deploy {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        self.what.run(context, Action::Deploy).await
    }
}
