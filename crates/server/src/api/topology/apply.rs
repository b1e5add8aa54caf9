//! `PUT /api/v1/topology`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::topology::AppliedTopology;
use packhorse_model::problem::Problem;
use packhorse_model::topology::TopologySpec;
use packhorse_store::{StoreError, topology};
use serde_json::json;

use super::difference::{Change, Known, difference};
use crate::access::CallerTx;
use crate::error::ApiError;

/// Adds what the file names and the tree lacks, and changes environments. It removes nothing, so applying a file twice changes nothing the second time.
#[utoipa::path(
    put, path = "/api/v1/topology", operation_id = "apply_topology", tag = "topology",
    request_body = TopologySpec,
    responses((status = 200, body = AppliedTopology), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx<TopologySpec>) -> Result<Response, ApiError> {
    topology::lock(call.conn()).await?;
    let tree = topology::tree(call.conn()).await?;
    let changes = difference(&tree, &call.input).map_err(|twice| {
        ApiError::invalid("topology_twice", twice.to_string())
            .hint("put everything of one name into one place of the file")
    })?;
    let mut known = Known::of(&tree);
    for change in &changes {
        make(&mut call, &mut known, change).await?;
        let (action, object) = match change {
            Change::Business(business) => ("business.create", business.to_string()),
            Change::System { business, system, .. } => ("system.create", format!("{business}/{system}")),
            Change::Environment { business, system, .. } => ("system.update", format!("{business}/{system}")),
            Change::Module { business, system, module } => ("module.create", format!("{business}/{system}/{module}")),
        };
        let detail = match change {
            Change::System { environment, .. } | Change::Environment { environment, .. } => {
                json!({ "environment": environment })
            }
            Change::Business(_) | Change::Module { .. } => json!({}),
        };
        call.audit(action, object, detail);
    }
    let topology = topology::tree(call.conn()).await?;
    let reply = AppliedTopology { changes: changes.iter().map(ToString::to_string).collect(), topology };
    call.finish(StatusCode::OK, &reply).await
}

async fn make(call: &mut CallerTx<TopologySpec>, known: &mut Known, change: &Change) -> Result<(), ApiError> {
    let now = call.now;
    // Changes come in order, so what one needs was made by those before it.
    let missing = || ApiError::from(StoreError::Conflict);
    match change {
        Change::Business(name) => {
            let id = call.app.random.id(now);
            topology::insert_business(call.conn(), id, name, now).await?;
            known.businesses.insert(name.clone(), id);
        }
        Change::System { business, system, environment } => {
            let id = call.app.random.id(now);
            let parent = *known.businesses.get(business).ok_or_else(missing)?;
            topology::insert_system(call.conn(), id, parent, system, *environment, now).await?;
            known.systems.insert((business.clone(), system.clone()), id);
        }
        Change::Environment { id, environment, .. } => {
            topology::set_environment(call.conn(), *id, *environment).await?;
        }
        Change::Module { business, system, module } => {
            let id = call.app.random.id(now);
            let parent = *known.systems.get(&(business.clone(), system.clone())).ok_or_else(missing)?;
            topology::insert_module(call.conn(), id, parent, module, now).await?;
        }
    }
    Ok(())
}
