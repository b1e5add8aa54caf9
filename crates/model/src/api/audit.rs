//! What is asked of the audit log beside its entries.

use serde::{Deserialize, Serialize};

/// What came of following the chain of the audit log from its first entry to its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AuditVerdict {
    /// Every entry is as it was written.
    Intact {
        /// How many there are.
        entries: u64,
    },
    /// From this entry on the log is not what was written.
    Broken {
        /// The number of the first entry that is missing or does not fit.
        sequence: u64,
    },
}
