//! Where packages lie on hosts, and where open deployments are about to put them: two packages of one host have no directory in common.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::ids::{DeploymentId, HostId, PackageId, PlanId};
use packhorse_model::name::PackageName;
use packhorse_model::order::{UnitAction, UnitOrder};

use crate::args;
use crate::conn::Conn;
use crate::dialect::{Standstill, stand_still};
use crate::error::StoreError;
use crate::sql::{Sql, Value as _, word};

/// A place of a package on a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TakenPlace {
    /// The host.
    pub host: HostId,
    /// Absolute directory under which the versions lie.
    pub install_root: String,
    /// Whose it is.
    pub package: PackageName,
}

/// Lets no other transaction claim a place until this one ends. Whoever reads what is taken behind this sees all of it.
pub async fn take_turns(conn: &mut Conn) -> Result<(), StoreError> {
    stand_still(conn, Standstill::Places).await
}

/// The places of all packages but one on these hosts: where instances lie, and where open deployments bring packages for the first time.
pub async fn taken(conn: &mut Conn, but: PackageId, hosts: &[HostId]) -> Result<BTreeSet<TakenPlace>, StoreError> {
    let mut places = BTreeSet::new();
    let mut claimed: BTreeMap<DeploymentId, BTreeSet<HostId>> = BTreeMap::new();
    for chunk in hosts.chunks(500) {
        let mut sql = Sql::new(
            "SELECT i.host_id, i.install_root, p.name FROM instances i JOIN packages p ON p.id = i.package_id WHERE i.host_id IN ",
        );
        sql.tuple(chunk.iter().map(HostId::to_arg)).push(" AND i.package_id <> ").bind(but);
        for row in conn.fetch(sql).await? {
            places.insert(TakenPlace {
                host: row.parse("host_id")?,
                install_root: row.text("install_root")?,
                package: row.parse("name")?,
            });
        }
        let mut sql = Sql::new("SELECT host_id, deployment_id FROM claims WHERE host_id IN ");
        sql.tuple(chunk.iter().map(HostId::to_arg)).push(" AND package_id <> ").bind(but);
        for row in conn.fetch(sql).await? {
            claimed.entry(row.parse("deployment_id")?).or_default().insert(row.parse("host_id")?);
        }
    }
    for (deployment, hosts) in claimed {
        coming(conn, deployment, but, &hosts, &mut places).await?;
    }
    Ok(places)
}

/// Where a deployment brings packages for the first time.
async fn coming(
    conn: &mut Conn,
    deployment: DeploymentId,
    but: PackageId,
    hosts: &BTreeSet<HostId>,
    places: &mut BTreeSet<TakenPlace>,
) -> Result<(), StoreError> {
    let rows = conn.query(
        "SELECT host_id, plan_id, order_number FROM units
         WHERE deployment_id = $1 AND action = $2 AND from_version IS NULL AND package_id <> $3",
        args![deployment, word(&UnitAction::Install)?, but],
    );
    let mut known: BTreeMap<(PlanId, u64), Option<UnitOrder>> = BTreeMap::new();
    for row in rows.await? {
        let host: HostId = row.parse("host_id")?;
        if !hosts.contains(&host) {
            continue;
        }
        let (plan, number) = (row.parse("plan_id")?, row.count("order_number")?);
        let order = match known.get(&(plan, number)) {
            Some(order) => order.clone(),
            None => {
                let order = order(conn, plan, number).await?;
                known.insert((plan, number), order.clone());
                order
            }
        };
        if let Some(UnitOrder { install_root, package, .. }) = order {
            places.insert(TakenPlace { host, install_root, package });
        }
    }
    Ok(())
}

async fn order(conn: &mut Conn, plan: PlanId, number: u64) -> Result<Option<UnitOrder>, StoreError> {
    let sql = "SELECT body FROM plan_orders WHERE plan_id = $1 AND number = $2";
    conn.query_one(sql, args![plan, number]).await?.map(|row| row.json("body")).transpose()
}
