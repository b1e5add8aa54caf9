//! Database targets: databases to which database packages are applied, and what their ledgers said last.

mod create;
mod delete;
mod get;
mod list;
mod test;
mod tested;
mod update;

use packhorse_model::api::database_targets::{DatabaseTarget, DatabaseTargetSpec};
use packhorse_model::ids::DatabaseTargetId;
use packhorse_model::name::DatabaseTargetName;
use packhorse_store::database_targets::{self, NewDatabaseTarget};
use packhorse_store::{Conn, hosts, topology, vault};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::CallerTx;
use crate::app::App;
use crate::error::ApiError;

/// Characters of a description at most.
const LONGEST_DESCRIPTION: usize = 500;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler, create::handler))
        .routes(routes!(get::handler, update::handler, delete::handler))
        .routes(routes!(test::handler, tested::handler))
}

fn not_found(name: &DatabaseTargetName) -> ApiError {
    ApiError::not_found("database target", name).hint("`packhorse database-target list` shows those that there are")
}

async fn find(conn: &mut Conn, name: &DatabaseTargetName) -> Result<DatabaseTarget, ApiError> {
    let found = database_targets::by_name(conn, name).await?;
    found.map(|stored| stored.target).ok_or_else(|| not_found(name))
}

/// Writes a database target, after everything that it names was looked for.
async fn put<B>(
    call: &mut CallerTx<B>,
    id: DatabaseTargetId,
    name: &DatabaseTargetName,
    spec: &DatabaseTargetSpec,
) -> Result<(), ApiError> {
    let login = spec.login().map_err(|error| {
        ApiError::invalid("database_target", error.to_string())
            .hint("docs/database.md shows what a database target consists of")
    })?;
    if spec.description.chars().count() > LONGEST_DESCRIPTION {
        return Err(ApiError::invalid(
            "description_too_long",
            format!("a description may have {LONGEST_DESCRIPTION} characters"),
        ));
    }
    let module = topology::module(call.conn(), &spec.module).await?.ok_or_else(|| {
        ApiError::not_found("module", &spec.module).hint("`packhorse topology tree` shows those that there are")
    })?;
    let host = hosts::by_name(call.conn(), &spec.host).await?.ok_or_else(|| {
        ApiError::not_found("host", &spec.host).hint("`packhorse host list` shows those that there are")
    })?;
    let secret = match &spec.secret {
        None => None,
        Some(secret) => Some(vault::by_name(call.conn(), secret).await?.ok_or_else(|| {
            ApiError::not_found("secret", secret)
                .hint(format!("`packhorse secret add {secret}` puts it into the vault"))
        })?),
    };
    let (by, at) = (call.caller.actor(), call.now);
    let new = NewDatabaseTarget {
        id,
        name,
        module,
        host: host.id,
        login: &login,
        secret: secret.map(|secret| secret.id),
        description: &spec.description,
        by: &by,
        at,
    };
    Ok(database_targets::put(call.conn(), &new).await?)
}
