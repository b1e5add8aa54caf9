//! ControlTier's projects: objects of four base types, known by type and name, with attributes and relations.
//!
//! The names and rules are those of its document type `project.dtd`. What a file says is a [`Project`]; what loading one changes is
//! decided in [`load`]; which version of which package a package object stands for, in [`registration`].

pub mod attributes;
pub mod buildtime;
pub mod load;
pub mod registration;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::{ObjectName, ObjectType};

/// What an object is: the element that it is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Element {
    /// A machine.
    Node,
    /// A value that others refer to.
    Setting,
    /// A file that is deployed.
    Package,
    /// A service, a site, a builder: what packages are deployed for.
    Deployment,
}

impl Element {
    /// All of them, in the order in which a project has them.
    pub const ALL: [Self; 4] = [Self::Node, Self::Setting, Self::Package, Self::Deployment];

    /// The name of the element.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Setting => "setting",
            Self::Package => "package",
            Self::Deployment => "deployment",
        }
    }

    /// The type that all types of such objects are subtypes of.
    #[must_use]
    pub fn base_type(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Setting => "Setting",
            Self::Package => "Package",
            Self::Deployment => "Deployment",
        }
    }

    /// The attributes that it may have beside type and name, in the order in which they are written.
    #[must_use]
    pub fn attributes(self) -> &'static [&'static str] {
        match self {
            Self::Node => &[
                "description",
                "tags",
                "hostname",
                "username",
                "osFamily",
                "osName",
                "osArch",
                "osVersion",
                "ctlBase",
                "ctlHome",
                "ctlUsername",
                "ctlPassword",
                "editUrl",
                "remoteUrl",
            ],
            Self::Setting => &["description", "tags", "settingValue", "settingType"],
            Self::Package => &[
                "description",
                "tags",
                "version",
                "release",
                "releasetag",
                "filename",
                "filetype",
                "arch",
                "vendor",
                "base",
                "buildtime",
                "installroot",
                "installrank",
                "restart",
                "repoUrl",
            ],
            Self::Deployment => &["description", "tags", "basedir", "installRoot", "startuprank"],
        }
    }
}

/// The attributes of a transform, in the order in which they are written.
pub const TRANSFORM_ATTRIBUTES: [&str; 10] = [
    "name",
    "description",
    "filetype",
    "outputdir",
    "template",
    "templatetype",
    "templatedir",
    "direction",
    "proximity",
    "all",
];

/// What an object is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectKey {
    /// Its type, a subtype of its element's base type.
    #[serde(rename = "type")]
    pub object_type: ObjectType,
    /// Its name, unique in its type.
    pub name: ObjectName,
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}) {}", self.object_type, self.name)
    }
}

/// Whether what a file says takes the place of what is there, or is added to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Relations {
    /// It takes its place.
    Replace,
    /// It is added. Sources contradict each other about which is meant when a file says nothing; this one loses nothing.
    #[default]
    Supplement,
}

/// The `resources` or `referrers` of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// What the attribute `replace` says, if it is there.
    pub relations: Option<Relations>,
    /// The objects at the other end.
    pub objects: Vec<ObjectKey>,
}

/// The `transforms` of a deployment: files that are made from templates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transforms {
    /// What the attribute `replace` says, if it is there.
    pub relations: Option<Relations>,
    /// The attributes of each.
    pub transforms: Vec<BTreeMap<String, String>>,
}

/// An object as a file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectObject {
    /// What it is.
    pub element: Element,
    /// What it is known by.
    pub key: ObjectKey,
    /// What the file says of it beside type and name. References such as `${env.X}` stay as they are written.
    pub attributes: BTreeMap<String, String>,
    /// Its children, if the file says anything of them.
    pub resources: Option<Dependencies>,
    /// Its parents, if the file says anything of them.
    pub referrers: Option<Dependencies>,
    /// Its transforms, if the file says anything of them.
    pub transforms: Option<Transforms>,
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// Each at most once.
    pub objects: Vec<ProjectObject>,
}
