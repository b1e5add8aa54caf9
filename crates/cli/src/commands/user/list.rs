//! `packhorse user list`.

use clap::Args;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};

/// List users
#[derive(Debug, Args)]
pub(crate) struct List;

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.users(),
            [Column::text("NAME"), Column::text("SINCE")],
            |user| [user.name.to_string(), ago(user.created_at, now)],
            "no users",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
