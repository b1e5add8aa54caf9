//! `GET /api/v1/storage/damage`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::storage::DamagedRange;
use packhorse_model::problem::Problem;
use packhorse_store::damage::{self, Frame};

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Lists ranges of bytes that are damaged, and who needs them.
#[utoipa::path(
    get, path = "/api/v1/storage/damage", operation_id = "list_damage", tag = "storage",
    params(PageQuery),
    responses((status = 200, body = Page<DamagedRange>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DamagedRange>>, ApiError> {
    let after = page.after::<Key>()?.map(|key| key.0);
    let mut reader = app.store.read().await?;
    let rows = damage::page(&mut reader, after.as_ref(), page.limit() + 1).await?;
    let total = damage::ranges(&mut reader).await?;
    Ok(Json(page.page(rows, total, |last| format!("{} {}", last.pack, last.offset))))
}

struct Key(Frame);

impl std::str::FromStr for Key {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (pack, offset) = text.split_once(' ').ok_or(())?;
        Ok(Self(Frame { pack: pack.parse().map_err(|_| ())?, offset: offset.parse().map_err(|_| ())? }))
    }
}
