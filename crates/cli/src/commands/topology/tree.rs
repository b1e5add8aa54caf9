//! `packhorse topology tree`.

use clap::Args;
use packhorse_model::api::topology::Topology;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, count, harmless};
use crate::words;

/// Show the tree with its hosts and instances
#[derive(Debug, Args)]
pub(crate) struct Tree {}

impl Tree {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let topology = context.client()?.topology().await?;
        context.printer.data(&topology, || draw(&topology, context.printer.style()))?;
        if topology.businesses.is_empty() {
            context.printer.say("there is no topology yet; `packhorse topology apply FILE.toml` makes one");
        }
        Ok(Exit::Done)
    }
}

fn draw(topology: &Topology, style: Style) -> String {
    let mut text = String::new();
    for business in &topology.businesses {
        text.push_str(&format!("{}\n", style.bold(&harmless(business.name.as_str()))));
        for (index, system) in business.systems.iter().enumerate() {
            let (branch, trunk) = branches(index, business.systems.len());
            let environment = style.dim(&format!("({})", words::word(system.environment)));
            text.push_str(&format!("{branch}{} {environment}\n", harmless(system.name.as_str())));
            for (index, module) in system.modules.iter().enumerate() {
                let (branch, _) = branches(index, system.modules.len());
                let numbers = format!("{}, {}", count(module.hosts, "host"), count(module.instances, "instance"));
                text.push_str(&format!("{trunk}{branch}{}  {}\n", harmless(module.name.as_str()), style.dim(&numbers)));
            }
        }
    }
    text
}

/// What stands before the entry itself, and before what is below it.
fn branches(index: usize, of: usize) -> (&'static str, &'static str) {
    if index + 1 == of { ("└── ", "    ") } else { ("├── ", "│   ") }
}
