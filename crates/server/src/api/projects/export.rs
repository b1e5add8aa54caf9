//! `GET /api/v1/projects/export`

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, header};
use packhorse_model::foreign::project_xml;
use packhorse_model::problem::Problem;
use packhorse_model::project::load::Relation;
use packhorse_model::project::{Dependencies, Element, ObjectKey, ProjectObject, Transforms};
use packhorse_store::objects::{self, Scan, StoredObject};
use serde::Deserialize;

use crate::access::Caller;
use crate::api::objects::{Matcher, attributes};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;

/// Objects that are written at once.
const PAGE: u32 = 200;

/// Which objects.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Of types that match, as in the list of objects.
    #[serde(rename = "type")]
    object_type: Option<String>,
    /// With names in which this regular expression is found.
    name: Option<String>,
}

/// Writes a project.xml of objects, which loads again. Each relation is written with its parent, and only if both ends are.
#[utoipa::path(
    get, path = "/api/v1/projects/export", operation_id = "export_project", tag = "projects",
    params(Filter),
    responses((status = 200, body = String, content_type = "application/xml"), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<Response, ApiError> {
    let matcher = Matcher::new(filter.object_type.as_deref(), filter.name.as_deref(), &[])?;
    let stream = async_stream::try_stream! {
        yield Bytes::from_static(project_xml::HEADER.as_bytes());
        for element in Element::ALL {
            let mut after: Option<ObjectKey> = None;
            loop {
                let (rows, text) = page(&app, &matcher, element, after.as_ref()).await.map_err(|error| broken(&error))?;
                if !text.is_empty() {
                    yield Bytes::from(text);
                }
                match rows {
                    Some(last) => after = Some(last),
                    None => break,
                }
            }
        }
        yield Bytes::from_static(project_xml::FOOTER.as_bytes());
    };
    let mut response = Response::new(whole(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"project.xml\""));
    Ok(response)
}

/// The body of a stream of pieces.
fn whole(stream: impl futures::Stream<Item = std::io::Result<Bytes>> + Send + 'static) -> Body {
    Body::from_stream(stream)
}

/// A file that has begun to go out cannot become an error any more: it ends without its end, which no reader accepts.
fn broken(error: &ApiError) -> std::io::Error {
    tracing::error!(problem = ?error.problem(), "an export broke off");
    std::io::Error::other("the export broke off")
}

/// Some objects as text, and the last one that was looked at, if there may be more. Each page is a transaction of its own, so that a
/// slow reader keeps none open.
async fn page(
    app: &App,
    matcher: &Matcher,
    element: Element,
    after: Option<&ObjectKey>,
) -> Result<(Option<ObjectKey>, String), ApiError> {
    let mut reader = app.store.read().await?;
    let scan = Scan { element: Some(element), after, ..Scan::default() };
    let rows = objects::scan(&mut reader, &scan, PAGE).await?;
    let last = rows.last().filter(|_| rows.len() == PAGE as usize).map(|row| row.summary.key.clone());
    let rows: Vec<&StoredObject> = rows.iter().filter(|row| matcher.takes(element, &row.summary.key)).collect();
    let ids: Vec<_> = rows.iter().map(|row| row.summary.id).collect();
    let relations: BTreeSet<Relation> = objects::relations(&mut reader, &ids).await?.into_iter().collect();
    let ends: BTreeSet<&ObjectKey> =
        relations.iter().flat_map(|relation| [&relation.parent, &relation.child]).collect();
    let ends = objects::by_keys(&mut reader, &ends.into_iter().collect::<Vec<_>>()).await?;
    let ends = ends.into_iter().map(|end| (end.summary.key, end.summary.element));
    let written: BTreeMap<ObjectKey, Element> = ends.filter(|(key, element)| matcher.takes(*element, key)).collect();
    let text = rows.into_iter().map(|row| project_xml::object(&object(row, &relations, &written))).collect();
    Ok((last, text))
}

/// A setting has no resources in the document type: what it refers to says so instead.
fn object(row: &StoredObject, relations: &BTreeSet<Relation>, written: &BTreeMap<ObjectKey, Element>) -> ProjectObject {
    let key = &row.summary.key;
    let dependencies =
        |objects: Vec<ObjectKey>| (!objects.is_empty()).then_some(Dependencies { relations: None, objects });
    let children = relations.iter().filter(|relation| {
        relation.parent == *key && row.summary.element != Element::Setting && written.contains_key(&relation.child)
    });
    let parents = relations
        .iter()
        .filter(|relation| relation.child == *key && written.get(&relation.parent) == Some(&Element::Setting));
    let known = row.summary.element.attributes();
    let said = attributes(row).into_iter().filter(|(name, _)| known.contains(&name.as_str()));
    ProjectObject {
        element: row.summary.element,
        key: key.clone(),
        attributes: said.collect(),
        resources: dependencies(children.map(|relation| relation.child.clone()).collect()),
        referrers: dependencies(parents.map(|relation| relation.parent.clone()).collect()),
        transforms: (!row.transforms.is_empty())
            .then(|| Transforms { relations: None, transforms: row.transforms.clone() }),
    }
}
