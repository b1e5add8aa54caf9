//! The instances of this host: what lies where, and how it is.

use std::collections::BTreeMap;
use std::io;

use packhorse_model::PackageName;
use packhorse_model::order::{Health, InstanceReport, InstanceState};
use tokio::sync::mpsc;

use super::drift::Looked;
use crate::health::{Finding, Monitor, Subject};
use crate::install::{Held, Instances, Record, Site, SiteError};
use crate::paths::Paths;

/// All instances, and who watches them.
#[derive(Debug)]
pub(super) struct Inventory {
    paths: Paths,
    roots: Instances,
    known: BTreeMap<PackageName, InstanceReport>,
    /// The last look at each instance's files.
    looked: BTreeMap<PackageName, Looked>,
    monitor: Monitor,
}

impl Inventory {
    /// Reads where the instances lie. Nothing is watched yet.
    pub(super) fn load(paths: &Paths) -> io::Result<(Self, mpsc::UnboundedReceiver<Finding>)> {
        let (monitor, findings) = Monitor::new();
        let roots = Instances::load(paths)?;
        Ok((Self { paths: paths.clone(), roots, known: BTreeMap::new(), looked: BTreeMap::new(), monitor }, findings))
    }

    /// The packages of which something lies here.
    pub(super) fn packages(&self) -> Vec<PackageName> {
        self.roots.roots.keys().cloned().collect()
    }

    /// Every instance, for the server.
    pub(super) fn report(&self) -> Vec<InstanceReport> {
        self.known.values().cloned().collect()
    }

    /// Remembers where a package lies, before anything of it does.
    pub(super) fn add(&mut self, package: &PackageName, install_root: &str) -> io::Result<()> {
        if self.roots.roots.get(package).is_some_and(|root| root == install_root) {
            return Ok(());
        }
        self.roots.roots.insert(package.clone(), install_root.to_owned());
        self.roots.save(&self.paths)
    }

    /// Writes down whether an instance is meant to run.
    pub(super) fn set_state(&self, package: &PackageName, state: InstanceState) -> Result<(), SiteError> {
        let Some(site) = self.site(package)? else { return Ok(()) };
        let mut record = site.record()?;
        if record.state == state {
            return Ok(());
        }
        record.state = state;
        site.save(&record)
    }

    /// Removes what is left in an install root in which no version lies, after an attempt that came to nothing.
    pub(super) fn tidy(&self, package: &PackageName, install_root: &str) -> Result<(), SiteError> {
        match Site::open(&self.paths, install_root, package)? {
            Some(site) if site.record()?.versions().next().is_none() => site.clear(),
            _ => Ok(()),
        }
    }

    /// Looks anew at what lies in the install root of a package, and watches it unless an attempt is changing it. `proven` says that
    /// it has just been proven healthy.
    pub(super) fn refresh(&mut self, package: &PackageName, is_changing: bool, proven: bool) -> Result<(), SiteError> {
        let before = self.known.remove(package);
        let site = self.site(package)?;
        let there = match &site {
            Some(site) => current(site)?.map(|(record, held)| (site, record, held)),
            None => None,
        };
        let Some((site, record, held)) = there else {
            self.monitor.watch(package, None);
            if site.is_none() && self.roots.roots.remove(package).is_some() {
                self.roots
                    .save(&self.paths)
                    .map_err(|source| SiteError::Io { path: self.paths.instances(), source })?;
            }
            return Ok(());
        };
        let is_watched = record.state == InstanceState::Running && !is_changing;
        let subject = is_watched.then(|| {
            let home = site.home_of(record.arrangement(), &held.directory);
            Subject::new(site.path(), home, &held.release, &held.variables)
        });
        let has_checks = !held.release.manifest.health.is_empty();
        let (health, reason) = match before {
            _ if !is_watched || !has_checks => (Health::Unknown, None),
            _ if proven => (Health::Healthy, None),
            Some(before) if before.tree == held.tree() => (before.health, before.reason),
            _ => (Health::Unknown, None),
        };
        self.monitor.watch(package, subject);
        let report = InstanceReport {
            package: package.clone(),
            version: held.release.version.clone(),
            tree: held.tree(),
            install_root: self.roots.roots.get(package).cloned().unwrap_or_default(),
            state: record.state,
            health,
            reason,
            rendering: held.release.rendering,
            previous_rendering: record.previous.as_ref().and_then(|previous| previous.release.rendering),
            previous: record.previous.map(|previous| previous.release.version),
            drift: self.drift(package, &held),
        };
        self.known.insert(package.clone(), report);
        Ok(())
    }

    /// Takes a finding of the monitor into account.
    pub(super) fn found(&mut self, finding: Finding) {
        if self.monitor.is_current(&finding)
            && let Some(known) = self.known.get_mut(&finding.package)
        {
            tracing::info!(package = %finding.package, health = ?finding.health, reason = finding.reason, "health");
            known.health = finding.health;
            known.reason = finding.reason;
        }
    }

    /// Takes a look at an instance's files into account, if what was looked at is still there.
    pub(super) fn looked(&mut self, looked: Looked) {
        let package = looked.package.clone();
        let site = self.site(&package).ok().flatten();
        let held = site.and_then(|site| current(&site).ok().flatten()).map(|(_, held)| held);
        self.looked.insert(package.clone(), looked);
        let drift = held.and_then(|held| self.drift(&package, &held));
        if let Some(known) = self.known.get_mut(&package)
            && known.drift != drift
        {
            tracing::info!(%package, files = drift, "files that differ from what was deployed");
            known.drift = drift;
        }
    }

    /// How many files of a version differ, if the last look was at this very directory.
    fn drift(&self, package: &PackageName, held: &Held) -> Option<u64> {
        let looked = self.looked.get(package)?;
        (looked.directory == held.directory && looked.release == held.release).then_some(looked.files)
    }

    fn site(&self, package: &PackageName) -> Result<Option<Site>, SiteError> {
        match self.roots.roots.get(package) {
            Some(root) => Site::open(&self.paths, root, package),
            None => Ok(None),
        }
    }
}

/// The version that is used, and what is written down about it.
fn current(site: &Site) -> Result<Option<(Record, Held)>, SiteError> {
    let record = site.record()?;
    let held = site.current(&record)?.and_then(|directory| record.version_in(&directory).cloned());
    Ok(held.map(|held| (record, held)))
}
