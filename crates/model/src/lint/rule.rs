//! What a rule is. Its id is stable, so that scripts and documentation can refer to it.

use crate::api::Place;
use crate::api::packages::{Finding, Severity};

/// A rule of lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable.
    pub id: &'static str,
    /// How bad it is to break it, unless what is found says otherwise.
    pub severity: Severity,
    /// What must hold, in a sentence.
    pub summary: &'static str,
    /// Why it must.
    pub why: &'static str,
    /// What to do if it does not.
    pub remedy: &'static str,
}

impl Rule {
    /// The rule is broken, at a place.
    #[must_use]
    pub fn at(&self, place: Place, message: impl Into<String>) -> Finding {
        Finding { place: Some(place), ..self.broken(message) }
    }

    /// The rule is broken by the package as a whole.
    #[must_use]
    pub fn broken(&self, message: impl Into<String>) -> Finding {
        Finding {
            rule: self.id.to_owned(),
            severity: self.severity,
            place: None,
            message: message.into(),
            hint: self.remedy.to_owned(),
        }
    }
}

/// Declares rules, and the list of all that were declared.
macro_rules! rules {
    ($($severity:ident $id:ident: $summary:literal, $why:literal, $remedy:literal;)+) => {
        $(
            #[doc = $summary]
            pub const $id: $crate::lint::Rule = $crate::lint::Rule {
                id: stringify!($id),
                severity: $crate::api::packages::Severity::$severity,
                summary: $summary,
                why: $why,
                remedy: $remedy,
            };
        )+

        /// All of them, in the order of the documentation.
        pub const ALL: &[&$crate::lint::Rule] = &[$(&$id),+];
    };
}

pub(super) use rules;
