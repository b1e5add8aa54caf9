//! `/api/v1/plans`.

use packhorse_model::api::deployments::PlanPreview;
use packhorse_model::deployment::DeploymentSpec;
use packhorse_model::ids::PlanId;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;

impl Client {
    /// What a deployment would do, without doing it.
    ///
    /// # Errors
    /// When the package, version or targets do not exist, or none of the targets can be chosen.
    pub async fn create_plan(&self, spec: &DeploymentSpec, key: &IdempotencyKey) -> Result<PlanPreview, ClientError> {
        self.post(self.url(&["plans"]), spec, key).await
    }

    /// A plan that was made before.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn plan(&self, id: PlanId) -> Result<PlanPreview, ClientError> {
        self.get(self.url(&["plans", &id.to_string()])).await
    }
}
