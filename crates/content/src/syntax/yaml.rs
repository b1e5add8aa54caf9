//! YAML by its events. A check lets anchors pass, since nothing expands them; a document that is read may have none, no tags and no
//! key twice.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::{MAX_DEPTH, SyntaxError};

/// A part of a document, and the line where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
}

impl Node {
    /// What a table has under a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.table().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The rows of a table; none if it is something else.
    pub(crate) fn table(&self) -> &[(String, Node)] {
        if let Value::Table(rows) = &self.value { rows } else { &[] }
    }

    /// The items of a list; none if it is something else.
    pub(crate) fn list(&self) -> &[Node] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// Text that stands for itself.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }
}

/// Only whether it is YAML, with no key twice.
pub(super) fn check(text: &str) -> Result<(), SyntaxError> {
    let mut open: Vec<Option<Keys>> = Vec::new();
    for item in Parser::new_from_str(text) {
        let (event, span) = item.map_err(|error| fault(&error))?;
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                take(&mut open, None, span)?;
                open.push(matches!(event, Event::MappingStart(..)).then(Keys::default));
                if open.len() > MAX_DEPTH {
                    return Err(said(span, "this is nested too deep"));
                }
            }
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
            }
            Event::Scalar(text, ..) => take(&mut open, Some(&text), span)?,
            Event::Alias(_) => take(&mut open, None, span)?,
            _ => {}
        }
    }
    Ok(())
}

/// The keys of a mapping so far, and whether a value comes next.
#[derive(Default)]
struct Keys {
    seen: BTreeSet<String>,
    is_value: bool,
}

fn take(open: &mut [Option<Keys>], text: Option<&str>, span: Span) -> Result<(), SyntaxError> {
    let Some(Some(keys)) = open.last_mut() else { return Ok(()) };
    let is_key = !keys.is_value;
    keys.is_value = is_key;
    match text {
        // Merge keys may come again.
        Some(text) if is_key && text != "<<" && !keys.seen.insert(text.to_owned()) => {
            Err(said(span, &format!("the key {text:?} stands there twice")))
        }
        _ => Ok(()),
    }
}

/// Reads one document of plain values.
///
/// # Errors
/// When it is not YAML, or has anchors, tags, a key twice, keys that are no text, or more than one document.
pub(crate) fn parse(text: &str) -> Result<Node, SyntaxError> {
    check(text)?;
    let mut open: Vec<(Node, Option<String>)> = Vec::new();
    let mut root = None;
    for item in Parser::new_from_str(text) {
        let (event, span) = item.map_err(|error| fault(&error))?;
        let line = span.start.line();
        let done = match event {
            Event::Alias(_) => return Err(said(span, "references are not read: write the value out")),
            Event::MappingStart(.., anchor, tag) | Event::SequenceStart(.., anchor, tag)
                if anchor > 0 || tag.is_some() =>
            {
                return Err(said(span, "anchors and tags are not read"));
            }
            Event::MappingStart(..) => {
                open.push((Node { line, value: Value::Table(Vec::new()) }, None));
                continue;
            }
            Event::SequenceStart(..) => {
                open.push((Node { line, value: Value::List(Vec::new()) }, None));
                continue;
            }
            Event::Scalar(_, _, anchor, tag) if anchor > 0 || tag.is_some() => {
                return Err(said(span, "anchors and tags are not read"));
            }
            Event::Scalar(text, ..) => Node { line, value: Value::Text(text.into_owned()) },
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some((node, _)) => node,
                None => continue,
            },
            Event::DocumentStart(_) if root.is_some() => return Err(said(span, "there is a second document")),
            _ => continue,
        };
        match open.last_mut() {
            None => root = Some(done),
            Some((Node { value: Value::List(items), .. }, _)) => items.push(done),
            Some((Node { value: Value::Table(rows), .. }, key)) => match (key.take(), done.value) {
                (Some(name), value) => rows.push((name, Node { line: done.line, value })),
                (None, Value::Text(name)) => *key = Some(name),
                (None, _) => return Err(said(span, "a key must be text")),
            },
            Some(_) => {}
        }
    }
    Ok(root.unwrap_or(Node { line: 1, value: Value::Table(Vec::new()) }))
}

fn said(span: Span, message: &str) -> SyntaxError {
    SyntaxError { line: span.start.line(), column: span.start.col() + 1, message: message.to_owned() }
}

fn fault(error: &ScanError) -> SyntaxError {
    let marker = error.marker();
    SyntaxError { line: marker.line(), column: marker.col() + 1, message: error.info().to_owned() }
}
