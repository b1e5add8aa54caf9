//! `packhorse package compare`.

use clap::Args;
use futures::TryStreamExt as _;
use packhorse_client::Client;
use packhorse_model::api::compare::{ChangeCounts, ChangeKind, TreeChange};
use packhorse_model::api::packages::{TreeEntry, TreeEntryKind};
use packhorse_model::{PackageName, VersionNumber};

use super::diff::{self, FileDiff};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, bytes};
use crate::words;

/// Show what differs between two versions of a package
///
/// Lists the files that were added, removed, changed or renamed, or whose permissions differ. With --diff, shows how texts differ, line by line.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package compare shop-web 1.0.0 1.0.1
  packhorse package compare shop-web 1.0.0 1.0.1 --diff
  packhorse package compare shop-web 1.0.0 1.0.1 --path conf/app.toml")]
pub(crate) struct Compare {
    /// The package
    name: PackageName,
    /// The version before
    from: VersionNumber,
    /// The version after
    to: VersionNumber,
    /// Show how texts differ
    #[arg(long)]
    diff: bool,
    /// Show how this file alone differs
    #[arg(long, value_name = "FILE")]
    path: Option<String>,
}

impl Compare {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        if self.diff || self.path.is_some() {
            let diffs = self.diffs(&client).await?;
            context.printer.data(&diffs, || diffs.iter().map(|diff| diff.text(context.printer.style())).collect())?;
            return Ok(Exit::Done);
        }
        let columns = [Column::text("CHANGE"), Column::text("MODE"), Column::number("SIZE"), Column::text("PATH")];
        let rows = context.printer.rows(
            client.differences(&self.name, &self.from, &self.to),
            columns,
            |change| {
                [
                    words::word(change.change),
                    pair(change, |e| e.mode.clone()),
                    pair(change, size),
                    pair(change, |e| e.path.clone()),
                ]
            },
            "nothing differs",
        );
        rows.await?;
        let counts = client.comparison(&self.name, &self.from, &self.to).await?.counts;
        context.printer.say(&summary(&counts));
        Ok(Exit::Done)
    }

    async fn diffs(&self, client: &Client) -> Result<Vec<FileDiff>, CommandError> {
        let (mut diffs, mut is_found) = (Vec::new(), self.path.is_none());
        let mut pages = client.differences(&self.name, &self.from, &self.to);
        while let Some(page) = pages.try_next().await? {
            for change in &page.items {
                let is_meant = |entry: &TreeEntry| self.path.as_ref().is_none_or(|path| *path == entry.path);
                if !change.old.iter().chain(&change.new).any(is_meant) {
                    continue;
                }
                is_found = true;
                if change.old.iter().chain(&change.new).all(|entry| entry.kind != TreeEntryKind::Directory) {
                    diffs.push(self.diff(client, change).await?);
                }
            }
        }
        if let Some(path) = self.path.as_ref().filter(|_| !is_found) {
            // A file that is the same in both is no difference; one that is in neither is a mistake.
            client.version_file(&self.name, &self.to, path).await?;
        }
        Ok(diffs)
    }

    async fn diff(&self, client: &Client, change: &TreeChange) -> Result<FileDiff, CommandError> {
        let old = self.text(client, &self.from, change.old.as_ref()).await?;
        let new = self.text(client, &self.to, change.new.as_ref()).await?;
        Ok(diff::diff(change, old, new))
    }

    /// The content of one side: nothing if it is too long, or no file.
    async fn text(
        &self,
        client: &Client,
        version: &VersionNumber,
        entry: Option<&TreeEntry>,
    ) -> Result<Option<Vec<u8>>, CommandError> {
        match entry {
            None => Ok(Some(Vec::new())),
            Some(entry) if entry.kind == TreeEntryKind::Symlink => Ok(entry.target.clone().map(String::into_bytes)),
            Some(entry) if entry.size > diff::MOST_BYTES => Ok(None),
            Some(entry) => Ok(client.small_version_file(&self.name, version, &entry.path, diff::MOST_BYTES).await?),
        }
    }
}

fn size(entry: &TreeEntry) -> String {
    if entry.kind == TreeEntryKind::File { bytes(entry.size) } else { String::new() }
}

/// What both sides have, once if it is the same: `644`, `644 -> 755`.
fn pair(change: &TreeChange, of: impl Fn(&TreeEntry) -> String) -> String {
    match (change.old.as_ref().map(&of), change.new.as_ref().map(&of)) {
        (Some(old), Some(new)) if old != new => format!("{old} -> {new}"),
        (old, new) => new.or(old).unwrap_or_default(),
    }
}

fn summary(counts: &ChangeCounts) -> String {
    let said = [
        (ChangeKind::Added, counts.added),
        (ChangeKind::Removed, counts.removed),
        (ChangeKind::Changed, counts.changed),
        (ChangeKind::Mode, counts.mode),
        (ChangeKind::Renamed, counts.renamed),
    ];
    let parts = said.into_iter().filter(|(_, count)| *count > 0);
    let mut parts: Vec<String> = parts.map(|(kind, count)| format!("{count} {}", words::word(kind))).collect();
    parts.push(format!("{} the same", counts.unchanged));
    parts.join(", ")
}
