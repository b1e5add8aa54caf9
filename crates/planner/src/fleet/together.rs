//! The plan of a deployment of several packages: each is planned by itself, and then they are put together.
//!
//! What is needed goes before what needs it, and otherwise the lowest installrank first (ControlTier's: order among what is installed
//! together; what has none goes last), or as they are named. Databases are shared, so each of their packages is a batch of its own before all
//! else. Of the others every host gets all that are meant for it, side by side; batches count hosts.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::api::deployments::ExcludedHost;
use packhorse_model::api::plans::{Caution, CautionCode};
use packhorse_model::deployment::{BatchKind, DeploymentSpec, PlannedBatch, PlannedUnit};
use packhorse_model::ids::{HostId, UnitId};
use packhorse_model::{HostName, PackageKind, PackageName};

use super::exclusion::Exclusion;
use super::inventory::{Inventory, InventoryHost};
use super::plan::{PlanError, Planned, batches, in_order, plan};

/// One package of a deployment.
#[derive(Debug)]
pub struct Part<'a> {
    /// What is asked for of it, as if nothing else were.
    pub spec: &'a DeploymentSpec,
    /// What it carries.
    pub kind: PackageKind,
    /// Its installrank, if anybody said one.
    pub rank: Option<i64>,
    /// What there is. Hosts that another part leaves out are barred here.
    pub inventory: &'a mut Inventory,
}

/// Makes the plan of a deployment of these packages, as they are named; of one alone it is what [`plan`] makes.
///
/// # Errors
/// As [`plan`], and when the packages have no order, or a database cannot be brought to its version.
pub fn plan_together(mut parts: Vec<Part<'_>>, ids: &mut dyn FnMut() -> UnitId) -> Result<Planned, PlanError> {
    if let [only] = parts.as_slice() {
        return plan(only.spec, only.inventory, ids);
    }
    let order = order(&parts.iter().map(Wish::of).collect::<Vec<_>>())?;
    let places: BTreeMap<&PackageName, usize> = order.iter().enumerate().map(|(place, name)| (name, place)).collect();
    parts.sort_by_key(|part| (part.kind != PackageKind::Database, places.get(&part.spec.package).copied()));
    let shared = parts.iter().take_while(|part| part.kind == PackageKind::Database).count();

    let mut planned = Vec::with_capacity(parts.len());
    for part in &parts {
        planned.push(plan(part.spec, part.inventory, ids)?);
    }
    for (part, planned) in parts.iter().zip(&planned).take(shared) {
        if let Some(ExcludedHost { host, reason, .. }) = planned.excluded.first() {
            let (package, host, reason) = (part.spec.package.clone(), host.clone(), reason.clone());
            return Err(PlanError::DatabaseLeftOut { package, host, reason });
        }
    }
    let barred = barred(&parts, &planned, shared);
    if !barred.is_empty() {
        for (part, planned) in parts.iter_mut().zip(&mut planned).skip(shared) {
            for host in &mut part.inventory.hosts {
                host.barred = barred.get(&host.name).cloned();
            }
            *planned = plan(part.spec, part.inventory, ids)?;
        }
    }
    together(&parts, planned, shared)
}

/// Why hosts get none of the packages, by the first that they cannot have.
fn barred(parts: &[Part<'_>], planned: &[Planned], shared: usize) -> BTreeMap<HostName, Exclusion> {
    let mut barred = BTreeMap::new();
    for (part, planned) in parts.iter().zip(planned).skip(shared) {
        for ExcludedHost { host, reason, cause } in &planned.excluded {
            let Some(cause) = cause.clone() else { continue };
            let exclusion = Exclusion { reason: reason.clone(), cause };
            barred.entry(host.clone()).or_insert_with(|| exclusion.of_part(&part.spec.package));
        }
    }
    barred
}

/// The plans of parts, those of databases first, as one.
fn together(parts: &[Part<'_>], planned: Vec<Planned>, shared: usize) -> Result<Planned, PlanError> {
    let mut whole = Planned::default();
    let mut of_hosts: BTreeMap<HostId, Vec<PlannedUnit>> = BTreeMap::new();
    let mut hosts: BTreeMap<HostId, &InventoryHost> = BTreeMap::new();
    let (mut unchanged, mut excluded) = (Vec::new(), BTreeSet::new());
    for (number, (part, planned)) in parts.iter().zip(planned).enumerate() {
        let units = planned.batches.into_iter().flat_map(|batch| batch.units);
        if number < shared {
            let units: Vec<PlannedUnit> = units.collect();
            if !units.is_empty() {
                whole.batches.push(PlannedBatch { kind: BatchKind::Rolling, units });
            }
        } else {
            for unit in units {
                of_hosts.entry(unit.host).or_default().push(unit);
            }
            hosts.extend(part.inventory.hosts.iter().map(|host| (host.id, host)));
        }
        whole.changes.extend(planned.changes);
        unchanged.extend(planned.unchanged);
        whole.excluded.extend(planned.excluded.into_iter().filter(|host| excluded.insert(host.host.clone())));
        whole.unresolved.extend(planned.unresolved);
        whole.warnings.extend(planned.warnings.into_iter().filter_map(|caution| of_part(caution, &part.spec.package)));
    }
    if let Some(first) = parts.first() {
        let mut order: Vec<&InventoryHost> = hosts.into_values().collect();
        order.sort_by(|a, b| in_order(&first.spec.strategy.order, a, b));
        let units = order.iter().filter_map(|host| of_hosts.remove(&host.id)).flatten().collect();
        whole.batches.extend(batches(first.spec, units)?);
    }
    let changed = whole.batches.iter().flat_map(|batch| &batch.units).map(|unit| &unit.host_name);
    let mut told: BTreeSet<HostName> = changed.cloned().chain(excluded).collect();
    whole.unchanged = unchanged.into_iter().filter(|host| told.insert(host.clone())).collect();
    if whole.batches.is_empty() {
        whole.warnings.insert(0, Caution::new(CautionCode::NothingToDo, "there is nothing to do"));
    }
    Ok(whole)
}

/// What is to be known of one part, in a plan of several. That one of them has nothing to do is no matter.
fn of_part(caution: Caution, package: &PackageName) -> Option<Caution> {
    let text = match caution.code {
        CautionCode::NothingToDo => return None,
        CautionCode::Downgrade => format!("{package}: {}", caution.text),
        _ => caution.text.clone(),
    };
    Some(Caution { text, ..caution.param("package", package) })
}

/// What the order of packages depends on.
struct Wish<'a> {
    package: &'a PackageName,
    needs: BTreeSet<&'a PackageName>,
    rank: Option<i64>,
}

impl<'a> Wish<'a> {
    fn of(part: &'a Part<'_>) -> Self {
        let manifest = part.inventory.target.as_ref().map(|target| &target.release.manifest);
        Self {
            package: &part.spec.package,
            needs: manifest.into_iter().flat_map(|manifest| &manifest.needs).map(|need| &need.database).collect(),
            rank: part.rank,
        }
    }
}

/// The packages in the order in which they go.
fn order(wishes: &[Wish<'_>]) -> Result<Vec<PackageName>, PlanError> {
    let mut waiting: Vec<&Wish<'_>> = wishes.iter().collect();
    // What comes to the same stays as it was named.
    waiting.sort_by_key(|wish| (wish.rank.is_none(), wish.rank));
    let mut order = Vec::with_capacity(wishes.len());
    while !waiting.is_empty() {
        let needs_another = |wish: &Wish<'_>| {
            waiting.iter().any(|other| other.package != wish.package && wish.needs.contains(other.package))
        };
        let Some(next) = waiting.iter().position(|wish| !needs_another(wish)) else {
            return Err(PlanError::Circle(waiting.iter().map(|wish| wish.package.clone()).collect()));
        };
        order.push(waiting.remove(next).package.clone());
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(wishes: &[(&str, Option<i64>, &[&str])]) -> String {
        let name = |name: &str| name.parse::<PackageName>().unwrap();
        let names: Vec<(PackageName, Vec<PackageName>, Option<i64>)> = wishes
            .iter()
            .map(|(package, rank, needs)| (name(package), needs.iter().map(|need| name(need)).collect(), *rank))
            .collect();
        let wishes: Vec<Wish<'_>> = names
            .iter()
            .map(|(package, needs, rank)| Wish { package, needs: needs.iter().collect(), rank: *rank })
            .collect();
        match order(&wishes) {
            Ok(order) => order.iter().map(PackageName::as_str).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_needed_goes_first_and_then_the_lowest_rank() {
        assert_eq!(ordered(&[("a", None, &[]), ("b", None, &[])]), "a b");
        assert_eq!(ordered(&[("a", None, &[]), ("b", Some(2), &[]), ("c", Some(-1), &[])]), "c b a");
        assert_eq!(ordered(&[("a", Some(1), &["d"]), ("b", Some(2), &[]), ("d", None, &[])]), "b d a");
        assert_eq!(ordered(&[("a", Some(1), &["elsewhere", "a"])]), "a");
    }

    #[test]
    fn packages_that_need_one_another_have_no_order() {
        let said = ordered(&[("a", None, &["b"]), ("b", None, &["a"]), ("c", None, &[])]);
        assert_eq!(said, "a, b need one another, so that none of them can go first");
    }
}
