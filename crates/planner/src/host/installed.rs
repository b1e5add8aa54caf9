//! What is on a host of one package, and where the versions lie.

use std::collections::BTreeSet;

use packhorse_model::order::{InstanceState, Release, UnitAction, UnitOrder};
use packhorse_model::{Digest, PackageName, VersionNumber};
use serde::{Deserialize, Serialize};

/// What is on the host of this package **when the attempt is accepted**. The agent keeps it with the attempt in its journal, so
/// that the same steps come out when it asks again in the middle of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// The version that is used.
    pub current: Option<InstalledVersion>,
    /// The version before it, to which the host can be put back without download.
    pub previous: Option<InstalledVersion>,
    /// Further versions that are kept.
    pub others: Vec<InstalledVersion>,
    /// Whether the instance is meant to run.
    pub state: InstanceState,
}

/// One version on the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledVersion {
    /// Its number.
    pub version: VersionNumber,
    /// What was unpacked.
    pub tree: Digest,
    /// The digest of the values in its rendered files.
    #[serde(default)]
    pub rendering: Option<Digest>,
    /// Its directory in the install root.
    pub directory: String,
    /// Whether it can be used as it is.
    pub condition: Condition,
}

impl InstalledVersion {
    fn is(&self, release: &Release) -> bool {
        release.is(self.tree, self.rendering)
    }
}

/// Whether a version on the host can be used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Every file is what the tree says, or what its rendering has made of it.
    Intact,
    /// It is whole where it is kept, and what lies where its files are used is not as it left that.
    Displaced,
    /// Something differs; the version has to be made anew before it is switched to.
    Altered,
}

/// A version and its directory in the install root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The version.
    pub version: VersionNumber,
    /// The directory's name.
    pub directory: String,
}

impl Installed {
    /// Nothing is on the host.
    #[must_use]
    pub fn nothing() -> Self {
        Self { current: None, previous: None, others: Vec::new(), state: InstanceState::Stopped }
    }

    /// What a plan may expect on the host: the version that the order starts from, intact, with `previous` beside it.
    #[must_use]
    pub fn expected(order: &UnitOrder, previous: Option<&Release>, state: InstanceState) -> Self {
        let intact = |release: &Release| InstalledVersion {
            version: release.version.clone(),
            tree: release.tree,
            rendering: release.rendering,
            directory: directory_name(&order.package, &release.version),
            condition: Condition::Intact,
        };
        Self {
            current: order.from.as_ref().map(intact),
            previous: previous.map(intact),
            others: Vec::new(),
            state: if order.from.is_some() { state } else { InstanceState::Stopped },
        }
    }

    /// Every version on the host.
    pub fn versions(&self) -> impl Iterator<Item = &InstalledVersion> {
        self.current.iter().chain(&self.previous).chain(&self.others)
    }

    /// Whether the current version is this one; none is none.
    pub(crate) fn is_at(&self, release: Option<&Release>) -> bool {
        match (&self.current, release) {
            (None, None) => true,
            (Some(current), Some(release)) => current.is(release),
            _ => false,
        }
    }

    pub(crate) fn was_running(&self) -> bool {
        self.current.is_some() && self.state == InstanceState::Running
    }

    /// The version of this content that can be switched to without a download.
    pub(crate) fn intact(&self, release: &Release) -> Option<&InstalledVersion> {
        self.versions().find(|version| version.is(release) && version.condition != Condition::Altered)
    }

    /// Where the new version lies, or will: where it is intact already, or else in a directory that no version has. A directory
    /// that is used is never written to, so one that was altered is made anew beside itself.
    pub(crate) fn place_of(&self, package: &PackageName, release: &Release) -> Place {
        let directory = match self.intact(release) {
            Some(version) => version.directory.clone(),
            None => self.free_directory(directory_name(package, &release.version)),
        };
        Place { version: release.version.clone(), directory }
    }

    fn free_directory(&self, name: String) -> String {
        let taken: BTreeSet<&str> = self.versions().map(|version| version.directory.as_str()).collect();
        if !taken.contains(name.as_str()) {
            return name;
        }
        let mut number = 2u32;
        loop {
            let next = format!("{name}_{number}");
            if !taken.contains(next.as_str()) {
                return next;
            }
            number += 1;
        }
    }

    /// Where the version lies that the order starts from, and to which the way back leads.
    pub(crate) fn place_before(&self, order: &UnitOrder) -> Option<Place> {
        let from = order.from.as_ref()?;
        self.versions()
            .find(|version| version.is(from))
            .map(|version| Place { version: version.version.clone(), directory: version.directory.clone() })
    }

    /// Whether the host is already where an installation leads, as after an attempt that was cut short behind the switch.
    pub(crate) fn is_already_switched(&self, order: &UnitOrder) -> bool {
        order.action == UnitAction::Install
            && order
                .to
                .as_ref()
                .is_some_and(|to| self.current.as_ref().is_some_and(|c| c.is(to) && c.condition == Condition::Intact))
    }
}

/// The directory of a version in the install root: `shop-web_1.0.0`.
#[must_use]
pub fn directory_name(package: &PackageName, version: &VersionNumber) -> String {
    format!("{package}_{version}")
}
