//! Two packages of one host have no directory in common, neither the same nor one inside the other's: planning leaves such hosts out, and
//! whoever starts a deployment looks once more while nobody else can claim a place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use packhorse_model::PackageName;
use packhorse_model::deployment::{Plan, PlannedUnit};
use packhorse_model::ids::{HostId, PackageId};
use packhorse_model::order::UnitAction;
use packhorse_store::Conn;
use packhorse_store::places::{self, TakenPlace};

use crate::error::ApiError;

/// Which of these hosts have another package, or are about to get one, where `root` would collide with it.
pub(super) async fn occupants(
    conn: &mut Conn,
    package: PackageId,
    root: &str,
    hosts: &[HostId],
) -> Result<BTreeMap<HostId, PackageName>, ApiError> {
    let taken = places::taken(conn, package, hosts).await?;
    let colliding = taken.into_iter().filter(|place| collide(root, &place.install_root));
    Ok(colliding.map(|place| (place.host, place.package)).collect())
}

/// Takes the places to which a plan brings a package, `name`, for the first time. They are the deployment's once it has claimed its hosts in the same
/// transaction, and as long as it is open.
pub(crate) async fn take(conn: &mut Conn, package: PackageId, name: &PackageName, plan: &Plan) -> Result<(), ApiError> {
    let units = plan.batches.iter().flat_map(|batch| &batch.units).filter(|unit| unit.order.package == *name);
    let new: BTreeMap<HostId, &PlannedUnit> = units
        .filter(|unit| unit.order.action == UnitAction::Install && unit.order.from.is_none())
        .map(|unit| (unit.host, unit))
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    places::take_turns(conn).await?;
    let hosts: Vec<HostId> = new.keys().copied().collect();
    let taken: BTreeSet<TakenPlace> = places::taken(conn, package, &hosts).await?;
    let collision = taken.iter().find_map(|place| {
        new.get(&place.host)
            .filter(|unit| collide(&unit.order.install_root, &place.install_root))
            .map(|unit| (place, unit))
    });
    let Some((place, unit)) = collision else { return Ok(()) };
    let (host, root, other) = (&unit.host_name, &unit.order.install_root, &place.package);
    Err(ApiError::conflict("place_taken", format!("{other} has just taken {} on {host}", place.install_root))
        .param("host", host)
        .param("package", other)
        .detail(format!("{} would go to {root}, and two packages have no directory in common", unit.order.package))
        .hint("give one of them another install_root"))
}

fn collide(a: &str, b: &str) -> bool {
    Path::new(a).starts_with(b) || Path::new(b).starts_with(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_collide_if_they_are_one_or_one_is_in_the_other() {
        for (a, b) in [("/data/app/a", "/data/app/a"), ("/data/app/a", "/data/app/a/b"), ("/data", "/data/app/a")] {
            assert!(collide(a, b) && collide(b, a), "{a} {b}");
        }
        for (a, b) in [("/data/app/a", "/data/app/ab"), ("/data/app/a", "/data/app/b")] {
            assert!(!collide(a, b) && !collide(b, a), "{a} {b}");
        }
    }
}
