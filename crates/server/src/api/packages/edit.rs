//! `PATCH /api/v1/packages/{package}`

use axum::response::Response;
use http::header::{ETAG, IF_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use packhorse_model::PackageName;
use packhorse_model::api::package_edit::{LONGEST_DESCRIPTION, MOST_TAGS, PackageEdit};
use packhorse_model::api::packages::PackageSummary;
use packhorse_model::problem::Problem;
use packhorse_store::packages::{self, PackageTexts};
use serde_json::json;

use super::not_found;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Changes what people say about a package: its description and its own tags. With `If-Match`, only if nobody changed them since.
#[utoipa::path(
    patch, path = "/api/v1/packages/{package}", operation_id = "edit_package", tag = "packages",
    params(
        ("package" = PackageName, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` with which the package was given out."),
    ),
    request_body = PackageEdit,
    responses((status = 200, body = PackageSummary), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(package): Path<PackageName>,
    headers: HeaderMap,
    mut call: CallerTx<PackageEdit>,
) -> Result<Response, ApiError> {
    check(&call.input)?;
    let stored = packages::lock(call.conn(), &package).await?.ok_or_else(|| not_found(&package))?;
    let found = packages::get(call.conn(), &package).await?.ok_or_else(|| not_found(&package))?;
    if let Some(expected) = headers.get(IF_MATCH)
        && expected != "*"
        && *expected != entity_tag(&found)?
    {
        return Err(ApiError::new(
            StatusCode::PRECONDITION_FAILED,
            "package_changed",
            format!("somebody changed {package} since you looked at it"),
        )
        .hint("look at it again, and make your change on what is there now"));
    }
    let PackageEdit { description, tags } = &call.input;
    let mut texts = PackageTexts {
        description: description.as_ref().map_or(found.description.clone(), |text| text.trim().to_owned()),
        tags: tags.as_ref().map_or(found.own_tags.clone(), |tags| tags.iter().map(ToString::to_string).collect()),
    };
    texts.tags.sort();
    texts.tags.dedup();
    let reply = if texts.description == found.description && texts.tags == found.own_tags {
        found
    } else {
        let now = call.now;
        packages::describe(call.conn(), stored.id, &texts, now).await?;
        call.audit("package.update", &package, json!({ "description": texts.description, "tags": texts.tags }));
        packages::get(call.conn(), &package).await?.ok_or_else(|| not_found(&package))?
    };
    let tag = entity_tag(&reply)?;
    let mut response = call.finish(StatusCode::OK, &reply).await?;
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

fn check(edit: &PackageEdit) -> Result<(), ApiError> {
    if let Some(text) = &edit.description {
        let is_line = !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
        if text.chars().count() > LONGEST_DESCRIPTION || !is_line {
            return Err(ApiError::invalid(
                "bad_description",
                format!("a description has {LONGEST_DESCRIPTION} characters at most, and no control characters"),
            ));
        }
    }
    if edit.tags.as_ref().is_some_and(|tags| tags.len() > MOST_TAGS) {
        return Err(ApiError::invalid("too_many_tags", format!("a package has {MOST_TAGS} tags of its own at most")));
    }
    Ok(())
}

/// Changes with what can be edited, and with nothing else: a new version is no reason to refuse an edit.
pub(super) fn entity_tag(package: &PackageSummary) -> Result<HeaderValue, ApiError> {
    let edited = serde_json::to_vec(&(&package.description, &package.own_tags)).map_err(ApiError::internal)?;
    let digest = blake3::hash(&edited).to_hex();
    HeaderValue::try_from(format!("\"{}\"", &digest[..16])).map_err(ApiError::internal)
}
