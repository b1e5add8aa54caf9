//! Deleting versions that nobody needs, by rules that people gave.
//!
//! What is decided is in `decide`, where the rows are not known. Nothing is deleted that a person could not delete by hand: each version is looked
//! at once more in the transaction in which it goes.

mod apply;
mod decide;

use std::collections::BTreeSet;

use jiff::Timestamp;
use packhorse_model::api::retention::{PackageRetention, RetentionRule, RetentionSource, VersionFate};
use packhorse_model::ids::PackageId;
use packhorse_model::{PackageKind, PackageName, VersionNumber};
use packhorse_store::{Conn, StoreError, retention};

pub use apply::apply_if_due;
pub(crate) use apply::daily;
use decide::{Versions, decide};

/// Versions that are read at once.
const AT_ONCE: u32 = 500;

/// The rule of a package, and where it is from.
pub(crate) async fn of_package(conn: &mut Conn, package: PackageId) -> Result<PackageRetention, StoreError> {
    let own = retention::of_package(conn, package).await?;
    let site = retention::of_site(conn).await?;
    let (source, rule) = match (&own, &site) {
        (Some(own), _) => (RetentionSource::Package, own.rule.clone()),
        (None, Some(site)) => (RetentionSource::Site, site.rule.clone()),
        (None, None) => (RetentionSource::Nobody, None),
    };
    Ok(PackageRetention { source, rule, own, site })
}

/// A package whose versions are judged.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Its identity.
    pub(crate) id: PackageId,
    /// Its name.
    pub(crate) name: PackageName,
    /// What it carries.
    pub(crate) kind: PackageKind,
}

/// What would become of every version of a package under a rule, the highest number first.
pub(crate) async fn fates(
    conn: &mut Conn,
    package: &Judged,
    rule: Option<&RetentionRule>,
    now: Timestamp,
) -> Result<Vec<VersionFate>, StoreError> {
    let versions = load(conn, package, rule).await?;
    let reasons = decide(package.kind, rule, &versions, now);
    let fate = |(facts, kept_because): (retention::VersionFacts, _)| VersionFate {
        id: facts.id,
        version: facts.version,
        state: facts.state,
        created_at: facts.created_at,
        deployed_at: facts.deployed_at,
        instances: facts.instances,
        new_bytes: facts.new_bytes,
        kept_because,
    };
    Ok(versions.facts.into_iter().zip(reasons).map(fate).collect())
}

async fn load(conn: &mut Conn, package: &Judged, rule: Option<&RetentionRule>) -> Result<Versions, StoreError> {
    let mut versions = Versions {
        in_deployments: retention::in_deployments(conn, package.id).await?,
        in_drafts: retention::in_drafts(conn, &package.name).await?,
        ..Versions::default()
    };
    let mut before: Option<VersionNumber> = None;
    loop {
        let page = retention::facts(conn, package.id, before.as_ref(), AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.version.clone());
        versions.facts.extend(page);
    }
    if let Some(rule) = rule.filter(|rule| !rule.keep_tags.is_empty()) {
        let wanted: BTreeSet<&str> = rule.keep_tags.iter().map(packhorse_model::tag::Tag::as_str).collect();
        let ids: Vec<_> = versions.facts.iter().map(|facts| facts.id).collect();
        for (id, tags) in retention::tags(conn, &ids).await? {
            if tags.iter().any(|tag| wanted.contains(tag.as_str())) {
                versions.tagged.insert(id);
            }
        }
    }
    Ok(versions)
}
