//! What a plan binds: packages to the modules that they are brought to without being bound there yet.

use std::collections::BTreeMap;

use packhorse_model::PackageName;
use packhorse_model::api::deployments::PlannedBinding;
use packhorse_model::api::plans::{Caution, CautionCode};
use packhorse_model::deployment::{Plan, PlannedUnit};
use packhorse_model::ids::{HostId, ModuleId, PackageId};
use packhorse_model::order::UnitAction;
use packhorse_model::topology::ModulePath;
use packhorse_store::{Conn, bindings, targets};

use super::inventory::Gathered;
use super::parts::Bound;
use crate::error::ApiError;

/// What applying a plan of these packages binds, for the rows and for a person.
pub(super) async fn of(
    conn: &mut Conn,
    parts: &[Gathered],
    plan: &Plan,
) -> Result<(BTreeMap<PackageId, Vec<ModuleId>>, Vec<PlannedBinding>), ApiError> {
    let (mut binds, mut told) = (BTreeMap::<PackageId, Vec<ModuleId>>::new(), Vec::new());
    for part in parts.iter().filter(|part| part.bound == Bound::Then) {
        let package = &part.spec.package;
        for (module, path) in unbound(conn, part, &brought(plan, package)).await? {
            told.push(PlannedBinding { package: package.clone(), module: path });
            binds.entry(part.package).or_default().push(module);
        }
    }
    Ok((binds, told))
}

/// That applying the plan binds a package.
pub(super) fn caution(binding: &PlannedBinding) -> Caution {
    let PlannedBinding { package, module } = binding;
    let text = format!("{package} is not bound to {module} yet; applying the plan binds it");
    Caution::new(CautionCode::NotBound, text).param("package", package).param("module", module)
}

/// The hosts to which a plan brings a package. To start or to remove it nothing is bound.
fn brought(plan: &Plan, package: &PackageName) -> Vec<HostId> {
    let brings = |unit: &&PlannedUnit| matches!(unit.order.action, UnitAction::Install | UnitAction::Migrate);
    plan.units().filter(|unit| unit.order.package == *package).filter(brings).map(|unit| unit.host).collect()
}

/// The modules of these hosts that a package is not bound to, of those that the spec names if it names any.
async fn unbound(
    conn: &mut Conn,
    gathered: &Gathered,
    hosts: &[HostId],
) -> Result<Vec<(ModuleId, ModulePath)>, ApiError> {
    let of_hosts = match &gathered.databases {
        Some(databases) => databases.modules(hosts),
        None => targets::modules_of(conn, hosts).await?,
    };
    let bound = bindings::modules(conn, gathered.package).await?;
    let is_wanted = |module: &ModuleId| gathered.modules.is_empty() || gathered.modules.contains(module);
    Ok(of_hosts.into_iter().filter(|(module, _)| is_wanted(module) && !bound.contains(module)).collect())
}
