//! Values of variables, by scope.

mod affected;
mod delete;
mod explain;
mod list;
mod set;

use packhorse_model::variables::Scope;
use packhorse_store::variables::StoredScope;
use packhorse_store::{Conn, variables};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler, set::handler))
        .routes(routes!(explain::handler))
        .routes(routes!(delete::handler))
        .routes(routes!(affected::handler))
}

/// A scope whose business, host or whatever it names is there.
async fn known(conn: &mut Conn, scope: &Scope) -> Result<StoredScope, ApiError> {
    variables::stored_scope(conn, scope).await?.ok_or_else(|| {
        ApiError::not_found("scope", scope)
            .hint("`packhorse topology tree`, `host list` and `package list` show what a scope can name")
    })
}
