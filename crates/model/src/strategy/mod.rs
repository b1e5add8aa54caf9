//! How a deployment proceeds: canary, batches, pauses, how many may be down, and what failures do.

mod amount;
mod batch;
mod order;

use serde::{Deserialize, Serialize};

pub use amount::{Amount, Percent};
pub use batch::BatchExpression;
pub use order::HostOrder;

/// More batches than anyone could follow.
pub const MAX_BATCHES: usize = 500;

/// How a deployment proceeds.
///
/// # Failures
/// A failed host holds the deployment unless a threshold that is set says otherwise; if both are, both have to allow it. The canary
/// has to succeed wholly in any case but [`OnFailure::Ignore`]. A failed host that is tolerated stays failed: the deployment goes on
/// without it, and ends as `partly_succeeded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Strategy {
    /// Hosts that go first, alone; 0 for none.
    pub canary: u32,
    /// Sizes of the batches after the canary.
    pub batch: BatchExpression,
    /// In which order hosts go.
    pub order: HostOrder,
    /// Instances that may be down at the same time; the size of the batch if not said. What other deployments hold on these hosts
    /// counts as well.
    pub max_unavailable: Option<Amount>,
    /// Before which batches a person's word is waited for.
    pub pause: Pause,
    /// Seconds between the end of a batch and the beginning of the next.
    pub pause_seconds: u32,
    /// Per cent of the hosts of a batch that have to succeed for the next batch to begin.
    pub success_threshold: Option<Percent>,
    /// Hosts that may fail, over the whole deployment; a percentage is of all its hosts.
    pub error_threshold: Option<Amount>,
    /// What failures beyond the thresholds do to the deployment.
    pub on_failure: OnFailure,
    /// Seconds that every unit of a batch must stay healthy before the next batch.
    pub bake_seconds: u32,
    /// Seconds that one unit may take, from its admission until all is on its host. What has begun to change over is brought to its end.
    pub unit_timeout_seconds: u32,
    /// Seconds that a command of the package may take that does not say so itself in packhorse.toml.
    pub step_timeout_seconds: Option<u32>,
    /// Seconds after which a deployment of which no unit gets on, though one should, is held as by a failure. Neither a bake nor a
    /// pause counts.
    pub progress_seconds: Option<u32>,
}

impl Default for Strategy {
    fn default() -> Self {
        Self {
            canary: 0,
            batch: BatchExpression::default(),
            order: HostOrder::default(),
            max_unavailable: None,
            pause: Pause::default(),
            pause_seconds: 0,
            success_threshold: None,
            error_threshold: None,
            on_failure: OnFailure::default(),
            bake_seconds: 0,
            unit_timeout_seconds: 1800,
            step_timeout_seconds: None,
            progress_seconds: None,
        }
    }
}

/// What failures beyond the thresholds do to the deployment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OnFailure {
    /// Nothing further starts; what works stays. What failed has to be retried or left out before the others go on.
    #[default]
    Stop,
    /// Every host goes back to the version that it had.
    Rollback,
    /// It goes on, however many fail; neither thresholds nor the canary hold it.
    Ignore,
    /// As stop, and a person is asked: one word (promote) lets it go on without the hosts that failed.
    Ask,
}

/// Before which batches a person's word is waited for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Pause {
    /// Before none.
    #[default]
    None,
    /// Before the batch that follows the canary.
    AfterCanary,
    /// Before every batch but the first.
    BetweenBatches,
}

/// Why a strategy's text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StrategyError {
    /// No amount.
    #[error("{0:?} is not an amount: write a number of at least 1, or a percentage from 1% to 100%")]
    Amount(String),
    /// No percentage.
    #[error("{0:?} is not a percentage: write a number from 1 to 100")]
    Percent(String),
    /// No order of hosts.
    #[error("{0:?} is not an order of hosts: write name, or label: and the key of a label")]
    Order(String),
    /// No batch expression.
    #[error(
        "{text:?} is not a batch expression: part {part} must be N, N% (1 to 100), +N, +N% or *N with N of at least 1, and one blank between parts"
    )]
    Batch {
        /// The whole text.
        text: String,
        /// Which part, counted from 1.
        part: usize,
    },
    /// Too many batches.
    #[error("{text:?} makes more than {MAX_BATCHES} batches of {total} hosts: use larger batches")]
    TooMany {
        /// The whole text.
        text: String,
        /// The hosts.
        total: usize,
    },
}
