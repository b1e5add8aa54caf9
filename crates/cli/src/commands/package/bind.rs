//! `packhorse package bind` and `unbind`.

use clap::Args;
use packhorse_model::PackageName;
use packhorse_model::topology::ModulePath;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Which package, and which modules.
#[derive(Debug, Args)]
pub(crate) struct Bind {
    /// The package
    package: PackageName,
    /// The module; may be given several times
    #[arg(required = true, value_name = "BUSINESS/SYSTEM/MODULE")]
    module: Vec<ModulePath>,
}

/// Whether it may be deployed there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
    Bind,
    Unbind,
}

impl Bind {
    pub(super) async fn run(self, context: &Context, verb: Verb) -> Result<Exit, CommandError> {
        let client = context.client()?;
        for module in &self.module {
            let done = match verb {
                Verb::Bind => client.bind_package(&self.package, module).await.map(|()| "is bound to"),
                Verb::Unbind => client.unbind_package(&self.package, module).await.map(|()| "is not bound to"),
            };
            context.printer.say(&format!("{} {} {module}", self.package, done?));
        }
        Ok(Exit::Done)
    }
}
