//! What is done in the background: idempotent work that takes no input and finds in the rows what there is to do.

mod proofs;
mod staging;

use tokio_util::task::TaskTracker;

pub(crate) use proofs::Proofs;

use crate::app::App;

/// Starts all jobs; they end when the server stops.
pub(crate) fn spawn(app: &App, tasks: &TaskTracker) {
    tasks.spawn(proofs::run(app.clone()));
    tasks.spawn(crate::storage::daily(app.clone()));
    tasks.spawn(staging::run(app.clone()));
    tasks.spawn(crate::retention::daily(app.clone()));
    tasks.spawn(crate::script_outputs::daily(app.clone()));
}
