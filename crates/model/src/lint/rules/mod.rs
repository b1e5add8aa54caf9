//! The table of rules, by what they look at. Danger rules are not in it: they are the operator's, and have names of their own.

pub mod archives;
pub mod databases;
pub mod files;
pub mod names;
pub mod packages;

use super::Rule;

/// The rules that look at one thing.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// What they look at.
    pub title: &'static str,
    /// The rules.
    pub rules: &'static [&'static Rule],
}

/// Every rule.
pub const GROUPS: &[Group] = &[
    Group { title: "The name of the file", rules: names::ALL },
    Group { title: "The archive", rules: archives::ALL },
    Group { title: "What the package says about itself", rules: packages::ALL },
    Group { title: "Text in the package", rules: files::ALL },
    Group { title: "Database packages", rules: databases::ALL },
];

/// The rule of this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Rule> {
    GROUPS.iter().flat_map(|group| group.rules).copied().find(|rule| rule.id == id)
}
