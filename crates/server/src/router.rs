//! The two routers, one for people and one for agents, and what every reply passes through.

use std::any::Any;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::error::ApiError;
use crate::metrics::{REQUEST_SECONDS, REQUESTS};
use crate::{agent_api, api, health, web};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Packhorse",
        description = "Carries software packages to hosts. Paths under /api/v1 are for people's clients; paths under /agent/v1 are for agents, on a listener of their own that wants their certificates.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    modifiers(&Ways),
    security(("token" = []), ("session" = []), ("certificate" = [])),
)]
struct Document;

struct Ways;

impl utoipa::Modify for Ways {
    fn modify(&self, document: &mut OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("ph_…").build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let session = ApiKey::Cookie(ApiKeyValue::new(crate::access::COOKIE_NAME));
        components.add_security_scheme("session", SecurityScheme::ApiKey(session));
        components.add_security_scheme(
            "certificate",
            SecurityScheme::MutualTls { description: None, extensions: None, deprecated: None },
        );
    }
}

/// What people's clients reach.
pub fn people(app: App) -> Router {
    let (router, _) = api::router().split_for_parts();
    // Content is compressed as it is stored, and events must not wait in a compressor.
    let compressible = DefaultPredicate::new()
        .and(NotForContentType::new("application/octet-stream"))
        .and(NotForContentType::new("application/zstd"))
        .and(NotForContentType::new("application/gzip"))
        .and(NotForContentType::new("application/zip"));
    let router = router
        .merge(health::router())
        .fallback(web::fallback)
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(from_fn(security_headers));
    around(router).with_state(app)
}

/// What agents reach.
pub fn agents(app: App) -> Router {
    let (router, _) = agent_api::router().split_for_parts();
    around(router.fallback(nothing_here)).with_state(app)
}

/// The description of both.
#[must_use]
pub fn document() -> OpenApi {
    OpenApiRouter::with_openapi(Document::openapi()).merge(api::router()).merge(agent_api::router()).into_openapi()
}

/// What is around every route: a panic is a 500 with nothing in it, and everything is counted.
fn around<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(CatchPanicLayer::custom(panicked)).layer(from_fn(count))
}

pub(crate) async fn nothing_here(uri: http::Uri) -> ApiError {
    ApiError::new(http::StatusCode::NOT_FOUND, "route_not_found", format!("there is nothing at {}", uri.path()))
        .hint("GET /api/v1/openapi.json says what there is")
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands panics over as they are caught")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::internal(format!("a handler panicked: {}", words.unwrap_or("for no stated reason"))).into_response()
}

async fn count(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().to_string();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    tracing::debug!(method, route, status, millis = started.elapsed().as_millis(), "answered");
    metrics::counter!(REQUESTS, "route" => route.clone(), "method" => method.clone(), "status" => status).increment(1);
    metrics::histogram!(REQUEST_SECONDS, "route" => route, "method" => method).record(started.elapsed().as_secs_f64());
    response
}

async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, web::CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What the API says is of this moment, and may be secret.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_500_with_nothing_in_it() {
        async fn panics() {
            panic!("the password is hunter2");
        }
        let router = around(Router::new().route("/", get(panics)));
        let response = router.oneshot(Request::builder().uri("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        insta::assert_snapshot!(String::from_utf8_lossy(&body), @r#"{"status":500,"code":"internal","title":"the server failed","hint":"the server's log says why"}"#);
    }
}
