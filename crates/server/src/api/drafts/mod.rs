//! Drafts: versions that are being made.

mod changes;
mod create;
mod delete;
mod entries;
mod get;
mod get_file;
mod lint;
mod list;
mod manifest;
mod operations;
mod publish;
mod put_file;
mod undo;
mod update;
mod uploads;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler, create::handler))
        .routes(routes!(get::handler, update::handler, delete::handler))
        .routes(routes!(entries::handler))
        .routes(routes!(operations::handler))
        .routes(routes!(get_file::handler, put_file::handler))
        .routes(routes!(manifest::get, manifest::put))
        .routes(routes!(changes::handler))
        .routes(routes!(undo::undo))
        .routes(routes!(undo::redo))
        .routes(routes!(lint::handler))
        .routes(routes!(publish::handler))
        .merge(uploads::router())
}

/// Refuses a build that could not stand in a file name.
fn check_build(build: Option<&String>) -> Result<(), ApiError> {
    let fits = |build: &String| {
        (1..=64).contains(&build.len()) && build.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._+".contains(&b))
    };
    if build.is_none_or(fits) {
        return Ok(());
    }
    Err(ApiError::invalid("draft_build", "a build has 1 to 64 of a-z A-Z 0-9 and - . _ +")
        .hint("write it as in 20261101001, or leave it out"))
}
