//! Objects of ControlTier projects.

mod list;
mod matcher;
mod relations;

use std::collections::BTreeMap;

use packhorse_model::api::objects::MetadataAttribute;
use packhorse_model::project::attributes::{self, Facts};
use packhorse_model::project::load::Known;
use packhorse_store::objects::StoredObject;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(crate) use matcher::Matcher;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::handler)).routes(routes!(relations::handler))
}

/// The sixteen attributes of a package object.
pub(crate) fn metadata(object: &StoredObject) -> Vec<MetadataAttribute> {
    let summary = &object.summary;
    let facts = match (&summary.package, &summary.version, &object.content) {
        (Some(package), Some(version), Some(content)) => Some(Facts {
            package,
            version,
            description: &content.description,
            manifest: &content.manifest,
            file_name: &content.file_name,
            format: content.format,
        }),
        _ => None,
    };
    let mut registered = summary.attributes.clone();
    if facts.is_none() {
        registered.insert("name".to_owned(), summary.key.name.to_string());
        registered.insert("type".to_owned(), summary.key.object_type.to_string());
    }
    attributes::attributes(&registered, facts)
}

/// An object as loading a project sees it.
pub(crate) fn known(object: &StoredObject) -> Known {
    Known {
        element: object.summary.element,
        attributes: object.summary.attributes.clone(),
        transforms: object.transforms.clone(),
        effective: attributes(object),
    }
}

/// What is known of an object: what was said, and of a package with content what follows from that.
pub(crate) fn attributes(object: &StoredObject) -> BTreeMap<String, String> {
    let mut all = object.summary.attributes.clone();
    if object.content.is_some() {
        let known = metadata(object).into_iter().filter(|attribute| !attribute.value.is_empty());
        all.extend(known.map(|attribute| (attribute.name, attribute.value)));
    }
    all
}
