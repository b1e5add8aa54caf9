//! Publishing a draft: its canonical tar goes the way that any push goes, so that nothing about the version is special afterwards.

use std::collections::BTreeMap;

use axum::response::Response;
use http::StatusCode;
use packhorse_content::Tree;
use packhorse_content::archive::Limits;
use packhorse_content::ingest::IngestOptions;
use packhorse_content::transfer::write_tar;
use packhorse_model::VersionNumber;
use packhorse_model::api::drafts::{Draft, DraftState, PublishDraft, Published};
use packhorse_model::api::packages::{PushOutcome, Severity};
use packhorse_model::filename::ArchiveFormat;
use packhorse_model::ids::DraftId;
use packhorse_store::{drafts, versions};
use serde_json::json;

use super::commit::{find, lock};
use super::conflict::{self, DraftError};
use super::frozen::entry_tree;
use super::lint::{Linted, lint};
use crate::access::CallerRequest;
use crate::app::App;
use crate::danger;
use crate::error::ApiError;
use crate::intake::{self, Intake};
use crate::objects::{Library, files_of};
use crate::streams;

/// Publishes a draft, and answers.
pub(crate) async fn publish(id: DraftId, request: CallerRequest<PublishDraft>) -> Result<Response, DraftError> {
    let app = request.app.clone();
    let (draft, tree) = {
        let mut reader = app.store.read().await?;
        let draft = find(&mut reader, id).await?;
        let tree = entry_tree(&mut reader, id).await?;
        (draft, tree)
    };
    if draft.state == DraftState::Published {
        // A repeated request gets its answer again; any other hears that the draft is closed.
        return match request.begin().await? {
            Err(answer) => Ok(answer),
            Ok(mut call) => Err(lock(call.conn(), id).await.err().unwrap_or_else(|| changed(&draft)).into()),
        };
    }
    let input = request.input.clone();
    if input.seen.is_some_and(|seen| seen != draft.revision) {
        return Err(changed(&draft).into());
    }
    let version = input.version.or_else(|| draft.version.clone()).ok_or_else(|| {
        ApiError::invalid("version_missing", "a version needs a number")
            .hint("say it, as in 1.0.1, or set it in the draft")
    })?;
    refuse_existing(&app, &draft, &version).await?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let rules = danger::rule_set(&app).await?;
    let looked = {
        let (draft, version, library) = (draft.clone(), version.clone(), library.clone());
        move || lint(&draft, Some(&version), &tree, &library, &rules).map(|linted| (linted, tree))
    };
    let (Linted { findings, inspection }, tree) =
        tokio::task::spawn_blocking(looked).await.map_err(ApiError::internal)??;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let (0, Ok(tree), Some(inspection)) = (errors, tree, inspection) else {
        return Err(conflict::of_lint(findings, errors));
    };

    let build = input.build.or_else(|| draft.build.clone());
    let description = input.description.unwrap_or_else(|| draft.description.clone());
    let suffix = build.as_ref().map(|build| format!("_{build}")).unwrap_or_default();
    let intake = Intake {
        package: draft.package.clone(),
        kind: draft.kind,
        file_name: format!("{}_{version}{suffix}.tar", draft.package),
        version,
        build,
        description,
        format: ArchiveFormat::Tar,
        said: BTreeMap::new(),
    };
    let received = pack(&app, &intake, library, tree).await?;
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answer) => return Ok(answer),
    };
    let mut closed = lock(call.conn(), id).await?;
    if closed.revision != draft.revision {
        return Err(changed(&closed).into());
    }
    let (caller, now) = (call.caller.clone(), call.now);
    let (package, number) = (intake.package.clone(), intake.version.clone());
    let written = intake::write_version(&app, &caller, call.tx(), intake, &received, inspection);
    let reply = Box::pin(written).await?;
    if reply.outcome == PushOutcome::AlreadyThere {
        return Err(exists(&draft, &number).into());
    }
    closed.state = DraftState::Published;
    closed.version = Some(number.clone());
    (closed.updated_by, closed.updated_at) = (caller.name, now);
    drafts::update(call.conn(), &closed).await?;
    drafts::empty(call.conn(), id).await?;
    call.audit("draft.publish", id, json!({ "version": format!("{package}@{number}"), "revision": closed.revision }));
    let response = call.finish(StatusCode::CREATED, &Published { version: reply.version, warnings: findings }).await?;
    app.drafts.tell();
    app.proofs.wake();
    Ok(response)
}

async fn pack(app: &App, intake: &Intake, library: Library, tree: Tree) -> Result<intake::Received, ApiError> {
    let options = IngestOptions {
        format: intake.format,
        file_name: intake.file_name.clone(),
        package: intake.package.to_string(),
        version: intake.version.to_string(),
        limits: Limits::default(),
    };
    let body = streams::body(0..u64::MAX, u64::MAX, move |out| write_tar(&tree, &library.open(files_of(&tree))?, out));
    intake::receive(app, app.random.id(app.clock.now()), options, body).await
}

async fn refuse_existing(app: &App, draft: &Draft, version: &VersionNumber) -> Result<(), ApiError> {
    let mut reader = app.store.read().await?;
    match versions::get(&mut reader, &draft.package, version).await? {
        None => Ok(()),
        Some(_) => Err(exists(draft, version)),
    }
}

fn exists(draft: &Draft, version: &VersionNumber) -> ApiError {
    ApiError::conflict("version_exists", format!("{}@{version} is there already", draft.package))
        .hint("a version never changes: publish the draft under a new version number")
}

fn changed(draft: &Draft) -> ApiError {
    ApiError::conflict(
        "draft_changed",
        format!("the draft was changed by {} at {} (revision {})", draft.updated_by, draft.updated_at, draft.revision),
    )
    .hint("nothing was published: look at what has changed, and publish again")
}
