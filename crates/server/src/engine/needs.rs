//! Which versions of databases applications work with: whether an application finds what it needs, and whether a database may leave what
//! others need.
//!
//! An application means the databases of its own system.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::api::exclusions::ExclusionCode;
use packhorse_model::ids::VersionId;
use packhorse_model::order::Release;
use packhorse_model::topology::ModulePath;
use packhorse_model::{PackageName, TopologyName, VersionNumber};
use packhorse_planner::fleet::{Exclusion, InventoryHost, KnownVersion};
use packhorse_store::database_targets::StoredTarget;
use packhorse_store::version_needs::NeedingInstance;
use packhorse_store::{Conn, database_targets};

use super::parts::Beside;
use crate::error::ApiError;

/// Fills in which of `versions` do not find the databases that they need, host by host. A database that the deployment brings to another
/// version before them is looked at as it is then.
pub(crate) async fn fill(
    conn: &mut Conn,
    package: &PackageName,
    versions: &[KnownVersion],
    beside: &Beside,
    hosts: &mut [InventoryHost],
) -> Result<(), ApiError> {
    let needing: Vec<&KnownVersion> =
        versions.iter().filter(|version| !version.release.manifest.needs.is_empty()).collect();
    if needing.is_empty() {
        return Ok(());
    }
    let systems = Systems::read(conn, hosts.iter().flat_map(|host| &host.modules)).await?;
    let version_of = |package: &PackageName, stored: &StoredTarget| match beside.version_of(package, stored.target.id) {
        Some(version) => Some(Some(version.clone())),
        None => now(package, stored),
    };
    for host in hosts {
        let of_host = systems.of(&host.modules);
        let unmet =
            |version: &&KnownVersion| Some((version.id, unmet(package, &version.release, &version_of, &of_host)?));
        let unmet: BTreeMap<VersionId, Exclusion> = needing.iter().filter_map(unmet).collect();
        host.unmet = unmet;
    }
    Ok(())
}

/// The databases of systems.
pub(super) struct Systems(BTreeMap<(TopologyName, TopologyName), Vec<StoredTarget>>);

impl Systems {
    /// Those to which these modules belong.
    pub(super) async fn read(conn: &mut Conn, modules: impl Iterator<Item = &ModulePath>) -> Result<Self, ApiError> {
        let systems: BTreeSet<_> = modules.map(system).collect();
        let mut targets = BTreeMap::new();
        for system in systems {
            let found = database_targets::in_system(conn, &system.0, &system.1).await?;
            targets.insert(system, found);
        }
        Ok(Self(targets))
    }

    /// Those of the systems of a host's modules.
    pub(super) fn of(&self, modules: &[ModulePath]) -> Vec<&StoredTarget> {
        let systems: BTreeSet<_> = modules.iter().map(system).collect();
        systems.iter().filter_map(|system| self.0.get(system)).flatten().collect()
    }
}

/// The version of a package that a database has, as its ledger said last: none within if it is empty, none at all if the package was never
/// brought there.
pub(super) fn now(package: &PackageName, stored: &StoredTarget) -> Option<Option<VersionNumber>> {
    stored.target.ledger(package).map(|ledger| ledger.version.clone())
}

/// What a version does not find that it needs, in databases of which `version_of` tells the version that they will have.
pub(super) fn unmet(
    package: &PackageName,
    release: &Release,
    version_of: &impl Fn(&PackageName, &StoredTarget) -> Option<Option<VersionNumber>>,
    targets: &[&StoredTarget],
) -> Option<Exclusion> {
    release.manifest.needs.iter().find_map(|need| {
        let found: Vec<(&StoredTarget, Option<VersionNumber>)> =
            targets.iter().filter_map(|stored| Some((*stored, version_of(&need.database, stored)?))).collect();
        let (number, database) = (&release.version, &need.database);
        let excluded = |code, reason: String| {
            let exclusion = Exclusion::new(code, reason).param("package", package);
            exclusion.param("version", number).param("need", need)
        };
        if found.is_empty() {
            let reason = format!(
                "{package} {number} needs {need}, which is in no database of its system: deploy {database} there first"
            );
            return Some(excluded(ExclusionCode::NeedMissing, reason).param("database", database));
        }
        let (stored, has) = found.into_iter().find(|(_, has)| !need.is_met_by(has.as_ref()))?;
        let target = &stored.target.name;
        let is = has.as_ref().map_or_else(|| "empty".to_owned(), ToString::to_string);
        let reason = format!("{package} {number} needs {need}, and {target} is {is}: bring it there first");
        let exclusion = excluded(ExclusionCode::NeedUnmet, reason).param("target", target);
        Some(match has {
            Some(has) => exclusion.param("has", has),
            None => exclusion,
        })
    })
}

fn system(path: &ModulePath) -> (TopologyName, TopologyName) {
    (path.business.clone(), path.system.clone())
}

/// Why a database may not come to this version: an application of its system that runs would not work with it.
pub(crate) fn in_the_way(package: &PackageName, to: &VersionNumber, needing: &[NeedingInstance]) -> Option<Exclusion> {
    let first = needing.iter().find(|instance| !instance.need.is_met_by(Some(to)))?;
    let NeedingInstance { host, package: application, version, need } = first;
    let reason = format!(
        "{application} {version} on {host} needs {need}, and {package} would be {to}: bring the application to a version that works with it first"
    );
    let exclusion = Exclusion::new(ExclusionCode::StillNeeded, reason).param("package", package).param("to", to);
    let exclusion = exclusion.param("application", application).param("version", version);
    Some(exclusion.param("host", host).param("need", need))
}
