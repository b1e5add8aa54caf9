//! The entries of the new tree against those of the old one.
//!
//! The list is a sequence of steps through the old entries, each a varint, value × 4 + kind:
//!
//! | kind | means |
//! |---|---|
//! | 0 | the next `value` old entries are in the new tree as they are; a value of 0 ends the list |
//! | 1 | the next `value` old entries are not in the new tree |
//! | 2 | the next old entry, a file, has changed: `value` is mode × 4 + *content* |
//! | 3 | an entry that is new: how many bytes of its path are those of the new entry before it, the rest of the path behind its length, then *content*; `value` is mode × 4 + *content* |
//!
//! *Content* is 0 for a folder (new) or for the content as it was (changed); 1 for a size and a digest; 2 for the place of an old
//! entry that has the same size and digest; 3 for a link, with its target behind its length. The steps 0 and 1 take all old entries by the end.

use std::collections::HashMap;
use std::io::{self, Read};

use packhorse_model::Digest;

use super::input::{Input, wrong};
use crate::codec::{put_bytes, put_varint};
use crate::path::{EntryPath, LinkTarget, MAX_PATH};
use crate::tree::{Entry, EntryKind, MAX_ENTRIES, MAX_PATH_BYTES, Tree};

const KEEP: u64 = 0;
const SKIP: u64 = 1;
const CHANGE: u64 = 2;
const INSERT: u64 = 3;

const AS_IT_WAS: u64 = 0;
const NEW_CONTENT: u64 = 1;
const OLD_CONTENT: u64 = 2;
const LINK: u64 = 3;

/// The first entry of a tree for each content.
pub(super) fn by_content(tree: &Tree) -> HashMap<(u64, Digest), usize> {
    let mut contents = HashMap::new();
    for (at, entry) in tree.iter().enumerate() {
        if let EntryKind::File { size, digest } = entry.kind {
            contents.entry((size, digest)).or_insert(at);
        }
    }
    contents
}

/// Writes the list.
pub(super) fn write(old: &Tree, new: &Tree, out: &mut Vec<u8>) {
    let contents = by_content(old);
    let mut pending = Run::default();
    let mut rest = old.entries();
    let mut before = "";
    for entry in new {
        while let Some((first, others)) = rest.split_first()
            && first.path < entry.path
        {
            pending.extend(SKIP, out);
            rest = others;
        }
        match rest.split_first() {
            Some((first, others)) if first == entry => {
                pending.extend(KEEP, out);
                rest = others;
            }
            Some((first, others)) if first.path == entry.path && is_file(first) && is_file(entry) => {
                pending.end(out);
                let same = first.kind == entry.kind;
                let content = if same { Content::AsItWas } else { Content::of(entry, &contents) };
                put_varint(out, content.step(CHANGE, entry.mode));
                content.put(out);
                rest = others;
            }
            _ => {
                pending.end(out);
                let content = Content::of(entry, &contents);
                let path = entry.path.as_str();
                let shared = path.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
                put_varint(out, content.step(INSERT, entry.mode));
                put_varint(out, shared as u64);
                put_bytes(out, &path.as_bytes()[shared..]);
                content.put(out);
            }
        }
        before = entry.path.as_str();
    }
    for _ in rest {
        pending.extend(SKIP, out);
    }
    pending.end(out);
    put_varint(out, KEEP);
}

fn is_file(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::File { .. })
}

/// What an entry's content is, as the list says it.
enum Content<'a> {
    AsItWas,
    New(u64, &'a Digest),
    Old(usize),
    Link(&'a LinkTarget),
}

impl<'a> Content<'a> {
    fn of(entry: &'a Entry, contents: &HashMap<(u64, Digest), usize>) -> Self {
        match &entry.kind {
            EntryKind::Directory => Self::AsItWas,
            EntryKind::Symlink { target } => Self::Link(target),
            EntryKind::File { size, digest } => match contents.get(&(*size, *digest)) {
                Some(at) => Self::Old(*at),
                None => Self::New(*size, digest),
            },
        }
    }

    fn step(&self, kind: u64, mode: u16) -> u64 {
        let content = match self {
            Self::AsItWas => AS_IT_WAS,
            Self::New(..) => NEW_CONTENT,
            Self::Old(_) => OLD_CONTENT,
            Self::Link(_) => LINK,
        };
        (u64::from(mode) << 2 | content) << 2 | kind
    }

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::AsItWas => {}
            Self::New(size, digest) => {
                put_varint(out, *size);
                out.extend_from_slice(digest.as_bytes());
            }
            Self::Old(at) => put_varint(out, *at as u64),
            Self::Link(target) => put_bytes(out, target.as_str().as_bytes()),
        }
    }
}

/// Steps of one kind that follow one another.
#[derive(Default)]
struct Run {
    kind: u64,
    count: u64,
}

impl Run {
    fn extend(&mut self, kind: u64, out: &mut Vec<u8>) {
        if self.kind != kind {
            self.end(out);
            self.kind = kind;
        }
        self.count += 1;
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.count > 0 {
            put_varint(out, self.count << 2 | self.kind);
            self.count = 0;
        }
    }
}

/// Reads the list.
pub(super) fn read(old: &Tree, input: &mut Input<impl Read>) -> io::Result<Tree> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut rest = old.entries();
    let mut path_bytes = 0usize;
    loop {
        let step = input.varint()?;
        let value = step >> 2;
        match step & 3 {
            KEEP if value == 0 => break,
            kind @ (KEEP | SKIP) => {
                let taken = usize::try_from(value).ok().and_then(|count| rest.split_at_checked(count));
                let (taken, others) = taken.ok_or_else(|| wrong("its list goes past the end of the old one"))?;
                rest = others;
                if kind == KEEP {
                    entries.extend_from_slice(taken);
                }
            }
            CHANGE => {
                let (first, others) = rest.split_first().ok_or_else(|| wrong("its list changes what is not there"))?;
                rest = others;
                let kind = match value & 3 {
                    AS_IT_WAS => first.kind.clone(),
                    content @ (NEW_CONTENT | OLD_CONTENT) => read_content(content, old, input)?,
                    _ => return Err(wrong("its list makes a link of a file")),
                };
                entries.push(Entry { path: first.path.clone(), mode: mode(value)?, kind });
            }
            _ => {
                let before = entries.last().map_or("", |entry| entry.path.as_str());
                let path = read_path(before, input)?;
                let kind = match value & 3 {
                    AS_IT_WAS => EntryKind::Directory,
                    LINK => {
                        let target = LinkTarget::from_bytes(&input.bytes(MAX_PATH)?);
                        EntryKind::Symlink { target: target.map_err(|error| wrong(error.to_string()))? }
                    }
                    content => read_content(content, old, input)?,
                };
                path_bytes = path_bytes.saturating_add(path.as_str().len());
                entries.push(Entry { path, mode: mode(value)?, kind });
            }
        }
        if entries.len() > MAX_ENTRIES || path_bytes > MAX_PATH_BYTES {
            return Err(wrong("its list is longer than a tree may be"));
        }
    }
    if !rest.is_empty() {
        return Err(wrong("its list ends before the old one does"));
    }
    Tree::new(entries).map_err(|error| wrong(error.to_string()))
}

fn read_path(before: &str, input: &mut Input<impl Read>) -> io::Result<EntryPath> {
    let shared = input.at_most(before.len())?;
    let rest = input.bytes(MAX_PATH)?;
    let path = [&before.as_bytes()[..shared], &rest].concat();
    EntryPath::from_bytes(&path).map_err(|error| wrong(error.to_string()))
}

fn read_content(content: u64, old: &Tree, input: &mut Input<impl Read>) -> io::Result<EntryKind> {
    if content == NEW_CONTENT {
        return Ok(EntryKind::File { size: input.varint()?, digest: input.digest()? });
    }
    let at = input.at_most(MAX_ENTRIES)?;
    match old.entries().get(at).map(|entry| &entry.kind) {
        Some(kind @ EntryKind::File { .. }) => Ok(kind.clone()),
        _ => Err(wrong("its list takes content from what is no file")),
    }
}

fn mode(value: u64) -> io::Result<u16> {
    u16::try_from(value >> 2).map_err(|_| wrong("a mode is out of range"))
}
