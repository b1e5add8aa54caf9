//! How a file differs between two versions, line by line. Pure.

use packhorse_model::api::compare::{ChangeKind, TreeChange};
use serde::Serialize;
use similar::TextDiff;

use crate::output::{Style, coloured, harmless};

/// Longer files are not compared line by line.
pub(super) const MOST_BYTES: u64 = 1 << 20;
/// Lines around a difference.
const AROUND: usize = 3;

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FileDiff {
    /// What happened.
    change: ChangeKind,
    /// Its path before.
    old_path: Option<String>,
    /// Its path after.
    new_path: Option<String>,
    /// What differs, as `diff -u` says it.
    #[serde(flatten)]
    lines: Lines,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "content")]
enum Lines {
    /// A text.
    Text { diff: String },
    /// No text, or a long one.
    Opaque,
}

/// Compares both sides of a change; a side is nothing if it is too long to be compared.
pub(super) fn diff(change: &TreeChange, old: Option<Vec<u8>>, new: Option<Vec<u8>>) -> FileDiff {
    let path =
        |entry: &Option<packhorse_model::api::packages::TreeEntry>| entry.as_ref().map(|entry| entry.path.clone());
    let lines = match (old.and_then(text), new.and_then(text)) {
        (Some(old), Some(new)) => {
            let diff = TextDiff::from_lines(&old, &new);
            Lines::Text { diff: diff.unified_diff().context_radius(AROUND).to_string() }
        }
        _ => Lines::Opaque,
    };
    FileDiff { change: change.change, old_path: path(&change.old), new_path: path(&change.new), lines }
}

fn text(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

impl FileDiff {
    /// As a terminal shows it.
    pub(super) fn text(&self, style: Style) -> String {
        let named = |path: &Option<String>| path.as_deref().map_or("/dev/null".to_owned(), harmless);
        let mut text = style.bold(&format!("--- {}\n+++ {}", named(&self.old_path), named(&self.new_path))) + "\n";
        match &self.lines {
            Lines::Opaque => text.push_str("the files differ; they are no texts, or long ones\n"),
            Lines::Text { diff } => text.push_str(&coloured(diff, style)),
        }
        text
    }
}
