//! How the files on one host differ before and after a plan, line by line: bounded in what is read, compared and told.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::time::Duration;

use packhorse_content::ContentSource;
use packhorse_content::segment::FileRef;
use packhorse_content::tree::{Entry, EntryKind, Tree};
use packhorse_model::api::Page;
use packhorse_model::api::deployments::Change;
use packhorse_model::api::plans::{DiffContent, PlanFileDiff};
use packhorse_model::api::unresolved::UnresolvedInFile;
use packhorse_model::deployment::PlannedUnit;
use packhorse_model::ids::PackageId;
use packhorse_model::manifest::VariableRules;
use packhorse_model::order::{Particulars, Release, UnitOrder};
use similar::TextDiff;

use super::diff::pairs;
use super::{rendered, trees};
use crate::app::App;
use crate::error::ApiError;
use crate::objects::{Library, content_of};
use crate::paging::PageQuery;

/// Longer files are not compared line by line.
const LARGEST: u64 = 1 << 20;
/// A page ends once it has compared so many bytes.
const LARGEST_PAGE: u64 = 8 << 20;
/// So many bytes of a difference are shown.
const LARGEST_DIFF: usize = 128 << 10;
/// Lines around a difference.
const AROUND: usize = 3;
/// For so long the shortest way from one text to the other is looked for; then any way will do.
const PATIENCE: Duration = Duration::from_millis(250);

/// A path that differs, or whose rendering does.
struct Pair {
    path: String,
    old: Option<Entry>,
    new: Option<Entry>,
    is_rendered: bool,
}

/// With what files were rendered before, and will be.
struct Own {
    before: Rendering,
    after: Rendering,
}

/// With what the files of a version are rendered, and by which rules.
struct Rendering {
    rules: VariableRules,
    own: Particulars,
}

impl Rendering {
    fn of(release: Option<&Release>, own: Particulars) -> Self {
        Self { rules: release.map(|release| release.manifest.variables.clone()).unwrap_or_default(), own }
    }
}

/// A page of the files of a unit that differ, by path; of one file alone if it is named.
pub(crate) async fn page(
    app: &App,
    package: PackageId,
    unit: &PlannedUnit,
    path: Option<&str>,
    page: &PageQuery,
) -> Result<Page<PlanFileDiff>, ApiError> {
    let after = page.after::<String>()?;
    let (old, new) = (tree(app, unit.order.from.as_ref()).await?, tree(app, unit.order.to.as_ref()).await?);
    let mut differing = differing(&old, &new, &unit.order);
    if let Some(path) = path {
        differing.retain(|pair| pair.path == path);
        if differing.is_empty() {
            return Err(ApiError::not_found("difference", path)
                .hint("the plan does not change this file; its `changes` name those that it does"));
        }
    }
    let total = differing.len() as u64;
    let from = after.map_or(0, |after| differing.partition_point(|pair| pair.path <= after));
    let wanted: Vec<Pair> = differing.drain(from..).take(page.limit() as usize).collect();
    let before = rendered::particulars_before(app, package, unit).await?;
    let own = Own {
        before: Rendering::of(unit.order.from.as_ref(), before),
        after: Rendering::of(unit.order.to.as_ref(), unit.order.particulars()),
    };
    let library = Library::new(app.store.clone(), app.objects.clone());
    let compared = tokio::task::spawn_blocking(move || compare(&library, wanted, &own));
    let items = compared.await.map_err(ApiError::internal)?.map_err(ApiError::content)?;
    let has_more = from as u64 + (items.len() as u64) < total;
    let next = items.last().filter(|_| has_more).map(|last| PageQuery::cursor(&last.path));
    Ok(Page { items, next, total, counted: Default::default() })
}

async fn tree(app: &App, release: Option<&Release>) -> Result<Tree, ApiError> {
    match release {
        None => Ok(Tree::default()),
        Some(release) => trees::read(app, release.tree).await,
    }
}

fn differing(old: &Tree, new: &Tree, order: &UnitOrder) -> Vec<Pair> {
    let releases = || [&order.from, &order.to].into_iter().flatten();
    let rendered: BTreeSet<&str> = releases().flat_map(|release| release.manifest.rendered()).collect();
    let rendering = |release: &Option<Release>| release.as_ref().and_then(|release| release.rendering);
    let has_other_values = rendering(&order.from) != rendering(&order.to);
    let pair = |(old, new): (Option<&Entry>, Option<&Entry>)| {
        let path = old.or(new)?.path.as_str();
        let is_rendered = rendered.contains(path);
        let differs = old != new || (is_rendered && has_other_values);
        differs.then(|| Pair { path: path.to_owned(), old: old.cloned(), new: new.cloned(), is_rendered })
    };
    pairs(old, new).filter_map(pair).collect()
}

/// Compares pairs until the page is full.
fn compare(library: &Library, wanted: Vec<Pair>, own: &Own) -> std::io::Result<Vec<PlanFileDiff>> {
    let is_read = |file: &FileRef| file.size <= LARGEST;
    let of_pair = |pair: &Pair| [&pair.old, &pair.new].into_iter().flatten().filter_map(content_of).collect::<Vec<_>>();
    let mut read = 0;
    let mut shown = Vec::new();
    for pair in wanted {
        let files: Vec<FileRef> = of_pair(&pair).into_iter().filter(is_read).collect();
        read += files.iter().map(|file| file.size).sum::<u64>();
        if read > LARGEST_PAGE && !shown.is_empty() {
            break;
        }
        let source = library.open(files)?;
        let old = side(&source, pair.old.as_ref(), pair.is_rendered.then_some(&own.before))?;
        let new = side(&source, pair.new.as_ref(), pair.is_rendered.then_some(&own.after))?;
        shown.push(PlanFileDiff {
            change: match (&pair.old, &pair.new) {
                (None, _) => Change::Added,
                (_, None) => Change::Removed,
                _ => Change::Changed,
            },
            old_size: pair.old.as_ref().and_then(size),
            new_size: pair.new.as_ref().and_then(size),
            content: content(old, new),
            path: pair.path,
            is_rendered: pair.is_rendered,
        });
    }
    Ok(shown)
}

/// One side of a comparison.
enum Side {
    Bytes(Vec<u8>),
    /// As it comes, for there are no values for these uses.
    Unresolved(Vec<u8>, Vec<UnresolvedInFile>),
    TooLong,
}

fn side(source: &impl ContentSource, entry: Option<&Entry>, rendering: Option<&Rendering>) -> std::io::Result<Side> {
    let Some(entry) = entry else { return Ok(Side::Bytes(Vec::new())) };
    if let EntryKind::Symlink { target } = &entry.kind {
        return Ok(Side::Bytes(target.as_str().as_bytes().to_vec()));
    }
    let Some(file) = content_of(entry) else { return Ok(Side::Bytes(Vec::new())) };
    if file.size > LARGEST {
        return Ok(Side::TooLong);
    }
    let mut bytes = Vec::new();
    source.read(&file.digest, file.size)?.take(file.size).read_to_end(&mut bytes)?;
    let Some(Rendering { rules, own }) = rendering else { return Ok(Side::Bytes(bytes)) };
    Ok(match rendered::masked(entry.path.as_str(), &bytes, rules, own) {
        Ok(masked) => Side::Bytes(masked.into_owned()),
        Err(uses) => Side::Unresolved(bytes, uses),
    })
}

fn size(entry: &Entry) -> Option<u64> {
    match entry.kind {
        EntryKind::File { size, .. } => Some(size),
        EntryKind::Directory | EntryKind::Symlink { .. } => None,
    }
}

fn content(old: Side, new: Side) -> DiffContent {
    // With what a version was rendered before may be forgotten; then it is compared as it came.
    let (old, new) = match (old, new) {
        (_, Side::Unresolved(_, uses)) => return DiffContent::Unresolved { uses },
        (Side::TooLong, _) | (_, Side::TooLong) => return DiffContent::TooLong,
        (Side::Bytes(old) | Side::Unresolved(old, _), Side::Bytes(new)) => (old, new),
    };
    if old == new {
        return DiffContent::Same;
    }
    let (Some(old), Some(new)) = (text(old), text(new)) else { return DiffContent::Binary };
    let compared = TextDiff::configure().timeout(PATIENCE).diff_lines(&old, &new);
    let mut diff = compared.unified_diff().context_radius(AROUND).to_string();
    let is_cut = diff.len() > LARGEST_DIFF;
    if is_cut {
        let end = diff.floor_char_boundary(LARGEST_DIFF);
        diff.truncate(diff[..end].rfind('\n').map_or(end, |line| line + 1));
    }
    DiffContent::Text { diff, is_cut }
}

fn text(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Side {
        Side::Bytes(text.as_bytes().to_vec())
    }

    #[test]
    fn texts_are_compared_line_by_line() {
        let DiffContent::Text { diff, is_cut } = content(bytes("a\nb\nc\n"), bytes("a\nx\nc\n")) else { panic!() };
        insta::assert_snapshot!(diff, @r"
        @@ -1,3 +1,3 @@
         a
        -b
        +x
         c
        ");
        assert!(!is_cut);
        assert_eq!(content(bytes("a"), bytes("a")), DiffContent::Same);
        assert_eq!(content(bytes("a"), Side::Bytes(vec![0])), DiffContent::Binary);
        assert_eq!(content(bytes("a"), Side::TooLong), DiffContent::TooLong);
        let uses = vec![UnresolvedInFile { line: Some(1), token: "[@a]".to_owned() }];
        let unresolved = || Side::Unresolved(b"[@a]".to_vec(), uses.clone());
        assert_eq!(content(bytes("a"), unresolved()), DiffContent::Unresolved { uses: uses.clone() });
        assert_eq!(content(unresolved(), bytes("[@a]")), DiffContent::Same);
    }

    #[test]
    fn a_long_difference_is_cut_at_a_line() {
        let long = "één lange regel\n".repeat(20_000);
        let DiffContent::Text { diff, is_cut } = content(bytes(""), bytes(&long)) else { panic!() };
        assert!(is_cut && diff.len() <= LARGEST_DIFF && diff.ends_with("regel\n"));
    }
}
