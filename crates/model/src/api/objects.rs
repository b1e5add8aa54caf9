//! Objects of ControlTier projects, and loading and finding them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{HostId, ObjectId};
use crate::name::PackageName;
use crate::project::{Element, ObjectKey};
use crate::version::VersionNumber;

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectSummary {
    /// Its identity.
    pub id: ObjectId,
    /// What it is.
    pub element: Element,
    /// What it is known by.
    #[serde(flatten)]
    pub key: ObjectKey,
    /// What was said of it; of a package with content, all sixteen attributes.
    pub attributes: BTreeMap<String, String>,
    /// Of a package: the package that it stands for.
    pub package: Option<PackageName>,
    /// Of a package: the version that it stands for.
    pub version: Option<VersionNumber>,
    /// Of a package: whether content was pushed under that name and version. What is only registered cannot be deployed.
    pub has_content: bool,
    /// Of a node: the host of the same name.
    pub host: Option<HostId>,
}

/// Which of the objects that an object is related to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RelationSide {
    /// Those that it refers to, its resources.
    #[default]
    Children,
    /// Those that refer to it, its referrers.
    Parents,
}

/// What loading a project did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoadReport {
    /// Every object of the file, in its order.
    pub objects: Vec<LoadedObject>,
    /// Where the file is not as its document type wants it.
    pub notes: Vec<String>,
}

/// What became of an object of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoadedObject {
    /// What it is known by.
    #[serde(flatten)]
    pub key: ObjectKey,
    /// What happened to it.
    pub outcome: LoadOutcome,
    /// Relations to its children that came.
    pub added: Vec<ObjectKey>,
    /// Relations to its children that went.
    pub removed: Vec<ObjectKey>,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LoadOutcome {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was as the file says already.
    Unchanged,
}

/// One of the sixteen attributes that ControlTier knows a package by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MetadataAttribute {
    /// Its name.
    pub name: String,
    /// Its value; empty if there is none.
    pub value: String,
    /// Where the value is from; absent if there is none.
    pub source: Option<MetadataSource>,
    /// Whether a deployment needs it.
    pub is_required: bool,
}

/// Where the value of an attribute is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MetadataSource {
    /// `packhorse.toml` or a project.xml says it.
    Said,
    /// The archive and its name say it.
    Derived,
    /// What is natural when nobody says anything.
    Default,
}

/// The attributes of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionMetadata {
    /// All sixteen, by name.
    pub attributes: Vec<MetadataAttribute>,
    /// Whether it has content; a version that is only registered has none yet.
    pub has_content: bool,
}
