//! A set of rules, ready to look at texts.

use std::str::FromStr as _;

use packhorse_model::api::scripts::{DangerRule, DangerRuleSpec};
use packhorse_model::danger::{DangerAction, DangerLevel, Language, RuleOrigin};
use packhorse_model::name::DangerRuleName;
use regex::{Regex, RegexBuilder};

use super::defaults::{DEFAULTS, DefaultMatcher, DefaultRule};

const LONGEST_PATTERN: usize = 500;
const LONGEST_MESSAGE: usize = 200;
/// What a compiled pattern may take: enough for classes of Unicode, too little for counted repetitions that make matching slow.
const PATTERN_BYTES: usize = 256 << 10;
const CACHE_BYTES: usize = 2 << 20;

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// No message, or too long a one.
    #[error("message: a rule's message has 1 to 200 characters on one line")]
    Message,
    /// No language.
    #[error("languages: a rule needs at least one language to look in")]
    Languages,
    /// No pattern.
    #[error("pattern: a rule needs a regular expression of 1 to 500 characters")]
    Pattern,
    /// A pattern that is no regular expression.
    #[error("pattern: {0}")]
    Syntax(String),
}

/// How a rule finds something.
pub(super) enum Matcher {
    Default(DefaultMatcher),
    Pattern(Regex),
}

/// A rule of a set.
pub(super) struct Active {
    pub(super) name: DangerRuleName,
    pub(super) message: String,
    pub(super) level: DangerLevel,
    pub(super) action: DangerAction,
    pub(super) languages: Vec<Language>,
    pub(super) matcher: Matcher,
}

/// Rules that are switched on, ready to look at texts.
#[derive(Default)]
pub struct RuleSet {
    pub(super) rules: Vec<Active>,
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.rules.iter().map(|rule| &rule.name)).finish()
    }
}

impl RuleSet {
    /// The rules that come with Packhorse, as they come.
    #[must_use]
    pub fn of_defaults() -> Self {
        let (set, _) = Self::new(&defaults());
        set
    }

    /// Those of `rules` that are switched on, and the names of those that cannot be used: a pattern that an older program took and
    /// this one does not.
    #[must_use]
    pub fn new(rules: &[DangerRule]) -> (Self, Vec<DangerRuleName>) {
        let mut unusable = Vec::new();
        let mut set = Self::default();
        for rule in rules.iter().filter(|rule| rule.spec.is_enabled) {
            match matcher(rule) {
                Some(matcher) => set.rules.push(Active {
                    name: rule.name.clone(),
                    message: rule.spec.message.clone(),
                    level: rule.spec.level,
                    action: rule.spec.action,
                    languages: rule.spec.languages.clone(),
                    matcher,
                }),
                None => unusable.push(rule.name.clone()),
            }
        }
        (set, unusable)
    }
}

fn matcher(rule: &DangerRule) -> Option<Matcher> {
    match rule.origin {
        RuleOrigin::Default => DEFAULTS
            .iter()
            .find(|default| default.name == rule.name.as_str())
            .map(|default| Matcher::Default(default.matcher)),
        RuleOrigin::Own => compile(&rule.spec).ok().map(Matcher::Pattern),
    }
}

/// The rules that come with Packhorse, by name.
#[must_use]
pub fn defaults() -> Vec<DangerRule> {
    let mut rules: Vec<DangerRule> = DEFAULTS.iter().filter_map(default_rule).collect();
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    rules
}

/// A default rule as it is shown. Every name is one; a test sees to it.
fn default_rule(rule: &DefaultRule) -> Option<DangerRule> {
    Some(DangerRule {
        name: DangerRuleName::from_str(rule.name).ok()?,
        origin: RuleOrigin::Default,
        spec: DangerRuleSpec {
            message: rule.message.to_owned(),
            level: rule.level,
            action: rule.action,
            languages: rule.languages.to_vec(),
            pattern: None,
            is_enabled: true,
        },
        updated_at: None,
    })
}

/// Whether an own rule can be used.
///
/// # Errors
/// What is wrong with it.
pub fn validate(spec: &DangerRuleSpec) -> Result<(), RuleFault> {
    let length = spec.message.trim().chars().count();
    if !(1..=LONGEST_MESSAGE).contains(&length) || spec.message.chars().any(char::is_control) {
        return Err(RuleFault::Message);
    }
    if spec.languages.is_empty() {
        return Err(RuleFault::Languages);
    }
    compile(spec).map(drop)
}

/// Why a pattern is none, on one line: the last of those that the reader of patterns writes.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

fn compile(spec: &DangerRuleSpec) -> Result<Regex, RuleFault> {
    let pattern = spec.pattern.as_deref().unwrap_or_default();
    if pattern.is_empty() || pattern.chars().count() > LONGEST_PATTERN {
        return Err(RuleFault::Pattern);
    }
    let is_sql = spec.languages == [Language::Sql];
    RegexBuilder::new(pattern)
        .case_insensitive(is_sql)
        .dot_matches_new_line(is_sql)
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(CACHE_BYTES)
        .nest_limit(50)
        .build()
        .map_err(|error| RuleFault::Syntax(reason(&error)))
}
