//! Lists come in pages: `?cursor=&limit=`. A cursor is the key of the last row that was given out, opaque to clients.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use packhorse_model::api::{Page, Total};
use serde::Deserialize;

use crate::error::ApiError;

/// Rows of a page if the client does not say.
const DEFAULT: u32 = 50;
/// Rows of a page at most.
const MOST: u32 = 500;

/// The part of a list's query that asks for a page. Flatten nothing: take it as a second `Query`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next` of the page before.
    pub(crate) cursor: Option<String>,
    /// Rows at most; 50 if not said, 500 at most.
    #[param(minimum = 1, maximum = 500)]
    pub(crate) limit: Option<u32>,
}

/// The refusal of a cursor that was made up, or for another order of the list.
pub(crate) fn bad_cursor() -> ApiError {
    ApiError::bad_request("bad_cursor", "the cursor is none that this list gave out")
        .hint("begin without a cursor, and pass `next` of each page on unchanged")
}

impl PageQuery {
    /// Rows at most.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT).clamp(1, MOST)
    }

    /// The key after which the page begins.
    pub(crate) fn after<K: FromStr>(&self) -> Result<Option<K>, ApiError> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        text.and_then(|text| text.parse().ok()).map(Some).ok_or_else(bad_cursor)
    }

    /// The cursor of a key, for lists that end their pages themselves.
    pub(crate) fn cursor(key: &str) -> String {
        URL_SAFE_NO_PAD.encode(key)
    }

    /// Makes a page of rows that were asked for with `limit + 1`: the one too many shows that there is a next page.
    pub(crate) fn page<T>(&self, mut rows: Vec<T>, total: impl Into<Total>, key: impl FnOnce(&T) -> String) -> Page<T> {
        let limit = self.limit() as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(key(last)));
        let Total { rows: total, counted } = total.into();
        // What is shown is there, even where counting stopped before it.
        let total = if counted.is_exact() { total } else { total.max(rows.len() as u64) };
        Page { items: rows, next, total, counted }
    }
}
