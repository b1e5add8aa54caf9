//! Instances whose rendered files would be others if their version were deployed now: what a change of a value has yet to reach.

use std::collections::BTreeMap;

use packhorse_model::api::hosts::HostState;
use packhorse_model::api::variable_values::AffectedInstance;
use packhorse_model::ids::{HostId, PackageId, VersionId};
use packhorse_model::label::Labels;
use packhorse_model::{HostName, PackageName};
use packhorse_planner::fleet::{InstanceVersion, InventoryHost, InventoryInstance, KnownVersion};
use packhorse_store::targets::Target;
use packhorse_store::{Conn, hosts, releases, targets};

use super::values;
use crate::error::ApiError;

/// Some instances of a package, as far as they were looked at.
pub(crate) struct Looked {
    /// Those that are affected.
    pub(crate) affected: Vec<AffectedInstance>,
    /// The last host that was looked at, if there are more.
    pub(crate) last: Option<HostName>,
}

/// Looks at up to `limit` instances of a package behind the host `after`, in the order of the names of their hosts.
pub(crate) async fn look(
    conn: &mut Conn,
    package: (PackageId, &PackageName),
    after: Option<&HostName>,
    limit: u32,
) -> Result<Looked, ApiError> {
    let rows = targets::with_instance(conn, package.0, after, limit).await?;
    let last = rows.last().filter(|_| rows.len() >= limit as usize).map(|row| row.name.clone());
    let ids: Vec<HostId> = rows.iter().map(|row| row.host).collect();
    let modules = hosts::modules_of(conn, &ids).await?;
    let mut by_version: BTreeMap<VersionId, (KnownVersion, Vec<InventoryHost>)> = BTreeMap::new();
    for row in rows {
        let Some(known) = current(conn, package.0, &row).await? else { continue };
        let paths = modules.get(&row.host).cloned().unwrap_or_default();
        let Some(host) = host(row, paths, &known) else { continue };
        by_version.entry(known.id).or_insert_with(|| (known, Vec::new())).1.push(host);
    }
    let mut affected = Vec::new();
    for (known, mut hosts) in by_version.into_values() {
        values::fill(conn, package.1, std::slice::from_ref(&known), &[], &mut hosts).await?;
        for host in hosts {
            let now = host.values.get(&known.id).and_then(|values| values.digest);
            if host.instance.is_some_and(|instance| instance.rendering != now) {
                let version = known.release.version.clone();
                affected.push(AffectedInstance { host: host.name, package: package.1.clone(), version });
            }
        }
    }
    affected.sort_by(|a, b| a.host.cmp(&b.host));
    Ok(Looked { affected, last })
}

/// The version of an instance, if the registry knows its content.
async fn current(conn: &mut Conn, package: PackageId, row: &Target) -> Result<Option<KnownVersion>, ApiError> {
    let Some(instance) = &row.instance else { return Ok(None) };
    let found = releases::find(conn, package, &instance.version).await?;
    let found = found.filter(|found| found.release.tree == instance.tree);
    Ok(found.map(|found| KnownVersion { id: found.id, release: found.release }))
}

fn host(
    row: Target,
    modules: Vec<packhorse_model::topology::ModulePath>,
    known: &KnownVersion,
) -> Option<InventoryHost> {
    let instance = row.instance?;
    Some(InventoryHost {
        id: row.host,
        name: row.name,
        address: row.facts.address,
        room: BTreeMap::new(),
        modules,
        labels: Labels::new(),
        state: HostState::Online,
        instance: Some(InventoryInstance {
            current: InstanceVersion { number: instance.version, known: Some(known.clone()) },
            previous: None,
            rendering: instance.rendering,
            previous_rendering: instance.previous_rendering,
            install_root: instance.install_root,
            state: instance.state,
            health: instance.health,
            drift: None,
        }),
        busy: None,
        occupant: None,
        values: BTreeMap::new(),
        migrations: BTreeMap::new(),
        unmet: BTreeMap::new(),
        barred: None,
    })
}
