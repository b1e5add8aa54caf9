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
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::engine::feed::{self, First, News};
use crate::error::ApiError;
use crate::extract::{Path, Query};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Which units are told; all, if not said.
    #[serde(default)]
    #[param(inline)]
    units: Units,
}

/// Which units of a deployment are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Units {
    /// First all of them, then those that change.
    #[default]
    All,
    /// Those that change from now on: the others are read page by page, where somebody looks at them.
    Changing,
}

/// A deployment as it goes on, as server-sent events: first the state as it is, then every change. `Last-Event-ID` takes it up where it
/// was cut off.
#[utoipa::path(
    get, path = "/api/v1/deployments/{id}/events", operation_id = "watch_deployment", tag = "deployments",
    params(
        ("id" = DeploymentId, Path, description = "The deployment."),
        Which,
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
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let seen = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let first = match (seen, which.units) {
        (Some(seen), _) => First::After(seen),
        (None, Units::All) => First::Everything,
        (None, Units::Changing) => First::Deployment,
    };
    let news = feed::follow(app, id, first).await?;
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
