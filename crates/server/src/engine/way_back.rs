//! Whether hosts may go back by themselves, as far as databases go: what they go back to has to find the databases that it needs, and a
//! database that goes back with its host must not leave those that stay.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::database::Migration;
use packhorse_model::deployment::{Plan, PlannedUnit};
use packhorse_model::ids::{DatabaseTargetId, HostId};
use packhorse_model::order::UnitAction;
use packhorse_model::{HostName, PackageName, VersionNumber};
use packhorse_store::database_targets::StoredTarget;
use packhorse_store::version_needs::NeedingInstance;
use packhorse_store::{Conn, database_targets, hosts, version_needs};

use super::needs::{self, Systems};
use crate::error::ApiError;

/// Versions of applications in use in a system that are looked at.
const MOST_NEEDING: u32 = 1_000;

/// Refuses the way back of some hosts if it would leave an application with a database that it does not work with. `staying` is what the
/// deployment brings, or may yet bring, to other hosts.
pub(crate) async fn check(conn: &mut Conn, back: &Plan, staying: &[&PlannedUnit]) -> Result<(), ApiError> {
    let going: Vec<&PlannedUnit> = back.batches.iter().flat_map(|batch| &batch.units).collect();
    let returned = Returned::of(&going);
    finds_what_it_needs(conn, &going, &returned).await?;
    if returned.databases.is_empty() {
        return Ok(());
    }
    returned.leaves_none_of(staying)?;
    let hosts: BTreeSet<HostId> = going.iter().map(|unit| unit.host).collect();
    let targets = database_targets::run_by(conn, &hosts.into_iter().collect::<Vec<_>>()).await?;
    let gone: BTreeSet<(&PackageName, &HostName)> =
        going.iter().map(|unit| (&unit.order.package, &unit.host_name)).collect();
    for ((package, target), to) in &returned.databases {
        let Some(stored) = targets.iter().find(|stored| stored.target.id == *target) else { continue };
        let module = &stored.target.module;
        let found = version_needs::instances(conn, package, &module.business, &module.system, MOST_NEEDING).await?;
        for instance in found.into_iter().filter(|instance| !instance.need.is_met_by(to.as_ref())) {
            let NeedingInstance { package: needing, version, need, .. } = &instance;
            let on = version_needs::hosts(conn, needing, version, &module.business, &module.system).await?;
            if let Some(host) = on.iter().find(|host| !gone.contains(&(needing, *host))) {
                let title =
                    format!("{needing} {version} on {host} needs {need}, and {}", would_be(package, to.as_ref()));
                return Err(left_behind(title, needing, host));
            }
        }
    }
    Ok(())
}

/// The databases that go back, and to which version: none to an empty one.
struct Returned {
    databases: BTreeMap<(PackageName, DatabaseTargetId), Option<VersionNumber>>,
}

impl Returned {
    fn of(going: &[&PlannedUnit]) -> Self {
        let databases = going.iter().flat_map(|unit| {
            let of = |migration: &Migration| ((unit.order.package.clone(), migration.target), migration.to.clone());
            unit.order.each_migration().map(of)
        });
        Self { databases: databases.collect() }
    }

    /// The version that a database will have.
    fn version_of(&self, package: &PackageName, stored: &StoredTarget) -> Option<Option<VersionNumber>> {
        let returned = self.databases.get(&(package.clone(), stored.target.id)).cloned();
        returned.or_else(|| needs::now(package, stored))
    }

    /// Refuses to take a database from under what the deployment brings to other hosts.
    fn leaves_none_of(&self, staying: &[&PlannedUnit]) -> Result<(), ApiError> {
        for unit in staying {
            let needs = unit.order.to.iter().flat_map(|release| &release.manifest.needs);
            for need in needs {
                let mut returned = self.databases.iter().filter(|((package, _), _)| *package == need.database);
                if let Some(((package, _), to)) = returned.find(|(_, to)| !need.is_met_by(to.as_ref())) {
                    let (needing, host) = (&unit.order.package, &unit.host_name);
                    let title = format!(
                        "the deployment brings {needing} to {host}, which needs {need}, and {}",
                        would_be(package, to.as_ref())
                    );
                    return Err(left_behind(title, needing, host));
                }
            }
        }
        Ok(())
    }
}

async fn finds_what_it_needs(conn: &mut Conn, going: &[&PlannedUnit], returned: &Returned) -> Result<(), ApiError> {
    let needs_any = |unit: &&PlannedUnit| {
        unit.order.action == UnitAction::Install
            && unit.order.to.as_ref().is_some_and(|release| !release.manifest.needs.is_empty())
    };
    let needing: Vec<&PlannedUnit> = going.iter().copied().filter(needs_any).collect();
    if needing.is_empty() {
        return Ok(());
    }
    let ids: Vec<HostId> = needing.iter().map(|unit| unit.host).collect();
    let modules = hosts::modules_of(conn, &ids).await?;
    let systems = Systems::read(conn, modules.values().flatten()).await?;
    let version_of = |package: &PackageName, stored: &StoredTarget| returned.version_of(package, stored);
    for unit in needing {
        let targets = systems.of(modules.get(&unit.host).map_or(&[][..], Vec::as_slice));
        let (package, host) = (&unit.order.package, &unit.host_name);
        let unmet = unit.order.to.as_ref().and_then(|release| needs::unmet(package, release, &version_of, &targets));
        if let Some(exclusion) = unmet {
            let title = format!("{host} cannot go back: {}", exclusion.reason);
            return Err(ApiError::conflict("former_version_unmet", title)
                .param("package", package)
                .param("host", host)
                .hint("take the host that runs the database back with it, or deploy versions that work with the database as it is"));
        }
    }
    Ok(())
}

fn would_be(package: &PackageName, to: Option<&VersionNumber>) -> String {
    to.map_or_else(|| format!("{package} would be gone"), |to| format!("{package} would be {to}"))
}

fn left_behind(title: String, package: &PackageName, host: &HostName) -> ApiError {
    ApiError::conflict("database_still_needed", title)
        .param("package", package)
        .param("host", host)
        .hint("take this host back as well, or bring it to a version that works with the former database first")
}
