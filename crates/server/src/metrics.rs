//! Metrics for Prometheus. One recorder for the process; counting is by the `metrics` macros wherever something happens.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::app::App;

/// How often what was measured is folded.
const UPKEEP: Duration = Duration::from_secs(10);

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Bytes of package content that were sent to hosts and people, by `kind`.
pub(crate) const TRANSFER_BYTES: &str = "packhorse_transfer_bytes_total";
/// Downloads that broke off: what was made was not what was promised, or could not be read.
pub(crate) const BROKEN_DOWNLOADS: &str = "packhorse_broken_downloads_total";
/// Requests, by `route`, `method` and `status`.
pub(crate) const REQUESTS: &str = "packhorse_http_requests_total";
/// How long requests took, by `route` and `method`.
pub(crate) const REQUEST_SECONDS: &str = "packhorse_http_request_seconds";

/// Begins to count. Whatever was counted before is lost; counting twice is one count.
pub(crate) fn install() {
    handle();
}

fn handle() -> &'static PrometheusHandle {
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // Only a recorder that somebody else installed can be in the way; then this page stays empty.
        if let Err(error) = metrics::set_global_recorder(recorder) {
            tracing::warn!(%error, "metrics are not recorded");
        }
        metrics::describe_counter!(TRANSFER_BYTES, metrics::Unit::Bytes, "Bytes of package content sent.");
        metrics::describe_counter!(BROKEN_DOWNLOADS, "Downloads that broke off.");
        metrics::describe_counter!(REQUESTS, "Requests answered.");
        metrics::describe_histogram!(REQUEST_SECONDS, metrics::Unit::Seconds, "Time to answer a request.");
        // So that the page has the name before the first transfer.
        metrics::counter!(TRANSFER_BYTES, "kind" => "full").absolute(0);
        handle
    })
}

/// The page that Prometheus reads.
pub(crate) fn page() -> String {
    handle().render()
}

/// Folds what was measured into its histograms until the server stops, so that it takes bounded room though nobody asks for it.
pub(crate) async fn keep(app: App) {
    while tokio::time::timeout(UPKEEP, app.stopping.cancelled()).await.is_err() {
        handle().run_upkeep();
    }
}
