//! Rules over statements of SQL.

use std::ops::Range;

use packhorse_model::danger::Language;
use packhorse_model::manifest::Engine;

use super::defaults::DefaultMatcher;
use super::rules::{Active, Matcher, RuleSet};
use crate::sql::{Splitter, Statement};

/// Everything that rules find in a statement, with its place in the statement's text.
pub(super) fn in_statement<'r>(
    rules: &'r RuleSet,
    statement: &Statement<'_>,
    mut found: impl FnMut(&'r Active, Range<usize>),
) {
    let mut code = None;
    for rule in rules.rules.iter().filter(|rule| rule.languages.contains(&Language::Sql)) {
        match &rule.matcher {
            Matcher::Default(DefaultMatcher::Statement(matches)) if matches(statement) => {
                found(rule, statement.start()..statement.end());
            }
            Matcher::Pattern(pattern) => {
                let code = code.get_or_insert_with(|| statement.text_without_comments());
                if let Some(place) = pattern.find(code) {
                    found(rule, statement.start() + place.start()..statement.start() + place.end());
                }
            }
            Matcher::Default(_) => {}
        }
    }
}

/// The same for all statements of a text, as far as they can be told apart.
pub(super) fn in_text<'r>(
    rules: &'r RuleSet,
    text: &str,
    engine: Engine,
    mut found: impl FnMut(&'r Active, Range<usize>),
) {
    for statement in Splitter::new(text, engine).map_while(Result::ok) {
        in_statement(rules, &statement, &mut found);
    }
}
