//! The object that stands for a version: one that was registered before takes the content over, any other is made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::ids::VersionId;
use packhorse_model::manifest::Manifest;
use packhorse_model::name::is_nmtoken_char;
use packhorse_model::project::attributes::subtype;
use packhorse_model::project::load::Known;
use packhorse_model::project::registration::Registration;
use packhorse_model::project::{Element, ObjectKey};
use packhorse_store::objects::StoredObject;
use packhorse_store::{Conn, objects};

use super::publish::Intake;
use crate::api::objects::known;
use crate::app::App;
use crate::error::ApiError;

/// The object under which the version was registered, if it was. The manifest takes over what it does not say itself, first from what was said with the push.
pub(super) async fn registered(
    conn: &mut Conn,
    intake: &Intake,
    manifest: &mut Manifest,
) -> Result<Option<StoredObject>, ApiError> {
    let found = objects::of_version(conn, &intake.package, &intake.version).await?;
    let found = found.filter(|object| object.content.is_none());
    let attributes = found.as_ref().map(|object| &object.summary.attributes);
    let said = |key: &str| {
        let said = intake.said.get(key).or(attributes.and_then(|attributes| attributes.get(key)));
        said.filter(|value| !value.is_empty()).cloned()
    };
    if manifest.description.is_empty() {
        manifest.description = said("description").unwrap_or_default();
    }
    // A root that refers to a property, or is none by our rules, is nothing that a host could use.
    if manifest.install_root.is_none() {
        manifest.install_root = said("installroot").and_then(|root| usable_root(&root));
    }
    Ok(found)
}

/// A directory as hosts can use it; none if it refers to a property, or is none by the rules of the manifest.
pub(crate) fn usable_root(root: &str) -> Option<String> {
    let root = root.trim_end_matches('/');
    let is_usable = !root.contains("${") && Manifest::parse(&format!("install_root = {root:?}")).is_ok();
    is_usable.then(|| root.to_owned())
}

/// Ties the version to its object, which gets what was said with the push.
pub(super) async fn link(
    conn: &mut Conn,
    app: &App,
    intake: &Intake,
    manifest: &Manifest,
    version: VersionId,
    registered: Option<StoredObject>,
    now: Timestamp,
) -> Result<(), ApiError> {
    let new = app.random.id(now);
    let (object, key, mut known) = match registered {
        Some(object) => {
            let known = Known {
                element: object.summary.element,
                attributes: object.summary.attributes,
                transforms: object.transforms,
                effective: BTreeMap::new(),
            };
            (object.summary.id, object.summary.key, known)
        }
        None => {
            let known = Known {
                element: Element::Package,
                attributes: BTreeMap::new(),
                transforms: Vec::new(),
                effective: BTreeMap::new(),
            };
            (new, free_key(conn, intake).await?, known)
        }
    };
    known.attributes.extend(intake.said.clone());
    // The order of installation is the object's, wherever it was said.
    known.effective.extend(manifest.metadata.installrank.map(|rank| ("installrank".to_owned(), rank.to_string())));
    let stands_for = Registration { package: intake.package.clone(), version: intake.version.clone() };
    objects::put(conn, new, &key, &known, Some(&stands_for), now).await?;
    Ok(objects::set_content(conn, object, version).await?)
}

/// Notes what a repeated push says of a version that is there; gives the object and what it is known by now, if that changed anything.
pub(super) async fn say_again(
    conn: &mut Conn,
    app: &App,
    intake: &Intake,
    now: Timestamp,
) -> Result<Option<(ObjectKey, BTreeMap<String, String>)>, ApiError> {
    let Some(object) = objects::of_version(conn, &intake.package, &intake.version).await? else { return Ok(None) };
    let mut known = known(&object);
    let is_new = |name: &str, value: &String| known.effective.get(name) != Some(value);
    // Where files go is fixed with the content.
    let said = intake.said.iter().filter(|(name, value)| *name != "installroot" && is_new(name, value));
    let said: BTreeMap<String, String> = said.map(|(name, value)| (name.clone(), value.clone())).collect();
    if said.is_empty() {
        return Ok(None);
    }
    known.attributes.extend(said);
    let stands_for = Registration { package: intake.package.clone(), version: intake.version.clone() };
    let key = object.summary.key;
    objects::put(conn, app.random.id(now), &key, &known, Some(&stands_for), now).await?;
    Ok(Some((key, known.attributes)))
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
