//! What watches the server asks: is it alive, is it ready, what does it count, what can it do.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::app::App;
use crate::error::ApiError;
use crate::{metrics, router};

/// Routes that nobody signs in for.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(count))
        .route("/api/v1/openapi.json", get(describe))
}

/// The process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers too, and the server is not stopping.
async fn ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    if app.stopping.is_cancelled() {
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "the server is stopping"));
    }
    match app.store.ping().await {
        Ok(()) => Ok("ok\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "the database does not answer"))
        }
    }
}

async fn count() -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], metrics::page()).into_response()
}

async fn describe() -> Json<utoipa::openapi::OpenApi> {
    Json(router::document())
}
