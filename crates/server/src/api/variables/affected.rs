//! `GET /api/v1/variables/affected`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::variable_values::AffectedInstance;
use packhorse_model::api::{Counted, Page};
use packhorse_model::name::variable_key;
use packhorse_model::problem::Problem;
use packhorse_model::{HostName, PackageName};
use packhorse_store::{packages, variables};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::engine::stale;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::{PageQuery, bad_cursor};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only packages whose versions use this variable.
    name: Option<String>,
    /// Only this package.
    package: Option<PackageName>,
}

/// Instances whose rendered files would be others if their version were deployed now. A page may hold fewer than were asked for, or
/// none, and still have a next one: so many were looked at.
#[utoipa::path(
    get, path = "/api/v1/variables/affected", operation_id = "list_affected_instances", tag = "variables",
    params(Which, PageQuery),
    responses((status = 200, body = Page<AffectedInstance>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(which): Query<Which>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AffectedInstance>>, ApiError> {
    let mut reader = app.store.read().await?;
    let after = page.after::<String>()?.map(|cursor| place(&cursor)).transpose()?;
    let from = after.as_ref().map(|(package, _)| package);
    let package = match &which.package {
        Some(name) => {
            let found = packages::by_name(&mut reader, name).await?;
            let found = found.ok_or_else(|| {
                ApiError::not_found("package", name).hint("`packhorse package list` shows those that there are")
            })?;
            Some((found.id, name.clone()))
        }
        None => {
            let key = which.name.as_deref().map(variable_key);
            variables::next_package(&mut reader, key.as_deref(), from).await?
        }
    };
    let Some((id, name)) = package else {
        return Ok(Json(Page { items: Vec::new(), next: None, total: 0, counted: Counted::Exactly }));
    };
    let behind = after.and_then(|(package, host)| host.filter(|_| package == name));
    let looked = stale::look(&mut reader, (id, &name), behind.as_ref(), page.limit()).await?;
    let next = match &looked.last {
        Some(host) => Some(PageQuery::cursor(&format!("{name} {host}"))),
        // The last host of this package: the next page begins with the package behind it.
        None if which.package.is_some() => None,
        None => Some(PageQuery::cursor(&format!("{name} "))),
    };
    let total = looked.affected.len() as u64;
    let counted = if next.is_some() { Counted::AtLeast } else { Counted::Exactly };
    Ok(Json(Page { items: looked.affected, next, total, counted }))
}

/// The package, and the host if the package has more.
fn place(cursor: &str) -> Result<(PackageName, Option<HostName>), ApiError> {
    let (package, host) = cursor.split_once(' ').ok_or_else(bad_cursor)?;
    let host = if host.is_empty() { None } else { Some(host.parse().map_err(|_| bad_cursor())?) };
    Ok((package.parse().map_err(|_| bad_cursor())?, host))
}
