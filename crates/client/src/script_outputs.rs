//! `/api/v1/deployments/{id}/outputs`: what scripts wrote on hosts, and how they ended there.

use std::path::Path;

use packhorse_model::HostName;
use packhorse_model::api::script_outputs::{HostOutput, OutputGroup};
use packhorse_model::ids::DeploymentId;
use reqwest::Url;

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::{Pages, with_query};
use crate::progress::Progress;
use crate::version_files::PackedAs;

/// Which hosts of a run.
#[derive(Debug, Clone, Default)]
pub struct OutputFilter {
    /// Of this group.
    pub group: Option<String>,
    /// This one.
    pub host: Option<HostName>,
}

impl Client {
    /// The hosts of a run in groups of those at which the script ended alike, the largest first.
    pub fn output_groups(&self, deployment: DeploymentId) -> Pages<'_, OutputGroup> {
        self.pages(self.outputs(deployment, &[]))
    }

    /// The hosts of a run at which the script has ended, by name.
    pub fn host_outputs(&self, deployment: DeploymentId, filter: &OutputFilter) -> Pages<'_, HostOutput> {
        let filters = [("group", filter.group.clone()), ("host", filter.host.as_ref().map(ToString::to_string))];
        self.pages(with_query(self.outputs(deployment, &["hosts"]), &filters))
    }

    /// Downloads what a script wrote on each host, to `to`, which is replaced if it exists. Gives how many bytes came.
    ///
    /// # Errors
    /// When the server refuses or stays out of reach, the connection breaks, or the file cannot be written; nothing is left then.
    pub async fn download_outputs(
        &self,
        deployment: DeploymentId,
        form: PackedAs,
        to: &Path,
        progress: &Progress,
    ) -> Result<u64, ClientError> {
        let url = self.outputs(deployment, &["download"]);
        self.save(with_query(url, &[("as", Some(form.word().to_owned()))]), to, progress).await
    }

    fn outputs(&self, deployment: DeploymentId, rest: &[&str]) -> Url {
        let id = deployment.to_string();
        self.url(&[&["deployments", &id, "outputs"], rest].concat())
    }
}
