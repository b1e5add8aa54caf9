//! Whether a version says everything that a deployment needs of it, and its place among what is installed together.

use packhorse_model::project::attributes;
use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::{Conn, objects};

use crate::api::objects::metadata;
use crate::error::ApiError;

/// Refuses a version that lacks what a deployment needs, and one that is registered and has no content yet. Gives its installrank, if anybody
/// said one.
pub(super) async fn check(
    conn: &mut Conn,
    package: &PackageName,
    version: &VersionNumber,
) -> Result<Option<i64>, ApiError> {
    let Some(object) = objects::of_version(conn, package, version).await? else { return Ok(None) };
    let known = metadata(&object);
    let missing = attributes::missing(&known);
    if !missing.is_empty() {
        return Err(ApiError::invalid("metadata_missing", format!("{package}@{version} lacks {}", missing.join(", ")))
            .detail(format!("a deployment needs {}", attributes::REQUIRED.join(", ")))
            .hint("say them in a project.xml and load it with `packhorse import project FILE`, or push the content"));
    }
    if object.content.is_none() {
        return Err(ApiError::conflict(
            "content_missing",
            format!("{package}@{version} is registered, and has no content yet"),
        )
        .hint(format!("push it: `packhorse package push FILE --name {package} --version {version}`")));
    }
    Ok(attributes::installrank(&known))
}
