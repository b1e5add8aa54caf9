//! `POST /api/v1/projects/import`

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::objects::{LoadOutcome, LoadReport, LoadedObject};
use packhorse_model::filename;
use packhorse_model::foreign::project_xml::{self, Note};
use packhorse_model::problem::Problem;
use packhorse_model::project::load::{self, Changes, Known, LoadError, Present};
use packhorse_model::project::registration::Registration;
use packhorse_model::project::{Element, ObjectKey, Project, Relations};
use packhorse_store::packages::{self, NewPackage};
use packhorse_store::{Conn, objects};
use serde::Deserialize;
use serde_json::json;

use crate::access::{CallerTx, DocumentRequest};
use crate::api::objects::known;
use crate::error::ApiError;
use crate::extract::Query;

/// How many faults a refusal names.
const NAMED: usize = 20;

/// How the file is taken.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Options {
    /// How relations are taken of which the file does not say it; they are added to those that there are if nothing is said here either.
    #[serde(default)]
    #[param(inline)]
    relations: Relations,
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
    /// Refuse what the document type forbids, even where files in use do it.
    #[serde(default)]
    strict: bool,
}

/// Loads a project.xml: all of it, or nothing. Loading a file again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/projects/import", operation_id = "import_project", tag = "projects",
    params(Options),
    request_body(content = String, content_type = "application/xml"),
    responses((status = 200, body = LoadReport), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Query(options): Query<Options>,
    DocumentRequest(request): DocumentRequest,
) -> Result<Response, ApiError> {
    let read = project_xml::read(&request.input).map_err(|error| {
        ApiError::invalid("project_xml", error.to_string()).hint("correct the file at that place; nothing was changed")
    })?;
    let notes: Vec<String> = read.notes.iter().map(Note::to_string).collect();
    if options.strict && !notes.is_empty() {
        return Err(ApiError::invalid("project_xml", "the file is not as its document type wants it")
            .detail(notes.join("\n"))
            .hint("correct these places, or load it without `strict`; nothing was changed"));
    }
    if options.dry_run {
        let mut reader = request.app.store.read().await?;
        let changes = decide(&mut reader, &read.project, options.relations).await?;
        return Ok(axum::response::IntoResponse::into_response(axum::Json(report(&changes, notes))));
    }
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answered) => return Ok(answered),
    };
    objects::lock(call.conn()).await?;
    let changes = decide(call.conn(), &read.project, options.relations).await?;
    write(&mut call, &changes).await?;
    call.finish(StatusCode::OK, &report(&changes, notes)).await
}

async fn decide(conn: &mut Conn, project: &Project, unsaid: Relations) -> Result<Changes, ApiError> {
    let mut keys = BTreeSet::new();
    for object in &project.objects {
        keys.insert(&object.key);
        keys.extend(object.resources.iter().chain(&object.referrers).flat_map(|said| &said.objects));
    }
    let keys: Vec<&ObjectKey> = keys.into_iter().collect();
    let found = objects::by_keys(conn, &keys).await?;
    let ids: Vec<_> = found.iter().map(|object| object.summary.id).collect();
    let relations = objects::relations(conn, &ids).await?;
    let known = found.into_iter().map(|object| (object.summary.key.clone(), known(&object)));
    let present = Present { objects: known.collect(), relations: relations.into_iter().collect() };
    load::changes(&present, project, unsaid).map_err(|errors| refused(&errors))
}

fn refused(errors: &[LoadError]) -> ApiError {
    let code = match errors.first() {
        Some(LoadError::Missing { .. }) => "object_missing",
        _ => "object_conflict",
    };
    let title = errors.first().map(ToString::to_string).unwrap_or_default();
    let named = errors.iter().take(NAMED).map(|error| match error {
        LoadError::Missing { of, .. } => format!("{of}: {error}"),
        other => other.to_string(),
    });
    let mut detail = named.collect::<Vec<_>>().join("\n");
    if errors.len() > NAMED {
        detail.push_str(&format!("\nand {} more", errors.len() - NAMED));
    }
    ApiError::invalid(code, title)
        .detail(detail)
        .hint("add what is missing to the file, or correct type and name; nothing was changed")
}

async fn write(call: &mut CallerTx<String>, changes: &Changes) -> Result<(), ApiError> {
    let now = call.now;
    for change in changes.objects.iter().filter(|change| change.outcome != LoadOutcome::Unchanged) {
        let id = call.app.random.id(now);
        let stands_for = match change.after.element {
            Element::Package => Registration::of(&change.key.name, &change.after.attributes),
            Element::Node | Element::Setting | Element::Deployment => None,
        };
        objects::put(call.conn(), id, &change.key, &change.after, stands_for.as_ref(), now).await?;
        if let Some(registration) = stands_for {
            register(call, registration, &change.after).await?;
        }
        let action = if change.outcome == LoadOutcome::Created { "object.create" } else { "object.update" };
        call.audit(action, &change.key, json!({ "attributes": change.after.attributes }));
    }
    for relation in &changes.removed {
        objects::part(call.conn(), relation).await?;
        call.audit("object.part", &relation.parent, json!({ "child": relation.child }));
    }
    for relation in &changes.added {
        objects::relate(call.conn(), relation).await?;
        call.audit("object.relate", &relation.parent, json!({ "child": relation.child }));
    }
    Ok(())
}

/// Makes the package known that an object stands for, if it is not: lists show it, without a version that could be deployed.
async fn register(call: &mut CallerTx<String>, registration: Registration, object: &Known) -> Result<(), ApiError> {
    let package = NewPackage {
        id: call.app.random.id(call.now),
        kind: filename::kind(&registration.package),
        name: registration.package,
        description: object.attributes.get("description").cloned().unwrap_or_default(),
        creator: call.caller.name.clone(),
        created_at: call.now,
    };
    packages::ensure(call.conn(), &package).await?;
    Ok(())
}

/// Relations are told with their parent; those whose parent is not in the file, with their child's other end.
fn report(changes: &Changes, notes: Vec<String>) -> LoadReport {
    let named: BTreeSet<&ObjectKey> = changes.objects.iter().map(|change| &change.key).collect();
    let of = |key: &ObjectKey, relations: &BTreeSet<load::Relation>| {
        let told = relations.iter().filter_map(|relation| {
            if relation.parent == *key {
                Some(relation.child.clone())
            } else {
                (relation.child == *key && !named.contains(&relation.parent)).then(|| relation.parent.clone())
            }
        });
        told.collect::<Vec<_>>()
    };
    let objects = changes.objects.iter().map(|change| LoadedObject {
        key: change.key.clone(),
        outcome: change.outcome,
        added: of(&change.key, &changes.added),
        removed: of(&change.key, &changes.removed),
    });
    LoadReport { objects: objects.collect(), notes }
}
