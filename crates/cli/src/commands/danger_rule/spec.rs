//! The words of danger rules on the command line.

use clap::ValueEnum;
use packhorse_model::danger::{DangerAction, DangerLevel, Language};

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageWord {
    Shell,
    Python,
    Perl,
    Powershell,
    Sql,
}

impl From<LanguageWord> for Language {
    fn from(word: LanguageWord) -> Self {
        match word {
            LanguageWord::Shell => Self::Shell,
            LanguageWord::Python => Self::Python,
            LanguageWord::Perl => Self::Perl,
            LanguageWord::Powershell => Self::Powershell,
            LanguageWord::Sql => Self::Sql,
        }
    }
}

/// A level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LevelWord {
    Low,
    Medium,
    High,
    Critical,
}

impl From<LevelWord> for DangerLevel {
    fn from(word: LevelWord) -> Self {
        match word {
            LevelWord::Low => Self::Low,
            LevelWord::Medium => Self::Medium,
            LevelWord::High => Self::High,
            LevelWord::Critical => Self::Critical,
        }
    }
}

/// An action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ActionWord {
    Warn,
    Block,
}

impl From<ActionWord> for DangerAction {
    fn from(word: ActionWord) -> Self {
        match word {
            ActionWord::Warn => Self::Warn,
            ActionWord::Block => Self::Block,
        }
    }
}

/// A level as it is written.
pub(super) fn level(level: DangerLevel) -> &'static str {
    match level {
        DangerLevel::Low => "low",
        DangerLevel::Medium => "medium",
        DangerLevel::High => "high",
        DangerLevel::Critical => "critical",
    }
}

/// An action as it is written.
pub(super) fn action(action: DangerAction) -> &'static str {
    match action {
        DangerAction::Warn => "warn",
        DangerAction::Block => "block",
    }
}

/// A language as it is written.
pub(super) fn language(language: Language) -> &'static str {
    match language {
        Language::Shell => "shell",
        Language::Python => "python",
        Language::Perl => "perl",
        Language::Powershell => "powershell",
        Language::Sql => "sql",
    }
}
