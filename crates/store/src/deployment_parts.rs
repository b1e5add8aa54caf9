//! The packages of deployments, in the order in which they were named. Every deployment has a first one, which is its package.

use std::collections::BTreeMap;

use packhorse_model::PackageKind;
use packhorse_model::ids::{DeploymentId, PackageId};
use packhorse_model::name::PackageName;
use packhorse_model::version::VersionNumber;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;

/// A package of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// The package.
    pub package: PackageId,
    /// Its name.
    pub name: PackageName,
    /// What it carries.
    pub kind: PackageKind,
    /// The version that was asked for.
    pub version: Option<VersionNumber>,
}

/// Notes a package of a deployment, by its number: 0 for the first.
pub async fn insert(
    conn: &mut Conn,
    deployment: DeploymentId,
    number: usize,
    package: PackageId,
    version: Option<&VersionNumber>,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO deployment_parts (deployment_id, number, package_id, version) VALUES ($1, $2, $3, $4)",
        args![deployment, number, package, version],
    )
    .await
    .map(drop)
}

/// The packages of a deployment.
pub async fn of(conn: &mut Conn, deployment: DeploymentId) -> Result<Vec<StoredPart>, StoreError> {
    let rows = conn
        .query(
            "SELECT x.package_id, p.name, p.kind, x.version FROM deployment_parts x JOIN packages p ON p.id = x.package_id
             WHERE x.deployment_id = $1 ORDER BY x.number",
            args![deployment],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(StoredPart {
                package: row.parse("package_id")?,
                name: row.parse("name")?,
                kind: row.word("kind")?,
                version: row.opt_parse("version")?,
            })
        })
        .collect()
}

/// The packages of a deployment by name.
pub(crate) async fn by_name(
    conn: &mut Conn,
    deployment: DeploymentId,
) -> Result<BTreeMap<PackageName, PackageId>, StoreError> {
    Ok(of(conn, deployment).await?.into_iter().map(|part| (part.name, part.package)).collect())
}
