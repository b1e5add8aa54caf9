//! `packhorse storage stats`.

use clap::Args;
use packhorse_model::api::storage::{StorageJob, StorageStats};

use super::follow::said;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, ago, bytes, count};

/// Show what the storage holds, and what was last done to it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse storage stats
  packhorse storage stats -o json")]
pub(crate) struct Stats;

impl Stats {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let stats = context.client()?.storage().await?;
        context.printer.data(&stats, || text(&stats, clock::now(), context.printer.style()))?;
        Ok(Exit::Done)
    }
}

fn text(stats: &StorageStats, now: jiff::Timestamp, style: Style) -> String {
    let job = |job: &Option<StorageJob>| {
        job.as_ref().map_or("never".to_owned(), |job| format!("{}: {}", ago(job.created_at, now), said(job)))
    };
    let damage = match stats.damaged_segments {
        0 => "none known".to_owned(),
        damaged => style.red(&format!("{}; `packhorse storage damage` says where", count(damaged, "segment"))),
    };
    let rows = [
        ("versions", format!("{} of {}", count(stats.versions, "version"), count(stats.packages, "package"))),
        ("content", format!("{}, each version by itself", bytes(stats.content_bytes))),
        ("packs", format!("{}, {}", count(stats.packs, "pack"), bytes(stats.pack_bytes))),
        ("originals", format!("{}, {}", count(stats.originals, "archive"), bytes(stats.original_bytes))),
        ("damage", damage),
        ("running", stats.running.as_ref().map_or("nothing".to_owned(), said)),
        ("last gc", job(&stats.last_gc)),
        ("verified", job(&stats.last_verify)),
    ];
    rows.iter().map(|(name, value)| format!("{name:<10} {value}\n")).collect()
}
