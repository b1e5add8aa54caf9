//! `GET /api/v1/vault/secrets`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::vault::Secret;
use packhorse_model::name::SecretName;
use packhorse_model::problem::Problem;
use packhorse_store::vault;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Lists the secrets by name, without what they say.
#[utoipa::path(
    get, path = "/api/v1/vault/secrets", operation_id = "list_secrets", tag = "vault",
    params(PageQuery),
    responses((status = 200, body = Page<Secret>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Secret>>, ApiError> {
    let mut reader = app.store.read().await?;
    let after = page.after::<SecretName>()?;
    let secrets = vault::page(&mut reader, after.as_ref(), page.limit() + 1).await?;
    let total = vault::count(&mut reader).await?;
    Ok(Json(page.page(secrets, total, |last| last.name.to_string())))
}
