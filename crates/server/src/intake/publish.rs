//! Writing the rows of a version: one short transaction, after everything that they name is on disk.

use std::collections::BTreeMap;

use packhorse_content::archive::Limits;
use packhorse_content::database;
use packhorse_content::ingest::{IngestOptions, Ingested};
use packhorse_content::inspect::{Inspection, file_paths};
use packhorse_content::{EntryKind, Tree};
use packhorse_model::api::database::DatabaseStructure;
use packhorse_model::api::packages::{
    ArchiveInfo, Finding, KeptAs, PushOutcome, PushReply, VersionDetail, VersionSummary,
};
use packhorse_model::database::MigrationScript;
use packhorse_model::filename::ArchiveFormat;
use packhorse_model::manifest::Manifest;
use packhorse_model::{PackageKind, PackageName, VersionNumber, VersionState};
use packhorse_store::audit::NewEntry;
use packhorse_store::collection::{self, Hold};
use packhorse_store::packages::{self, NewPackage};
use packhorse_store::versions::{self, NewVersion, StoredVersion, VersionContent};
use packhorse_store::{Tx, database_structures, originals, version_needs, version_states, version_variables};
use serde_json::json;

use super::content::write_content;
use super::object;
use super::receive::{OriginalKept, Received};
use crate::access::Caller;
use crate::app::App;
use crate::engine::uses;
use crate::error::ApiError;

/// What is known of a version besides its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    /// The package.
    pub(crate) package: PackageName,
    /// What it carries.
    pub(crate) kind: PackageKind,
    /// The number.
    pub(crate) version: VersionNumber,
    /// What stands between number and extension.
    pub(crate) build: Option<String>,
    /// A line about it; the manifest's if empty.
    pub(crate) description: String,
    /// The name of the archive.
    pub(crate) file_name: String,
    /// How it is packed.
    pub(crate) format: ArchiveFormat,
    /// Attributes that were said with the push.
    pub(crate) said: BTreeMap<String, String>,
}

impl Intake {
    /// What is known of the archive beforehand.
    pub(crate) fn options(&self) -> IngestOptions {
        IngestOptions {
            format: self.format,
            file_name: self.file_name.clone(),
            package: self.package.to_string(),
            version: self.version.to_string(),
            limits: Limits::default(),
        }
    }
}

/// Publishes a version, or finds that it is there with the same bytes.
pub(crate) async fn publish(
    app: &App,
    caller: &Caller,
    intake: Intake,
    received: &Received,
    inspection: Inspection,
) -> Result<PushReply, ApiError> {
    let mut tx = app.store.write().await?;
    let reply = Box::pin(write_version(app, caller, &mut tx, intake, received, inspection)).await?;
    tx.commit().await?;
    if reply.outcome == PushOutcome::Created {
        app.proofs.wake();
    }
    Ok(reply)
}

/// Writes the rows of a version in a transaction of its caller, or finds that it is there with the same bytes.
pub(crate) async fn write_version(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    intake: Intake,
    received: &Received,
    inspection: Inspection,
) -> Result<PushReply, ApiError> {
    let Inspection { mut manifest, kind: _, findings: warnings, variables } = inspection;
    let now = app.clock.now();
    let hold = collection::hold(tx).await?;
    if let Some(found) = versions::get(tx, &intake.package, &intake.version).await? {
        let reply = already_there(&intake, received, found, warnings)?;
        // What was damaged or condemned has come again.
        rely(tx, &hold, received, now).await?;
        if let Some((key, attributes)) = object::say_again(tx, app, &intake, now).await? {
            let (actor, object) = (caller.actor(), key.to_string());
            let detail = json!({ "attributes": attributes });
            tx.audit(NewEntry { at: now, actor, action: "object.update", object, detail });
        }
        return Ok(reply);
    }
    let ingested = &received.ingested;
    refuse_other_content(tx, &intake, ingested).await?;
    let registered = object::registered(tx, &intake, &mut manifest).await?;
    let package = NewPackage {
        id: app.random.id(now),
        name: intake.package.clone(),
        kind: intake.kind,
        description: if intake.description.is_empty() {
            manifest.description.clone()
        } else {
            intake.description.clone()
        },
        creator: caller.name.clone(),
        created_at: now,
    };
    let package = packages::ensure(tx, &package).await?;
    // A package that was only registered becomes what is pushed.
    if package.kind != intake.kind && !packages::set_kind(tx, package.id, intake.kind).await? {
        return Err(ApiError::conflict(
            "package_kind",
            format!(
                "{} is a {} package, not a {} package",
                intake.package,
                package.kind.as_str(),
                intake.kind.as_str()
            ),
        )
        .hint("choose another name; a name that ends in -db is a database package"));
    }
    let detail = detail(app, caller, &intake, received, manifest, now);
    let structure = structure(&intake, ingested, &detail.manifest);
    let id = detail.summary.id;
    rely(tx, &hold, received, now).await?;
    let content = VersionContent {
        tree_size: ingested.tree_file.size,
        archive_blake3: ingested.archive.blake3,
        archive_recipe: ingested.archive_recipe.digest,
        archive_recipe_size: ingested.archive_recipe.size,
        gzip_recipe: gzip_recipe(received)?,
    };
    let manifest = detail.manifest.clone();
    versions::insert(tx, &NewVersion { package: package.id, detail, content }).await?;
    object::link(tx, app, &intake, &manifest, id, registered, now).await?;
    if let Some(structure) = structure {
        let scripts = scripts(&structure, &ingested.tree);
        database_structures::insert(tx, id, &structure, &scripts).await?;
    }
    version_variables::insert(tx, id, &variables).await?;
    version_variables::insert_of_manifest(tx, id, &uses::keys_of_manifest(&manifest)).await?;
    version_needs::insert(tx, id, &manifest.needs).await?;
    versions::add_to_totals(tx, ingested.tree.totals().bytes).await?;
    packages::refresh(tx, package.id, now).await?;
    let object = format!("{}@{}", intake.package, intake.version);
    tx.audit(NewEntry {
        at: now,
        actor: caller.actor(),
        action: "version.create",
        object,
        detail: json!({ "tree": ingested.tree_file.digest, "sha256": hex::encode(ingested.archive.sha256) }),
    });
    let version = versions::get(tx, &intake.package, &intake.version).await?;
    let version = version.ok_or_else(|| ApiError::internal("a version that was just written is not there"))?.detail;
    Ok(PushReply { version, outcome: PushOutcome::Created, warnings })
}

/// What a version of a database package consists of.
fn structure(intake: &Intake, ingested: &Ingested, manifest: &Manifest) -> Option<DatabaseStructure> {
    let from = manifest.database.as_ref().and_then(|database| database.from.as_deref());
    let files = file_paths(&ingested.tree);
    (intake.kind == PackageKind::Database).then(|| database::structure(files, &intake.version, from).0)
}

/// The content of the scripts that a structure names.
fn scripts(structure: &DatabaseStructure, tree: &Tree) -> Vec<MigrationScript> {
    let of_increments = structure.increments.iter().flat_map(|step| step.upgrade.iter().chain(&step.rollback));
    let script = |path: &String| match tree.get(path)?.kind {
        EntryKind::File { size, digest } => Some(MigrationScript { path: path.clone(), digest, size }),
        _ => None,
    };
    structure.full_load.iter().chain(of_increments).filter_map(script).collect()
}

fn already_there(
    intake: &Intake,
    received: &Received,
    found: StoredVersion,
    warnings: Vec<Finding>,
) -> Result<PushReply, ApiError> {
    if found.content.archive_blake3 == received.ingested.archive.blake3 {
        return Ok(PushReply { version: found.detail, outcome: PushOutcome::AlreadyThere, warnings });
    }
    Err(ApiError::conflict(
        "version_exists",
        format!("{}@{} is there already, with other content", intake.package, intake.version),
    )
    .detail(format!(
        "the one that is there has SHA-256 {}, the one that was pushed {}",
        found.detail.archive.sha256,
        hex::encode(received.ingested.archive.sha256)
    ))
    .hint("a version never changes: push this under a new version number"))
}

fn detail(
    app: &App,
    caller: &Caller,
    intake: &Intake,
    received: &Received,
    manifest: Manifest,
    now: jiff::Timestamp,
) -> VersionDetail {
    let ingested = &received.ingested;
    let totals = ingested.tree.totals();
    let layout = manifest.layout.or(ingested.payload.as_ref().and_then(|payload| payload.layout)).unwrap_or_default();
    let kept_as = match (&received.original, intake.format) {
        (OriginalKept::No | OriginalKept::Proven(_), _) => KeptAs::Recipe,
        (OriginalKept::Yes, ArchiveFormat::TarGz) => KeptAs::OriginalUntilProven,
        (OriginalKept::Yes, _) => KeptAs::Original,
    };
    VersionDetail {
        summary: VersionSummary {
            id: app.random.id(now),
            package: intake.package.clone(),
            version: intake.version.clone(),
            build: intake.build.clone(),
            description: intake.description.clone(),
            state: VersionState::Published,
            tree: ingested.tree_file.digest,
            files: totals.files,
            size: totals.bytes,
            new_bytes: ingested.packs.iter().map(|pack| pack.size).sum(),
            instances: 0,
            modules: 0,
            installrank: None,
            creator: caller.name.clone(),
            created_at: now,
            deployed_at: None,
            is_protected: false,
        },
        layout,
        manifest,
        state_change: None,
        archive: ArchiveInfo {
            file_name: intake.file_name.clone(),
            format: intake.format,
            size: ingested.archive.size,
            sha256: hex::encode(ingested.archive.sha256),
            md5: hex::encode(ingested.archive.md5),
            kept_as,
        },
    }
}

fn gzip_recipe(received: &Received) -> Result<Option<String>, ApiError> {
    match &received.original {
        OriginalKept::Proven(recipe) => serde_json::to_string(recipe).map(Some).map_err(ApiError::internal),
        OriginalKept::Yes | OriginalKept::No => Ok(None),
    }
}

/// The number of a deleted version comes back with the content that it had, or not at all.
async fn refuse_other_content(
    conn: &mut packhorse_store::Conn,
    intake: &Intake,
    ingested: &Ingested,
) -> Result<(), ApiError> {
    let buried = version_states::tombstone(conn, &intake.package, &intake.version).await?;
    let Some(buried) = buried.filter(|buried| buried.tree != ingested.tree_file.digest) else { return Ok(()) };
    let named = format!("{}@{}", intake.package, intake.version);
    Err(ApiError::conflict("version_deleted", format!("{named} was deleted, and held other content"))
        .detail(format!("{} deleted it at {}; its tree was {}", buried.deleted_by, buried.deleted_at, buried.tree))
        .hint("a version number stands for one content for ever: push this under a new number"))
}

/// Writes the rows of what was brought, and relies on what was there, the original included.
async fn rely(
    conn: &mut packhorse_store::Conn,
    hold: &Hold,
    received: &Received,
    now: jiff::Timestamp,
) -> Result<(), ApiError> {
    let ingested = &received.ingested;
    if received.original == OriginalKept::Yes && !originals::rely(conn, hold, &ingested.archive.blake3, now).await? {
        return Err(ApiError::collected());
    }
    write_content(conn, hold, ingested.into(), now).await
}
