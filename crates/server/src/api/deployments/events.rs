//! `GET /api/v1/deployments/{id}/events`

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt as _, stream};
use http::HeaderMap;
use packhorse_model::api::deployments::DeploymentEvent;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::app::App;
use crate::engine::feed::{self, News};
use crate::error::ApiError;
use crate::extract::Path;

/// A deployment as it goes on, as server-sent events: first the state as it is, then every change. `Last-Event-ID` takes it up where it
/// was cut off.
#[utoipa::path(
    get, path = "/api/v1/deployments/{id}/events", operation_id = "watch_deployment", tag = "deployments",
    params(
        ("id" = DeploymentId, Path, description = "The deployment."),
        ("Last-Event-ID" = Option<u64>, Header, description = "The id of the last event that was received."),
    ),
    responses(
        (status = 200, body = DeploymentEvent, content_type = "text/event-stream"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DeploymentId>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let seen = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let news = feed::follow(app, id, seen).await?;
    let events = news.flat_map(|news| stream::iter(events(&news))).map(Ok);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Only the last event of a revision bears its number, so that whoever was cut off in the middle gets all of it again.
fn events(news: &Arc<News>) -> Vec<Event> {
    let last = news.events.len().saturating_sub(1);
    let event = |(index, told): (usize, &feed::Told)| {
        let event = Event::default().event(told.name).data(&told.data);
        if index == last { event.id(news.revision.to_string()) } else { event }
    };
    news.events.iter().enumerate().map(event).collect()
}
