//! `GET /api/v1/deployments/{id}/outputs/download`

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, header};
use packhorse_content::archive_out::{write_tar_gz, write_zip};
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use serde::Deserialize;

use crate::access::Caller;
use crate::api::versions::Form;
use crate::app::App;
use crate::download::{Sent, disposition};
use crate::engine::detail;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::script_outputs::archive;
use crate::streams;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Packing {
    /// How they are packed; `tar.gz` if not said.
    #[serde(default, rename = "as")]
    #[param(rename = "as", inline)]
    form: Option<Form>,
}

/// What a script wrote on every host at which it has ended: a file for each host, named after it, and `results.csv` with how it ended on each.
#[utoipa::path(
    get, path = "/api/v1/deployments/{id}/outputs/download", operation_id = "download_outputs", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment."), Packing),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/gzip"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DeploymentId>,
    Query(packing): Query<Packing>,
) -> Result<Response, ApiError> {
    let form = packing.form.unwrap_or(Form::TarGz);
    let deployment = detail::find(&mut *app.store.read().await?, id).await?;
    let (tree, source) = archive::of_deployment(&app, id).await?;
    let body = streams::unmeasured(move |out| match form {
        Form::TarGz => write_tar_gz(&tree, &source, out),
        Form::Zip => write_zip(&tree, &source, out),
    });
    let mut response = Response::new(Sent::Archive.counted(body));
    let name = format!("{}_{id}.{}", deployment.package_name, form.extension());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(disposition(&name)).map_err(ApiError::internal)?);
    Ok(response)
}
