//! `GET /api/v1/objects/{object}/relations`

use std::fmt;
use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::objects::{ObjectSummary, RelationSide};
use packhorse_model::ids::ObjectId;
use packhorse_model::problem::Problem;
use packhorse_model::project::ObjectKey;
use packhorse_store::object_relations::{self, Place};
use serde::Deserialize;

use super::attributes;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// Which way.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// The objects that it refers to, or those that refer to it.
    #[serde(default)]
    #[param(inline)]
    side: RelationSide,
}

/// Lists what an object is related to, one way or the other, in the order of installation: by `installrank`, then by type and name.
#[utoipa::path(
    get, path = "/api/v1/objects/{object}/relations", operation_id = "list_object_relations", tag = "projects",
    params(("object" = ObjectId, Path), Filter, PageQuery),
    responses((status = 200, body = Page<ObjectSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(object): Path<ObjectId>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ObjectSummary>>, ApiError> {
    let after = page.after::<Cursor>()?.map(|cursor| cursor.0);
    let mut reader = app.store.read().await?;
    if !object_relations::is_there(&mut reader, object).await? {
        return Err(ApiError::not_found("object", object).hint("`packhorse find` shows those that there are"));
    }
    let rows = object_relations::list(&mut reader, object, filter.side, after.as_ref(), page.limit() + 1).await?;
    let total = object_relations::count(&mut reader, object, filter.side).await?;
    let page = page.page(rows, total, |last| {
        Cursor(Place { installrank: last.installrank, key: last.summary.key.clone() }).to_string()
    });
    let items = page.items.into_iter().map(|row| ObjectSummary { attributes: attributes(&row), ..row.summary });
    Ok(Json(Page { items: items.collect(), next: page.next, total: page.total, counted: page.counted }))
}

/// Where a page ended.
struct Cursor(Place);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.0.installrank, self.0.key.object_type, self.0.key.name)
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (rank, key) = text.split_once(' ').ok_or(())?;
        let (object_type, name) = key.split_once(' ').ok_or(())?;
        let key = ObjectKey { object_type: object_type.parse().map_err(|_| ())?, name: name.parse().map_err(|_| ())? };
        Ok(Self(Place { installrank: rank.parse().map_err(|_| ())?, key }))
    }
}
