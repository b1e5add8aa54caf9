//! `GET /api/v1/objects`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::objects::ObjectSummary;
use packhorse_model::api::{Counted, Page};
use packhorse_model::name::ObjectType;
use packhorse_model::problem::Problem;
use packhorse_model::project::ObjectKey;
use packhorse_store::objects::{self, Scan};
use serde::Deserialize;

use super::{Matcher, attributes};
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Objects that one request looks at; what it has not seen is on the next page.
const LOOKED_AT: u32 = 5000;
/// Objects that are read at once.
const AT_ONCE: u32 = 500;

/// What the list shows. `attr.KEY=REGEX` besides takes only objects in whose attribute the expression is found.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Of types that this regular expression matches wholly, or whose base type it does; of exactly that type with `^` and `$` around it.
    #[serde(rename = "type")]
    object_type: Option<String>,
    /// With names in which this regular expression is found.
    name: Option<String>,
}

/// Finds objects, by type and name. A page may have few rows, or none, and a next one: a request looks at a bounded number of objects.
/// `total` counts those among which is searched.
#[utoipa::path(
    get, path = "/api/v1/objects", operation_id = "list_objects", tag = "projects",
    params(Filter, PageQuery),
    responses((status = 200, body = Page<ObjectSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
    Query(all): Query<Vec<(String, String)>>,
) -> Result<Json<Page<ObjectSummary>>, ApiError> {
    let asked: Vec<(String, String)> =
        all.into_iter().filter_map(|(key, value)| Some((key.strip_prefix("attr.")?.to_owned(), value))).collect();
    let matcher = Matcher::new(filter.object_type.as_deref(), filter.name.as_deref(), &asked)?;
    let exact = exact_type(filter.object_type.as_deref());
    let mut after = page.after::<Cursor>()?.map(|cursor| cursor.0);
    let limit = page.limit() as usize;
    let mut reader = app.store.read().await?;
    let total = objects::count(&mut reader, exact.as_ref()).await?;
    let mut items = Vec::new();
    let mut looked_at = 0;
    let is_last = loop {
        let scan = Scan { object_type: exact.as_ref(), after: after.as_ref(), ..Scan::default() };
        let rows = objects::scan(&mut reader, &scan, AT_ONCE).await?;
        let is_short = rows.len() < AT_ONCE as usize;
        let mut rows = rows.into_iter();
        for row in rows.by_ref() {
            after = Some(row.summary.key.clone());
            looked_at += 1;
            if matcher.takes(row.summary.element, &row.summary.key) {
                let attributes = attributes(&row);
                if matcher.takes_attributes(&attributes) {
                    items.push(ObjectSummary { attributes, ..row.summary });
                }
            }
            if items.len() >= limit {
                break;
            }
        }
        if is_short && rows.len() == 0 {
            break true;
        }
        if items.len() >= limit || looked_at >= LOOKED_AT {
            break false;
        }
    };
    let next = after.filter(|_| !is_last).map(|key| PageQuery::cursor(&Cursor(key).to_string()));
    Ok(Json(Page { items, next, total, counted: Counted::default() }))
}

/// The one type that a pattern can mean, if it is anchored and has nothing that a pattern would act on.
fn exact_type(pattern: Option<&str>) -> Option<ObjectType> {
    let text = pattern?.strip_prefix('^')?.strip_suffix('$')?;
    text.parse().ok().filter(|_| !text.contains('.'))
}

/// Where a page ended.
struct Cursor(ObjectKey);

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.0.object_type, self.0.name)
    }
}

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (object_type, name) = text.split_once(' ').ok_or(())?;
        Ok(Self(ObjectKey { object_type: object_type.parse().map_err(|_| ())?, name: name.parse().map_err(|_| ())? }))
    }
}
