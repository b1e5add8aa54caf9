//! Versions as the engine needs them: what a host is told of one, and whether it may be chosen.

use packhorse_model::VersionState;
use packhorse_model::ids::{PackageId, VersionId};
use packhorse_model::order::Release;
use packhorse_model::version::VersionNumber;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;

/// A version that could be deployed.
#[derive(Debug, Clone)]
pub struct StoredRelease {
    /// Its identity.
    pub id: VersionId,
    /// Whether it may be chosen.
    pub state: VersionState,
    /// As a host is told of it; its manifest says the layout, even where it was found from the archive.
    pub release: Release,
}

/// A version of a package.
pub async fn find(
    conn: &mut Conn,
    package: PackageId,
    number: &VersionNumber,
) -> Result<Option<StoredRelease>, StoreError> {
    let row = conn
        .query_one(
            "SELECT id, state, tree, size, manifest, layout FROM versions WHERE package_id = $1 AND number = $2",
            args![package, number],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut release = Release {
        version: number.clone(),
        tree: row.digest("tree")?,
        size: row.count("size")?,
        manifest: row.json("manifest")?,
        rendering: None,
    };
    release.manifest.layout = Some(row.word("layout")?);
    Ok(Some(StoredRelease { id: row.parse("id")?, state: row.word("state")?, release }))
}
