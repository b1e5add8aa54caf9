//! What people's clients (console, CLI, CI) send and get under `/api/v1`.

pub mod audit;
pub mod deployments;
pub mod hosts;
pub mod instances;
pub mod overview;
pub mod packages;
pub mod sessions;
pub mod topology;

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
    /// Rows of the whole list under the same filters.
    pub total: u64,
}
