//! `packhorse package retention preview`.

use clap::Args;
use packhorse_model::PackageName;
use packhorse_model::api::retention::{PreviewRetention, RetentionPreview};

use super::rule::{Parts, told};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, Printer, Table, ago, bytes, count};
use crate::words;

/// Show what a rule would do to the versions of a package now, and delete nothing
///
/// Without any part of a rule, shows what the one that holds would do.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package retention preview shop-web
  packhorse package retention preview shop-web --keep-last 5")]
pub(crate) struct Preview {
    /// The package
    name: PackageName,
    #[command(flatten)]
    parts: Parts,
}

impl Preview {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let (client, rule) = (context.client()?, PreviewRetention { rule: self.parts.rule() });
        let mut preview = client.preview_retention(&self.name, &rule, None, &clock::new_key()?).await?;
        while let Some(next) = preview.next.take() {
            let more = client.preview_retention(&self.name, &rule, Some(next), &clock::new_key()?).await?;
            preview.items.extend(more.items);
            preview.next = more.next;
        }
        context.printer.data(&preview, || text(&preview, clock::now(), &context.printer))?;
        Ok(Exit::Done)
    }
}

fn text(preview: &RetentionPreview, now: jiff::Timestamp, printer: &Printer) -> String {
    let mut table = Table::new(&[
        Column::text("VERSION"),
        Column::text("FATE"),
        Column::text("BECAUSE"),
        Column::number("NEW"),
        Column::text("PUSHED"),
        Column::text("LAST ON A HOST"),
    ]);
    for fate in &preview.items {
        let kept = fate.kept_because.is_some();
        table.row(&[
            fate.version.to_string(),
            if kept { "kept".to_owned() } else { "deleted".to_owned() },
            fate.kept_because.map(words::word).unwrap_or_default(),
            bytes(fate.new_bytes),
            ago(fate.created_at, now),
            fate.deployed_at.map_or("never".to_owned(), |at| ago(at, now)),
        ]);
    }
    format!(
        "{}\n{}{} would be kept, {} deleted ({})\n",
        told(preview.rule.as_ref()),
        printer.table(table),
        count(preview.kept, "version"),
        preview.deleted,
        bytes(preview.deleted_bytes)
    )
}
