//! `GET /api/v1/plans/{id}/hosts`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use packhorse_model::HostName;
use packhorse_model::api::Page;
use packhorse_model::api::plans::PlanHost;
use packhorse_model::ids::PlanId;
use packhorse_model::problem::Problem;
use packhorse_planner::host::room_at;
use packhorse_store::{plans, targets};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::engine::planning::{self, Findings, FoundChange};
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Those of this change, counted from 0.
    change: Option<usize>,
    /// Those that stay as they are, or that are left out, if no change is named.
    #[param(inline)]
    standing: Option<HostStanding>,
}

/// Hosts of a plan at which nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HostStanding {
    /// They are as they should be.
    Unchanged,
    /// They cannot be chosen.
    Excluded,
}

/// The hosts of a plan, in the order in which they go: of one change, or those at which nothing happens.
#[utoipa::path(
    get, path = "/api/v1/plans/{id}/hosts", operation_id = "list_plan_hosts", tag = "plans",
    params(("id" = PlanId, Path, description = "The plan."), Which, PageQuery),
    responses((status = 200, body = Page<PlanHost>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<PlanId>,
    Query(which): Query<Which>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PlanHost>>, ApiError> {
    let after = page.after::<HostName>()?;
    let mut reader = app.store.read().await?;
    let found = plans::findings(&mut reader, id).await?.ok_or_else(|| planning::unknown(id))?;
    let findings: Findings = serde_json::from_str(&found.findings).map_err(ApiError::internal)?;
    let place = Place { after: after.as_ref(), rows: page.limit() as usize + 1 };
    let (rows, total) = match (which.change, which.standing) {
        (Some(number), _) => {
            let class = class(&findings, number)?;
            let names: Vec<HostName> = place.of(&class.hosts, |host| host).to_vec();
            let known = targets::by_name(&mut reader, found.package, &names).await?;
            let mut rooms: BTreeMap<HostName, _> = known.into_iter().map(|row| (row.name, row.facts.room)).collect();
            let row = |host: HostName| PlanHost {
                disk_free: rooms.remove(&host).and_then(|room| room_at(&room, &class.install_root)),
                reason: None,
                cause: None,
                host,
            };
            (names.into_iter().map(row).collect(), class.hosts.len())
        }
        (None, Some(HostStanding::Unchanged)) => {
            let row = |host: &HostName| PlanHost { host: host.clone(), reason: None, cause: None, disk_free: None };
            (place.of(&findings.unchanged, |host| host).iter().map(row).collect(), findings.unchanged.len())
        }
        (None, Some(HostStanding::Excluded)) => {
            let excluded = place.of(&findings.excluded, |excluded| &excluded.host);
            let row = |excluded: &packhorse_model::api::deployments::ExcludedHost| PlanHost {
                host: excluded.host.clone(),
                reason: Some(excluded.reason.clone()),
                cause: excluded.cause.clone(),
                disk_free: None,
            };
            (excluded.iter().map(row).collect::<Vec<_>>(), findings.excluded.len())
        }
        (None, None) => {
            return Err(ApiError::invalid("change_missing", "it is not said which hosts of the plan are meant")
                .hint("add ?change=NUMBER, or ?standing=unchanged or excluded"));
        }
    };
    Ok(Json(page.page(rows, total as u64, |last| last.host.to_string())))
}

/// A change of a plan by its number.
pub(super) fn class(findings: &Findings, number: usize) -> Result<&FoundChange, ApiError> {
    findings.changes.get(number).ok_or_else(|| {
        ApiError::not_found("change in the plan", number)
            .hint(format!("it has {}, counted from 0", findings.changes.len()))
    })
}

/// Where a page begins, and how many rows it may take.
struct Place<'a> {
    after: Option<&'a HostName>,
    rows: usize,
}

impl Place<'_> {
    fn of<'r, R>(&self, rows: &'r [R], name: impl Fn(&R) -> &HostName) -> &'r [R] {
        let found = self.after.and_then(|after| rows.iter().position(|row| name(row) == after));
        let rest = &rows[found.map_or(0, |found| found + 1)..];
        &rest[..rest.len().min(self.rows)]
    }
}
