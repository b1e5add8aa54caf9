//! How far a transfer is.

use std::fmt;
use std::sync::Arc;

/// Is told how many bytes have been moved since the beginning; fewer than before when a transfer had to begin again.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(u64) + Send + Sync>);

impl Progress {
    /// Tells `listener`.
    pub fn new(listener: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    /// Tells how many bytes have been moved.
    pub fn at(&self, bytes: u64) {
        (self.0)(bytes);
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
