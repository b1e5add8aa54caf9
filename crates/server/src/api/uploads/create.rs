//! `POST /api/v1/uploads`

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use packhorse_model::api::packages::{PushOutcome, PushReply};
use packhorse_model::filename::{self, FileName, FileNameError};
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use serde::Deserialize;

use super::said;
use crate::access::Caller;
use crate::app::App;
use crate::danger;
use crate::error::ApiError;
use crate::extract::Query;
use crate::intake::{self, Intake, Received};
use crate::objects::Library;

/// What is said about the archive beside its bytes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Upload {
    /// The archive's file name; its extension says how it is packed, and the rest, if it can, package, version and build.
    file_name: String,
    /// The package, if the file name does not say it.
    #[param(value_type = Option<String>)]
    package: Option<PackageName>,
    /// The version, if the file name does not say it.
    #[param(value_type = Option<String>)]
    version: Option<VersionNumber>,
    /// The build, if the file name does not say it.
    build: Option<String>,
    /// A line about the version.
    description: Option<String>,
    /// The subtype: bin, deb, ear, file, jar, pkg, rpm, tgz, war, zip and others. `file` and `bin` take a file of any name as it is; any other must be what the
    /// extension says.
    #[serde(rename = "type")]
    subtype: Option<String>,
    /// Where it is installed, an absolute path, if its manifest does not say it.
    installroot: Option<String>,
    /// Its place among what is installed together: the lowest first.
    installrank: Option<i64>,
    /// Who made it.
    vendor: Option<String>,
    /// When it was built, as the builder writes it.
    buildtime: Option<String>,
    /// Where its file lies in a repository.
    #[serde(rename = "repoUrl")]
    repo_url: Option<String>,
}

/// Takes an archive in as a new version. The body is the archive, streamed.
#[utoipa::path(
    post, path = "/api/v1/uploads", operation_id = "upload_archive", tag = "packages",
    params(Upload),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = PushReply, description = "The version was made"),
        (status = 200, body = PushReply, description = "It was there with the same bytes"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    caller: Caller,
    Query(upload): Query<Upload>,
    body: Body,
) -> Result<Response, ApiError> {
    let intake = upload.intake()?;
    let id = app.random.id(app.clock.now());
    let received = intake::receive(&app, id, intake.options(), body).await?;
    publish(&app, &caller, intake, received).await
}

/// Makes a version of an archive that is stored, and answers.
pub(in crate::api) async fn publish(
    app: &App,
    caller: &Caller,
    intake: Intake,
    received: Received,
) -> Result<Response, ApiError> {
    let library = Library::new(app.store.clone(), app.objects.clone());
    let rules = danger::rule_set(app).await?;
    let looked = tokio::task::spawn_blocking(move || {
        let inspection = intake::inspect(&library, &received.ingested, &intake, &rules)?;
        Ok::<_, ApiError>((Intake { kind: inspection.kind, ..intake }, received, inspection))
    });
    let (intake, received, inspection) = looked.await.map_err(ApiError::internal)??;
    let reply = Box::pin(intake::publish(app, caller, intake, &received, inspection)).await?;
    let status = match reply.outcome {
        PushOutcome::Created => StatusCode::CREATED,
        PushOutcome::AlreadyThere => StatusCode::OK,
    };
    Ok((status, axum::Json(reply)).into_response())
}

impl Upload {
    /// What the query and the file name say together.
    pub(in crate::api) fn intake(self) -> Result<Intake, ApiError> {
        let file_name = self.file_name;
        if file_name.contains(['/', '\\']) || file_name.chars().any(char::is_control) || file_name.len() > 255 {
            return Err(ApiError::invalid("NAME_FORM", "a file name has no folders and no control characters")
                .hint("send the last part of the path alone"));
        }
        let Some(format) = said::format(self.subtype.as_deref(), &file_name)? else {
            let error = FileNameError::Extension { file_name };
            return Err(ApiError::invalid("NAME_EXTENSION", error.to_string())
                .hint("pack it as .tar.gz, .tar.zst or .zip, or push it as it is with the type file"));
        };
        let attributes = said::attributes([
            ("installroot", self.installroot),
            ("installrank", self.installrank.map(|rank| rank.to_string())),
            ("vendor", self.vendor),
            ("buildtime", self.buildtime),
            ("repoUrl", self.repo_url),
        ])?;
        let said = FileName::parse_as(&file_name, format);
        let build = self.build.or_else(|| said.as_ref().ok().and_then(|said| said.build.clone()));
        let (package, version) = match (self.package, self.version, &said) {
            (Some(package), Some(version), _) => (package, version),
            (package, version, Ok(said)) => {
                (package.unwrap_or_else(|| said.package.clone()), version.unwrap_or_else(|| said.version.clone()))
            }
            (_, _, Err(error)) => {
                return Err(ApiError::invalid("NAME_FORM", error.to_string()).hint(
                    "rename the file, or say package and version (packhorse package push --name N --version V)",
                ));
            }
        };
        Ok(Intake {
            kind: filename::kind(&package),
            package,
            version,
            build,
            description: self.description.unwrap_or_default(),
            file_name,
            format,
            said: attributes,
        })
    }
}
