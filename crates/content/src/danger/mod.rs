//! Danger rules: finding what in a script should make a person look twice.
//!
//! Rules about commands read shell as words, with quotes, continued lines, comments and here-documents understood, and look behind `sudo`,
//! `xargs`, `find -exec`, `bash -c` and the like, and into what Python and Perl hand to a shell; rules about statements read SQL. Rules of a site are regular expressions over lines
//! without comments. All of it takes time and memory in proportion to the text.
//!
//! A script can always hide what it does; these rules are for mistakes, not against malice.

mod check;
mod defaults;
mod handed;
mod lines;
mod rules;
mod shell;
mod sql;

pub use check::{MAX_FINDINGS, check};
pub use rules::{RuleFault, RuleSet, defaults, validate};
