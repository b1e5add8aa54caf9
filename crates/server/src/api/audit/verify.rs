//! `GET /api/v1/audit/verdict`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::audit::AuditVerdict;
use packhorse_model::problem::Problem;
use packhorse_store::audit::{self, Verdict};

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;

/// Follows the chain of the audit log from its first entry to its head, and says whether an entry was changed, removed or put in between.
#[utoipa::path(
    get, path = "/api/v1/audit/verdict", operation_id = "verify_audit", tag = "audit",
    responses((status = 200, body = AuditVerdict), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(State(app): State<App>, _caller: Caller) -> Result<Json<AuditVerdict>, ApiError> {
    let verdict = audit::verify(&mut *app.store.read().await?).await?;
    Ok(Json(match verdict {
        Verdict::Intact { entries } => AuditVerdict::Intact { entries },
        Verdict::Broken { sequence } => AuditVerdict::Broken { sequence },
    }))
}
