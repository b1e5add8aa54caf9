//! Which versions of databases applications work with: whether an application finds what it needs, and whether a database may leave what
//! others need.
//!
//! An application means the databases of its own system.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::PackageName;
use packhorse_model::VersionNumber;
use packhorse_model::api::exclusions::ExclusionCode;
use packhorse_model::ids::VersionId;
use packhorse_model::topology::ModulePath;
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
    let systems: BTreeSet<_> = hosts.iter().flat_map(|host| host.modules.iter().map(system)).collect();
    let mut targets = BTreeMap::new();
    for system in systems {
        let found = database_targets::in_system(conn, &system.0, &system.1).await?;
        targets.insert(system, found);
    }
    for host in hosts {
        let of_host: Vec<&StoredTarget> = host
            .modules
            .iter()
            .map(system)
            .collect::<BTreeSet<_>>()
            .iter()
            .filter_map(|system| targets.get(system))
            .flatten()
            .collect();
        let unmet: BTreeMap<VersionId, Exclusion> = needing
            .iter()
            .filter_map(|version| Some((version.id, unmet(package, version, beside, &of_host)?)))
            .collect();
        host.unmet = unmet;
    }
    Ok(())
}

fn unmet(
    package: &PackageName,
    version: &KnownVersion,
    beside: &Beside,
    targets: &[&StoredTarget],
) -> Option<Exclusion> {
    version.release.manifest.needs.iter().find_map(|need| {
        let version_of = |stored: &StoredTarget| match beside.version_of(&need.database, stored.target.id) {
            Some(version) => Some(Some(version.clone())),
            None => stored.target.ledger(&need.database).map(|ledger| ledger.version.clone()),
        };
        let found: Vec<(&StoredTarget, Option<VersionNumber>)> =
            targets.iter().filter_map(|stored| Some((*stored, version_of(stored)?))).collect();
        let (number, database) = (&version.release.version, &need.database);
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

fn system(path: &ModulePath) -> (packhorse_model::TopologyName, packhorse_model::TopologyName) {
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
