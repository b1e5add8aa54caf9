//! `/api/v1/deployments`. What happens in one, as it happens, is in `events.rs`.

use packhorse_model::PackageName;
use packhorse_model::api::control::{NextBatch, Resize, RollBack};
use packhorse_model::api::deployments::{CreateDeployment, DeploymentDetail, DeploymentSummary, Retry, Skip};
use packhorse_model::deployment::DeploymentState;
use packhorse_model::ids::DeploymentId;
use reqwest::Url;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query, word};

/// Which deployments.
#[derive(Debug, Clone, Default)]
pub struct DeploymentFilter {
    /// Of this package.
    pub package: Option<PackageName>,
    /// In this state.
    pub state: Option<DeploymentState>,
    /// That wait for this.
    pub awaiting: Option<Awaiting>,
}

/// What deployments may wait for, in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaiting {
    /// Approval.
    Approval,
}

impl Client {
    /// Starts a deployment.
    ///
    /// # Errors
    /// When the plan no longer holds, or another deployment of the same package is in the way.
    pub async fn create_deployment(
        &self,
        create: &CreateDeployment,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.url(&["deployments"]), create, key).await
    }

    /// Starts a deployment, and binds the package to the modules that its plan says it is not bound to.
    ///
    /// # Errors
    /// When the plan no longer holds, or another deployment of the same package is in the way.
    pub async fn create_deployment_and_bind(
        &self,
        create: &CreateDeployment,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        let url = with_query(self.url(&["deployments"]), &[("bind", Some("true".to_owned()))]);
        self.post(url, create, key).await
    }

    /// Deployments, newest first.
    pub fn deployments(&self, filter: &DeploymentFilter) -> Pages<'_, DeploymentSummary> {
        let filters = [
            ("package", filter.package.as_ref().map(ToString::to_string)),
            ("state", word(filter.state)),
            ("approval", filter.awaiting.map(|Awaiting::Approval| "awaited".to_owned())),
        ];
        self.pages(with_query(self.url(&["deployments"]), &filters))
    }

    /// One deployment.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn deployment(&self, id: DeploymentId) -> Result<DeploymentDetail, ClientError> {
        self.get(self.url(&["deployments", &id.to_string()])).await
    }

    /// Holds a deployment: nothing new starts.
    ///
    /// # Errors
    /// When it is not in a state to be held.
    pub async fn pause_deployment(
        &self,
        id: DeploymentId,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.order(self.command(id, "pause"), key).await
    }

    /// Lets a held deployment go on.
    ///
    /// # Errors
    /// When it is not held.
    pub async fn resume_deployment(
        &self,
        id: DeploymentId,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.order(self.command(id, "resume"), key).await
    }

    /// Ends a deployment; hosts in the middle of a switch come to its end first, and scripts that run are stopped.
    ///
    /// # Errors
    /// When it has ended.
    pub async fn abort_deployment(
        &self,
        id: DeploymentId,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.order(self.command(id, "abort"), key).await
    }

    /// Tries again what failed, was cancelled or is unknown.
    ///
    /// # Errors
    /// When there is nothing to try again.
    pub async fn retry_deployment(
        &self,
        id: DeploymentId,
        retry: &Retry,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "retry"), retry, key).await
    }

    /// Leaves hosts out at which it failed.
    ///
    /// # Errors
    /// When one of them did not fail, or is not at its end.
    pub async fn skip_deployment_hosts(
        &self,
        id: DeploymentId,
        skip: &Skip,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "skip"), skip, key).await
    }

    /// Brings every host that it changed back to the version that it had; or only some, by a deployment of their own, which is the answer.
    ///
    /// # Errors
    /// When there is nothing to bring back, or no way.
    pub async fn roll_back_deployment(
        &self,
        id: DeploymentId,
        back: &RollBack,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "rollback"), back, key).await
    }

    /// Lets the next batch begin when those before it are at their end, without a pause.
    ///
    /// # Errors
    /// When no batch waits for a word.
    pub async fn promote_deployment(
        &self,
        id: DeploymentId,
        next: &NextBatch,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "promote"), next, key).await
    }

    /// Lets the next batch begin now, although those before it are not at their end.
    ///
    /// # Errors
    /// When every batch has begun, or it does not go on.
    pub async fn skip_ahead_deployment(
        &self,
        id: DeploymentId,
        next: &NextBatch,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "skip-ahead"), next, key).await
    }

    /// Puts the hosts that have not begun into other batches, and changes how many may be down.
    ///
    /// # Errors
    /// When every batch has begun, or it does not go on.
    pub async fn resize_deployment(
        &self,
        id: DeploymentId,
        resize: &Resize,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "resize"), resize, key).await
    }

    pub(crate) fn command(&self, id: DeploymentId, command: &str) -> Url {
        self.url(&["deployments", &id.to_string(), command])
    }
}
