//! Looking at a script with a set of rules.

use std::ops::Range;

use packhorse_model::api::scripts::{DangerFinding, ScriptCheck};
use packhorse_model::danger::{DangerAction, Language};
use packhorse_model::manifest::Engine;

use super::defaults::DefaultMatcher;
use super::handed;
use super::lines::Code;
use super::rules::{Active, Matcher, RuleSet};
use super::shell::{self, Embedded};
use super::sql;
use crate::sql::Statement;
use crate::text::{Lines, excerpt};

/// What is listed of one text at most.
pub const MAX_FINDINGS: usize = 100;
const LONGEST_EXCERPT: usize = 200;

/// What rules find in a text, from its top down.
#[must_use]
pub fn check(rules: &RuleSet, text: &str, language: Language) -> ScriptCheck {
    let mut finder = Finder::new(rules);
    match language {
        Language::Shell => finder.shell(text),
        Language::Sql => sql::in_text(rules, text, Engine::Mysql, |rule, place| finder.found.push((place, rule))),
        Language::Python | Language::Perl | Language::Powershell => {
            finder.lines(&Code::of(text, language), language);
            finder.handed(text, language);
        }
    }
    finder.report(&Lines::of(text))
}

impl RuleSet {
    /// What the rules for SQL find in one statement of the text that `lines` are of.
    #[must_use]
    pub fn statement(&self, lines: &Lines<'_>, statement: &Statement<'_>) -> Vec<DangerFinding> {
        let mut finder = Finder::new(self);
        sql::in_statement(self, statement, |rule, place| finder.found.push((place, rule)));
        finder.report(lines).findings
    }
}

struct Finder<'r> {
    rules: &'r RuleSet,
    found: Vec<(Range<usize>, &'r Active)>,
}

impl<'r> Finder<'r> {
    fn new(rules: &'r RuleSet) -> Self {
        Self { rules, found: Vec::new() }
    }

    fn rules(&self, language: Language) -> impl Iterator<Item = &'r Active> + use<'r> {
        self.rules.rules.iter().filter(move |rule| rule.languages.contains(&language))
    }

    fn shell(&mut self, text: &str) {
        self.commands(text);
        let first = text.lines().next().unwrap_or_default();
        for rule in self.rules(Language::Shell) {
            if let Matcher::Default(DefaultMatcher::FirstLine(matches)) = rule.matcher
                && !text.trim().is_empty()
                && matches(first)
            {
                self.found.push((0..first.len(), rule));
            }
        }
    }

    /// What a script of another language hands to a shell.
    fn handed(&mut self, text: &str, language: Language) {
        for script in handed::find(text, language) {
            let mut inside = Finder::new(self.rules);
            inside.commands(&script.text());
            self.found.extend(inside.found.into_iter().map(|(part, rule)| (script.place(&part), rule)));
        }
    }

    fn commands(&mut self, text: &str) {
        let script = shell::read(text, 0..text.len());
        self.lines(&Code::of_shell(text, &script), Language::Shell);
        for command in shell::find(text, &script) {
            for rule in self.rules(Language::Shell) {
                if let Matcher::Default(DefaultMatcher::Command(matches)) = rule.matcher
                    && matches(&command)
                {
                    self.found.push((command.range.clone(), rule));
                }
            }
            let engine = match command.name.as_str() {
                "psql" => Engine::Postgres,
                "sqlite3" => Engine::Sqlite,
                _ => Engine::Mysql,
            };
            for embedded in &command.sql {
                self.embedded(text, embedded, engine);
            }
        }
    }

    fn embedded(&mut self, text: &str, embedded: &Embedded, engine: Engine) {
        let found = &mut self.found;
        match embedded {
            Embedded::Part(part) => sql::in_text(self.rules, &text[part.clone()], engine, |rule, place| {
                found.push((part.start + place.start..part.start + place.end, rule));
            }),
            Embedded::Word(sql, range) => {
                sql::in_text(self.rules, sql, engine, |rule, _| found.push((range.clone(), rule)));
            }
        }
    }

    fn lines(&mut self, code: &Code, language: Language) {
        for rule in self.rules(language) {
            for (start, line) in code.lines() {
                let place = match &rule.matcher {
                    Matcher::Pattern(pattern) => pattern.find(line).map(|found| found.range()),
                    Matcher::Default(DefaultMatcher::Word(word)) => line.find(word).map(|at| at..at + word.len()),
                    Matcher::Default(_) => break,
                };
                if let Some(place) = place {
                    self.found.push((start + place.start..start + place.end, rule));
                }
            }
        }
    }

    fn report(mut self, lines: &Lines<'_>) -> ScriptCheck {
        self.found
            .sort_by(|(a, rule_a), (b, rule_b)| (a.start, a.end, &rule_a.name).cmp(&(b.start, b.end, &rule_b.name)));
        self.found.dedup_by(|(a, rule_a), (b, rule_b)| a == b && rule_a.name == rule_b.name);
        let is_blocked = self.found.iter().any(|(_, rule)| rule.action == DangerAction::Block);
        let is_truncated = self.found.len() > MAX_FINDINGS;
        if is_truncated {
            // What refuses the script is said before what does not.
            self.found.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.action));
            self.found.truncate(MAX_FINDINGS);
            self.found.sort_by_key(|(place, _)| place.start);
        }
        let findings = self.found.into_iter().map(|(place, rule)| DangerFinding {
            rule: rule.name.clone(),
            message: rule.message.clone(),
            level: rule.level,
            action: rule.action,
            span: lines.span(place.start, place.end),
            text: excerpt(lines.text().get(place).unwrap_or_default(), LONGEST_EXCERPT),
        });
        ScriptCheck { findings: findings.collect(), is_blocked, is_truncated }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
