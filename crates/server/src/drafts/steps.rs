//! The operations of a batch, checked: with paths that a package may have, and with contents that are stored.

use packhorse_content::EntryPath;
use packhorse_content::segment::FileRef;
use packhorse_content::tree::Tree;
use packhorse_model::api::drafts::{Existing, Expectation, Operation};

use super::refusal::{MOST_OPERATIONS, Refusal};

/// One checked change.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Makes a directory, or finds it.
    MakeDirectory(EntryPath),
    /// Removes everything inside a directory; none is the top.
    Clear(Option<EntryPath>),
    /// Puts a file.
    Write { path: EntryPath, file: FileRef, mode: Option<u16>, expect: Expectation },
    /// Moves a subtree.
    Move { from: EntryPath, to: EntryPath, expect: Expectation },
    /// Copies a subtree.
    Copy { from: EntryPath, to: EntryPath, expect: Expectation },
    /// Changes a mode.
    SetMode { path: EntryPath, mode: u16, expect: Expectation },
    /// Removes a subtree.
    Delete { path: EntryPath, expect: Expectation },
    /// Brings a subtree back; none is everything.
    Revert(Option<EntryPath>),
    /// Puts the entries of an archive into a directory; none is the top.
    Unpack { into: Option<EntryPath>, tree: Tree, existing: Existing },
}

/// What of a draft a step must see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// This path, and the directories above it.
    Path(EntryPath),
    /// Everything below this path; none is everything.
    Below(Option<EntryPath>),
}

impl Step {
    /// What it must see.
    pub(crate) fn needs(&self) -> Vec<Need> {
        let tree = |path: &EntryPath| [Need::Path(path.clone()), Need::Below(Some(path.clone()))];
        match self {
            Self::MakeDirectory(path) | Self::Write { path, .. } | Self::SetMode { path, .. } => {
                vec![Need::Path(path.clone())]
            }
            Self::Clear(path) | Self::Revert(path) => {
                path.iter().map(|path| Need::Path(path.clone())).chain([Need::Below(path.clone())]).collect()
            }
            Self::Delete { path, .. } => tree(path).into(),
            Self::Move { from, to, .. } | Self::Copy { from, to, .. } => {
                tree(from).into_iter().chain([Need::Path(to.clone())]).collect()
            }
            Self::Unpack { into, tree, .. } => {
                let paths = tree.iter().filter_map(|entry| joined(into.as_ref(), &entry.path).ok());
                into.iter().cloned().chain(paths).map(Need::Path).collect()
            }
        }
    }
}

/// A path inside a directory; none is the top.
pub(crate) fn joined(directory: Option<&EntryPath>, path: &EntryPath) -> Result<EntryPath, Refusal> {
    match directory {
        None => Ok(path.clone()),
        Some(directory) => Ok(EntryPath::new(&format!("{directory}/{path}"))?),
    }
}

/// The nine permission bits, from octal.
pub(crate) fn mode(text: &str) -> Result<u16, Refusal> {
    match u16::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o777 && text.bytes().all(|b| b.is_ascii_digit()) => Ok(mode),
        _ => Err(Refusal::Mode(text.chars().take(20).collect())),
    }
}

/// A directory that may be the top.
pub(crate) fn place(path: &str) -> Result<Option<EntryPath>, Refusal> {
    if path.is_empty() { Ok(None) } else { Ok(Some(EntryPath::new(path)?)) }
}

fn entry(path: &str) -> Result<EntryPath, Refusal> {
    place(path)?.ok_or(Refusal::Top)
}

/// The texts that operations write, in order.
pub(crate) fn texts(operations: &[Operation]) -> Vec<Vec<u8>> {
    let text = |operation: &Operation| match operation {
        Operation::WriteText { text, .. } => Some(text.clone().into_bytes()),
        _ => None,
    };
    operations.iter().filter_map(text).collect()
}

/// Checks operations. `files` are their texts, stored, in order.
///
/// # Errors
/// If there are none or too many, or a path or mode is none.
pub(crate) fn checked(operations: &[Operation], files: &[FileRef]) -> Result<Vec<Step>, Refusal> {
    if !(1..=MOST_OPERATIONS).contains(&operations.len()) {
        return Err(Refusal::Count);
    }
    let mut files = files.iter().copied();
    let mut steps = Vec::with_capacity(operations.len());
    for operation in operations {
        match operation {
            Operation::MakeDirectory { path } => steps.push(Step::MakeDirectory(entry(path)?)),
            Operation::InitialiseDirectory { path } => {
                let directory = place(path)?;
                for name in packhorse_model::api::drafts::USUAL_DIRECTORIES {
                    steps.push(Step::MakeDirectory(joined(directory.as_ref(), &EntryPath::new(name)?)?));
                }
            }
            Operation::ClearDirectory { path } => steps.push(Step::Clear(place(path)?)),
            Operation::WriteText { path, mode: given, expect, .. } => {
                let file = files.next().unwrap_or(FileRef { digest: packhorse_content::digest_of(b""), size: 0 });
                let mode = given.as_deref().map(mode).transpose()?;
                steps.push(Step::Write { path: entry(path)?, file, mode, expect: *expect });
            }
            Operation::Move { from, to, expect } => {
                steps.push(Step::Move { from: entry(from)?, to: entry(to)?, expect: *expect });
            }
            Operation::Copy { from, to, expect } => {
                steps.push(Step::Copy { from: entry(from)?, to: entry(to)?, expect: *expect });
            }
            Operation::SetMode { path, mode: given, expect } => {
                steps.push(Step::SetMode { path: entry(path)?, mode: mode(given)?, expect: *expect });
            }
            Operation::Delete { path, expect } => steps.push(Step::Delete { path: entry(path)?, expect: *expect }),
            Operation::Revert { path } => steps.push(Step::Revert(place(path)?)),
        }
    }
    Ok(steps)
}

/// What a batch does, in a few words.
pub(crate) fn title(operations: &[Operation]) -> String {
    let top = |path: &str| if path.is_empty() { "the top".to_owned() } else { path.to_owned() };
    let first = match operations.first() {
        None => return String::new(),
        Some(Operation::MakeDirectory { path }) => format!("make directory {path}"),
        Some(Operation::InitialiseDirectory { path }) => format!("make the usual directories in {}", top(path)),
        Some(Operation::ClearDirectory { path }) => format!("clear {}", top(path)),
        Some(Operation::WriteText { path, .. }) => format!("write {path}"),
        Some(Operation::Move { from, to, .. }) => format!("move {from} to {to}"),
        Some(Operation::Copy { from, to, .. }) => format!("copy {from} to {to}"),
        Some(Operation::SetMode { path, mode, .. }) => format!("set the mode of {path} to {mode}"),
        Some(Operation::Delete { path, .. }) => format!("delete {path}"),
        Some(Operation::Revert { path }) => format!("revert {}", top(path)),
    };
    match operations.len() {
        1 => first,
        count => format!("{first}, and {} more", count - 1),
    }
}
