//! `packhorse storage damage`.

use clap::Args;
use packhorse_model::api::storage::DamagedRange;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, count, list};

/// Versions that a line names.
const NAMED: usize = 3;

/// List what is damaged, and which versions need it
///
/// To mend it, push one of the named versions again, from its archive.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse storage damage
  packhorse storage damage -o json")]
pub(crate) struct Damage;

impl Damage {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("PACK"),
            Column::number("OFFSET"),
            Column::number("BYTES"),
            Column::number("SEGMENTS"),
            Column::text("PUSH AGAIN"),
            Column::text("FILES"),
        ];
        let client = context.client()?;
        let rows = context.printer.rows(
            client.damage(),
            columns,
            |range| {
                [
                    range.pack.short(),
                    range.offset.to_string(),
                    range.length.to_string(),
                    range.segments.to_string(),
                    versions(range),
                    files(range),
                ]
            },
            "no damage is known; `packhorse storage verify` looks for it",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}

fn versions(range: &DamagedRange) -> String {
    let mut versions: Vec<String> = range.uses.iter().map(|it| format!("{}@{}", it.package, it.version)).collect();
    versions.dedup();
    if versions.is_empty() { "no version that is known of".to_owned() } else { list(&versions, NAMED) }
}

fn files(range: &DamagedRange) -> String {
    let paths: Vec<&str> = range.uses.iter().map(|it| it.path.as_str()).filter(|path| !path.is_empty()).collect();
    match paths.first() {
        None if range.uses.is_empty() => String::new(),
        None => "the list of the files".to_owned(),
        Some(first) if paths.len() == 1 => (*first).to_owned(),
        Some(first) => format!("{first} and {}", count(paths.len() - 1, "other")),
    }
}
