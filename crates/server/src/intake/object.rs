//! The object that stands for a version: one that was registered before takes the content over, any other is made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::ids::{ObjectId, VersionId};
use packhorse_model::manifest::Manifest;
use packhorse_model::name::is_nmtoken_char;
use packhorse_model::project::attributes::subtype;
use packhorse_model::project::load::Known;
use packhorse_model::project::registration::Registration;
use packhorse_model::project::{Element, ObjectKey};
use packhorse_store::{Conn, objects};

use super::publish::Intake;
use crate::app::App;
use crate::error::ApiError;

/// The object under which the version was registered, if it was. The manifest takes over what it does not say itself.
pub(super) async fn registered(
    conn: &mut Conn,
    intake: &Intake,
    manifest: &mut Manifest,
) -> Result<Option<ObjectId>, ApiError> {
    let found = objects::of_version(conn, &intake.package, &intake.version).await?;
    let Some(object) = found.filter(|object| object.content.is_none()) else { return Ok(None) };
    let said = |key: &str| object.summary.attributes.get(key).filter(|value| !value.is_empty()).cloned();
    if manifest.description.is_empty() {
        manifest.description = said("description").unwrap_or_default();
    }
    // A root that refers to a property, or is none by our rules, is nothing that a host could use.
    if manifest.install_root.is_none()
        && let Some(root) = said("installroot").map(|root| root.trim_end_matches('/').to_owned())
        && !root.contains("${")
        && Manifest::parse(&format!("install_root = {root:?}")).is_ok()
    {
        manifest.install_root = Some(root);
    }
    Ok(Some(object.summary.id))
}

/// Ties the version to its object.
pub(super) async fn link(
    conn: &mut Conn,
    app: &App,
    intake: &Intake,
    version: VersionId,
    registered: Option<ObjectId>,
    now: Timestamp,
) -> Result<(), ApiError> {
    let object = match registered {
        Some(object) => object,
        None => {
            let id = app.random.id(now);
            let key = free_key(conn, intake).await?;
            let stands_for = Registration { package: intake.package.clone(), version: intake.version.clone() };
            let known = Known { element: Element::Package, attributes: BTreeMap::new(), transforms: Vec::new() };
            objects::put(conn, id, &key, &known, Some(&stands_for), now).await?;
            id
        }
    };
    Ok(objects::set_content(conn, object, version).await?)
}

/// The name of the file, as it is usual, or what is free: the last is so by itself, since a package has each version once.
async fn free_key(conn: &mut Conn, intake: &Intake) -> Result<ObjectKey, ApiError> {
    let object_type = subtype(intake.format);
    let Intake { package, version, .. } = intake;
    for name in [intake.file_name.clone(), format!("{package}_{version}"), format!("{package}:{version}")] {
        let name: String = name.chars().map(|c| if is_nmtoken_char(c) { c } else { '-' }).collect();
        let key = ObjectKey {
            object_type: object_type.parse().map_err(ApiError::internal)?,
            name: name.parse().map_err(ApiError::internal)?,
        };
        if objects::by_keys(conn, &[&key]).await?.is_empty() {
            return Ok(key);
        }
    }
    Err(ApiError::conflict("object_exists", format!("objects stand in the way of {package}@{version}"))
        .hint("an object of this type has the name of the file already: push it under another file name"))
}
