//! Looking, at a slow pace, whether files of the instances are still what was deployed.
//!
//! One instance at a time, with long pauses, in the order of their names: reading a version whole costs a host something, and nobody waits
//! for the answer. What is found is told with the next inventory; what an attempt has put in place of it meanwhile makes it void.

use std::time::Duration;

use packhorse_model::PackageName;
use packhorse_model::order::Release;
use tokio::sync::mpsc;

use crate::install::lay::{Ground, displaced};
use crate::install::{Instances, Site, drift};
use crate::paths::Paths;

/// From the start of the agent to the first look.
const FIRST: Duration = Duration::from_secs(5 * 60);
/// From one instance to the next.
const BETWEEN: Duration = Duration::from_secs(60);
/// From the last instance to the first one again.
const ROUND: Duration = Duration::from_secs(6 * 60 * 60);

/// What was found at one instance.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    /// The package.
    pub package: PackageName,
    /// The version that was looked at.
    pub release: Release,
    /// Its directory in the install root.
    pub directory: String,
    /// How many of its files differ.
    pub files: u64,
}

/// Looks at all instances, round after round, until nobody listens.
pub(super) async fn look(paths: Paths, found: mpsc::Sender<Looked>) {
    tokio::time::sleep(FIRST).await;
    loop {
        let instances = Instances::load(&paths).unwrap_or_default();
        for (package, root) in instances.roots {
            let (paths, name) = (paths.clone(), package.clone());
            let looked = tokio::task::spawn_blocking(move || look_at(&paths, &root, name)).await;
            match looked {
                Ok(Ok(Some(looked))) => {
                    if found.send(looked).await.is_err() {
                        return;
                    }
                }
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::info!(%error, %package, "it could not be compared with what was deployed"),
                Err(error) => tracing::warn!(%error, %package, "comparing it with what was deployed broke off"),
            }
            tokio::time::sleep(BETWEEN).await;
        }
        tokio::time::sleep(ROUND).await;
    }
}

fn look_at(paths: &Paths, root: &str, package: PackageName) -> Result<Option<Looked>, crate::install::SiteError> {
    let Some(site) = Site::open(paths, root, &package)? else { return Ok(None) };
    let record = site.record()?;
    let Some(held) = site.current(&record)?.and_then(|directory| record.version_in(&directory).cloned()) else {
        return Ok(None);
    };
    let arrangement = record.arrangement();
    let files = if arrangement.lays_files() {
        displaced(&Ground::open(paths, &site, arrangement)?, &site, &held)?
    } else {
        drift(&site, &held)?
    };
    Ok(files.map(|files| Looked { package, release: held.release, directory: held.directory, files }))
}
