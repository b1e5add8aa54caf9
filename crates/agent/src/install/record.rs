//! What is written down about an install root, and where the install roots are.

use std::collections::BTreeMap;
use std::io;

use packhorse_model::order::{InstanceState, Release};
use packhorse_model::{Digest, PackageName};
use packhorse_planner::host::Arrangement;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::paths::Paths;

/// One version that lies in an install root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// What it is.
    pub release: Release,
    /// Its directory in the install root.
    pub directory: String,
    /// The variables that it is used with; URLs of health checks need them.
    pub variables: BTreeMap<String, String>,
    /// What rendering has made of its files, by path.
    #[serde(default)]
    pub rendered: BTreeMap<String, RenderedFile>,
}

/// A file that was rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedFile {
    /// What is in it.
    pub content: Digest,
    /// Its permission bits: less than the package gives if there are secrets in it.
    pub mode: u16,
}

impl Held {
    /// Its content.
    #[must_use]
    pub fn tree(&self) -> Digest {
        self.release.tree
    }
}

/// Everything about one install root: the file `installed.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The package that lies here.
    pub package: PackageName,
    /// The version that is used; where a link leads to it, the one that it is about to lead to.
    pub current: Option<Held>,
    /// The version before it.
    pub previous: Option<Held>,
    /// Further versions.
    pub others: Vec<Held>,
    /// Whether the instance is meant to run.
    pub state: InstanceState,
}

impl Record {
    /// Of an install root in which nothing lies yet.
    #[must_use]
    pub fn empty(package: PackageName) -> Self {
        Self { package, current: None, previous: None, others: Vec::new(), state: InstanceState::Stopped }
    }

    /// How the versions lie: all of them alike.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        self.versions().next().map_or(Arrangement::Symlink, |held| Arrangement::of(&held.release))
    }

    /// Every version.
    pub fn versions(&self) -> impl Iterator<Item = &Held> {
        self.current.iter().chain(&self.previous).chain(&self.others)
    }

    /// The version in this directory.
    #[must_use]
    pub fn version_in(&self, directory: &str) -> Option<&Held> {
        self.versions().find(|held| held.directory == directory)
    }

    /// The same, to be changed.
    #[must_use]
    pub fn version_in_mut(&mut self, directory: &str) -> Option<&mut Held> {
        let versions = self.current.iter_mut().chain(&mut self.previous).chain(&mut self.others);
        versions.into_iter().find(|held| held.directory == directory)
    }

    /// Takes every version out.
    #[must_use]
    pub fn take_versions(&mut self) -> Vec<Held> {
        self.current.take().into_iter().chain(self.previous.take()).chain(self.others.drain(..)).collect()
    }

    /// Writes down which version is the current one and which the previous one; all others are kept beside.
    pub fn arrange(&mut self, current: &str, previous: Option<&str>) {
        for held in self.take_versions() {
            if held.directory == current {
                self.current = Some(held);
            } else if Some(held.directory.as_str()) == previous {
                self.previous = Some(held);
            } else {
                self.others.push(held);
            }
        }
    }
}

/// Where the instances of this host lie: the install root of each package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instances {
    /// As orders name them, without the agent's own root.
    pub roots: BTreeMap<PackageName, String>,
}

impl Instances {
    /// Reads them.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn load(paths: &Paths) -> io::Result<Self> {
        Ok(files::read_json(&paths.instances())?.unwrap_or_default())
    }

    /// Writes them down.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn save(&self, paths: &Paths) -> io::Result<()> {
        files::replace_json(&paths.instances(), self)
    }
}
