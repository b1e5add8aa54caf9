//! What the server does by itself, over and over: look at the rows as they are, decide, write. No reconciler takes input, and each
//! can be stopped at any moment and begun again.

mod assignments;
mod beginnings;
mod deployments;

use tokio_util::task::TaskTracker;

use crate::app::App;

/// Moves every deployment on as far as it goes now. What the background does over and over, once.
pub async fn reconcile(app: &App) {
    deployments::pass(app).await;
}

/// Starts the reconcilers. They end when the server stops.
pub(crate) fn spawn(app: &App, tasks: &TaskTracker) {
    tasks.spawn(deployments::run(app.clone()));
    tasks.spawn(assignments::run(app.clone()));
}
