//! `/api/v1/plans`.

use packhorse_model::api::asked::AskedSpec;
use packhorse_model::api::deployments::PlanPreview;
use packhorse_model::api::plans::{PlanFileDiff, PlanHost};
use packhorse_model::deployment::DeploymentSpec;
use packhorse_model::ids::PlanId;
use serde::Serialize;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query};

/// What a plan can be asked for: a spec that says everything, or one that leaves its strategy to the server.
pub trait PlanRequest: Serialize {}

impl PlanRequest for DeploymentSpec {}
impl PlanRequest for AskedSpec {}

impl Client {
    /// What a deployment would do, without doing it.
    ///
    /// # Errors
    /// When the package, version or targets do not exist, or none of the targets can be chosen.
    pub async fn create_plan(&self, spec: &impl PlanRequest, key: &IdempotencyKey) -> Result<PlanPreview, ClientError> {
        self.post(self.url(&["plans"]), spec, key).await
    }

    /// The hosts of one change of a plan, counted from 0, in the order in which they go.
    pub fn plan_hosts(&self, id: PlanId, change: usize) -> Pages<'_, PlanHost> {
        let query = [("change", Some(change.to_string()))];
        self.pages(with_query(self.url(&["plans", &id.to_string(), "hosts"]), &query))
    }

    /// How files differ before and after a plan on the first host of one of its changes, counted from 0.
    pub fn plan_diff(&self, id: PlanId, change: usize) -> Pages<'_, PlanFileDiff> {
        let query = [("change", Some(change.to_string()))];
        self.pages(with_query(self.url(&["plans", &id.to_string(), "diff"]), &query))
    }

    /// A plan that was made before.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn plan(&self, id: PlanId) -> Result<PlanPreview, ClientError> {
        self.get(self.url(&["plans", &id.to_string()])).await
    }
}
