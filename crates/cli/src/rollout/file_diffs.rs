//! How the files of a plan differ, change by change.

use futures::TryStreamExt as _;
use packhorse_client::Client;
use packhorse_model::HostName;
use packhorse_model::api::deployments::PlanPreview;
use packhorse_model::api::plans::{DiffContent, PlanFileDiff};
use packhorse_model::api::unresolved::UnresolvedInFile;
use serde::Serialize;

use crate::error::CommandError;
use crate::output::{Style, coloured, count, harmless};

/// Files of one change that are shown; a difference of more is better looked at file by file.
const FILES: usize = 500;

/// The files of one change, as they differ on its first host.
#[derive(Debug, Serialize)]
pub(crate) struct ChangeDiff {
    /// The change, counted from 0 as in the plan.
    change: usize,
    /// The host on which they are compared.
    host: Option<HostName>,
    /// The files, by path.
    files: Vec<PlanFileDiff>,
    /// How many differ in all.
    total: u64,
}

/// Asks for what differs in each change of a plan.
pub(crate) async fn file_diffs(client: &Client, plan: &PlanPreview) -> Result<Vec<ChangeDiff>, CommandError> {
    let mut diffs = Vec::new();
    for (number, change) in plan.changes.iter().enumerate() {
        let mut diff = ChangeDiff { change: number, host: change.hosts.first().cloned(), files: Vec::new(), total: 0 };
        let mut pages = client.plan_diff(plan.id, number);
        while let Some(page) = pages.try_next().await? {
            diff.total = page.total;
            diff.files.extend(page.items);
            if diff.files.len() >= FILES {
                break;
            }
        }
        diffs.push(diff);
    }
    Ok(diffs)
}

impl ChangeDiff {
    /// As a terminal shows it.
    pub(crate) fn text(&self, style: Style) -> String {
        if self.files.is_empty() {
            return String::new();
        }
        let mut text = String::new();
        if let Some(host) = &self.host {
            text.push_str(&format!("\n{}\n", style.bold(&format!("files of change {}, on {host}", self.change + 1))));
        }
        text.extend(self.files.iter().map(|file| file_text(file, style)));
        if let Some(more) = self.total.checked_sub(self.files.len() as u64 + 1) {
            text.push_str(&format!("and {}\n", count(more + 1, "more file")));
        }
        text
    }
}

fn file_text(file: &PlanFileDiff, style: Style) -> String {
    let path = harmless(&file.path);
    let side = |is_there: bool| if is_there { path.as_str() } else { "/dev/null" };
    let (old, new) = (side(file.old_size.is_some()), side(file.new_size.is_some()));
    let rendered = if file.is_rendered { " (rendered, secrets masked)" } else { "" };
    let mut text = style.bold(&format!("--- {old}\n+++ {new}{rendered}")) + "\n";
    match &file.content {
        DiffContent::Text { diff, is_cut } => {
            text.push_str(&coloured(diff, style));
            if *is_cut {
                text.push_str("and more that is not shown\n");
            }
        }
        DiffContent::Same => text.push_str("only its permissions differ\n"),
        DiffContent::Binary => text.push_str("the files differ, and are no texts\n"),
        DiffContent::TooLong => text.push_str("the files differ, and are too long to be compared line by line\n"),
        DiffContent::Unresolved { uses } => {
            text.push_str("it cannot be rendered on this host:\n");
            text.extend(uses.iter().map(unresolved));
        }
    }
    text
}

fn unresolved(used: &UnresolvedInFile) -> String {
    let line = used.line.map(|line| format!("line {line}: ")).unwrap_or_default();
    format!("{line}{} has no value\n", harmless(&used.token))
}

#[cfg(test)]
mod tests {
    use packhorse_model::api::deployments::Change;

    use super::*;

    #[test]
    fn shows_lines_and_says_what_it_does_not_show() {
        let file = |path: &str, change, old_size, new_size, content| PlanFileDiff {
            path: path.to_owned(),
            change,
            is_rendered: path.ends_with(".conf"),
            old_size,
            new_size,
            content,
        };
        let uses = vec![UnresolvedInFile { line: Some(3), token: "[@site]".to_owned() }];
        let lines = "@@ -1 +1 @@\n-port = 80\n+port = 8\u{1b}[31m80\n".to_owned();
        let diff = ChangeDiff {
            change: 0,
            host: Some("web-1".parse().unwrap()),
            files: vec![
                file("bin/shop", Change::Changed, Some(1), Some(1), DiffContent::Binary),
                file(
                    "conf/shop.conf",
                    Change::Changed,
                    Some(1),
                    Some(1),
                    DiffContent::Text { diff: lines, is_cut: true },
                ),
                file("lib/a", Change::Added, None, Some(9), DiffContent::TooLong),
                file("run.sh", Change::Changed, Some(1), Some(1), DiffContent::Same),
                file("tls.conf", Change::Added, None, Some(1), DiffContent::Unresolved { uses }),
            ],
            total: 7,
        };
        insta::assert_snapshot!(diff.text(Style::Plain), @r"

        files of change 1, on web-1
        --- bin/shop
        +++ bin/shop
        the files differ, and are no texts
        --- conf/shop.conf
        +++ conf/shop.conf (rendered, secrets masked)
        @@ -1 +1 @@
        -port = 80
        +port = 8\u{1b}[31m80
        and more that is not shown
        --- /dev/null
        +++ lib/a
        the files differ, and are too long to be compared line by line
        --- run.sh
        +++ run.sh
        only its permissions differ
        --- /dev/null
        +++ tls.conf (rendered, secrets masked)
        it cannot be rendered on this host:
        line 3: [@site] has no value
        and 2 more files
        ");
    }
}
