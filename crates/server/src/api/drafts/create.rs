//! `POST /api/v1/drafts`

use axum::response::Response;
use http::StatusCode;
use packhorse_content::EntryPath;
use packhorse_model::api::drafts::{ChangeKind, CreateDraft, Draft, DraftStart, DraftState, USUAL_DIRECTORIES};
use packhorse_model::problem::Problem;
use packhorse_model::{PackageKind, VersionNumber};
use packhorse_store::drafts::entries::NewEntry;
use packhorse_store::{packages, versions};
use serde_json::json;

use super::check_build;
use crate::access::CallerRequest;
use crate::app::App;
use crate::drafts::{self, DraftError, Step};
use crate::error::ApiError;
use crate::objects::Library;

/// Begins a draft: empty, with the usual directories, or with the content of a version.
#[utoipa::path(
    post, path = "/api/v1/drafts", operation_id = "create_draft", tag = "drafts",
    request_body = CreateDraft,
    responses((status = 201, body = Draft), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(request: CallerRequest<CreateDraft>) -> Result<Response, DraftError> {
    let app = request.app.clone();
    let input = request.input.clone();
    check_build(input.build.as_ref())?;
    let base = match &input.start {
        DraftStart::Version { version } => Some(content(&app, &input, version).await?),
        DraftStart::Empty | DraftStart::Directories => None,
    };
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answer) => return Ok(answer),
    };
    let there = packages::by_name(call.conn(), &input.package).await?.map(|package| package.kind);
    let by_name = if input.package.is_database() { PackageKind::Database } else { PackageKind::File };
    let kind = input.kind.or(there).unwrap_or(by_name);
    if let Some(there) = there.filter(|there| *there != kind) {
        let title = format!("{} is a {} package, not a {} package", input.package, there.as_str(), kind.as_str());
        return Err(ApiError::conflict("package_kind", title)
            .hint("choose another name, or leave the kind out")
            .into());
    }
    let (entries, size) = base
        .iter()
        .flatten()
        .fold((0, 0), |(entries, size), entry| (entries + 1, size + entry.now.as_ref().map_or(0, |state| state.size)));
    let draft = Draft {
        id: app.random.id(call.now),
        package: input.package.clone(),
        kind,
        base: match &input.start {
            DraftStart::Version { version } => Some(version.clone()),
            DraftStart::Empty | DraftStart::Directories => None,
        },
        version: input.version,
        build: input.build,
        description: input.description,
        state: DraftState::Open,
        revision: 0,
        entries,
        size,
        creator: call.caller.name.clone(),
        created_at: call.now,
        updated_by: call.caller.name.clone(),
        updated_at: call.now,
    };
    drafts::begin(call.conn(), &draft, &base.unwrap_or_default()).await?;
    let mut draft = draft;
    if input.start == DraftStart::Directories {
        let (by, at) = (call.caller.name.clone(), call.now);
        let edit =
            drafts::Edit { by: &by, at, kind: ChangeKind::Edit, title: "make the usual directories", seen: None };
        draft = drafts::edit(call.conn(), draft, &directories()?, &edit).await?.draft;
    }
    call.audit("draft.create", draft.id, json!({ "package": draft.package, "base": draft.base }));
    Ok(call.finish(StatusCode::CREATED, &draft).await?)
}

fn directories() -> Result<Vec<Step>, ApiError> {
    let paths = USUAL_DIRECTORIES.iter().map(|name| EntryPath::new(name).map(Step::MakeDirectory));
    paths.collect::<Result<_, _>>().map_err(ApiError::internal)
}

/// The content of the version that a draft begins with.
async fn content(app: &App, input: &CreateDraft, version: &VersionNumber) -> Result<Vec<NewEntry>, ApiError> {
    let found = versions::get(&mut *app.store.read().await?, &input.package, version).await?;
    let found = found.ok_or_else(|| {
        ApiError::not_found("version", format!("{}@{version}", input.package))
            .hint(format!("`packhorse package show {}` shows those that there are", input.package))
    })?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let (tree, size) = (found.detail.summary.tree, found.content.tree_size);
    let tree = tokio::task::spawn_blocking(move || library.tree(&tree, size)).await.map_err(ApiError::internal)?;
    let tree = tree.map_err(ApiError::internal)?;
    let entries = tree.iter().map(|entry| NewEntry {
        path: entry.path.as_str().to_owned(),
        folded: entry.path.folded(),
        now: Some(drafts::state_of(entry)),
    });
    Ok(entries.collect())
}
