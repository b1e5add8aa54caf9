//! What people's clients (console, CLI, CI) send and get under `/api/v1`.

pub mod asked;
pub mod audit;
pub mod bindings;
pub mod compare;
pub mod config_targets;
pub mod control;
pub mod database;
pub mod database_targets;
pub mod database_tests;
pub mod deployments;
pub mod drafts;
pub mod exclusions;
pub mod guard_rails;
pub mod hosts;
pub mod instances;
pub mod objects;
pub mod overview;
pub mod package_edit;
pub mod packages;
mod place;
pub mod plans;
pub mod retention;
pub mod script_outputs;
pub mod scripts;
pub mod sessions;
pub mod slim;
pub mod storage;
pub mod strategies;
pub mod targets;
pub mod topology;
pub mod unresolved;
pub mod users;
pub mod variable_values;
pub mod variables;
pub mod vault;
pub mod version_states;

pub use place::Place;
use serde::{Deserialize, Serialize};

/// One page of a list. `next` is given back as `cursor` for the following page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Opaque; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Rows of the whole list under the same filters, as far as they were counted.
    pub total: u64,
    /// Whether these are all.
    #[serde(default, skip_serializing_if = "Counted::is_exact")]
    pub counted: Counted,
}

/// Whether a number of rows is all there are. Long lists are not counted to their end, which would cost more than the page itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Counted {
    /// So many.
    #[default]
    Exactly,
    /// So many, or more.
    AtLeast,
}

impl Counted {
    /// Whether there are no more.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        *self == Self::Exactly
    }
}

/// How many rows a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// So many.
    pub rows: u64,
    /// Whether these are all.
    pub counted: Counted,
}

impl Total {
    /// What a count that stops one behind `most` has found.
    #[must_use]
    pub fn up_to(most: u64, found: u64) -> Self {
        let counted = if found > most { Counted::AtLeast } else { Counted::Exactly };
        Self { rows: found.min(most), counted }
    }
}

impl From<u64> for Total {
    fn from(rows: u64) -> Self {
        Self { rows, counted: Counted::Exactly }
    }
}
