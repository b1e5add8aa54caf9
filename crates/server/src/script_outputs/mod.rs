//! What scripts wrote: packed for people, and dropped when it is old.

pub(crate) mod archive;
mod policy;

pub(crate) use policy::daily;
pub use policy::drop_old;

use jiff::Timestamp;

use crate::error::ApiError;

/// The refusal to show what is not there any more.
pub(crate) fn gone(dropped_at: Timestamp) -> ApiError {
    let title = format!("what the script wrote was dropped at {dropped_at}");
    ApiError::new(http::StatusCode::GONE, "output_dropped", title)
        .hint("how it ended on each host is kept; `script_output_days` and `script_output_runs` of the server say how long outputs stay")
        .param("dropped_at", dropped_at)
}
