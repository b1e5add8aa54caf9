//! Guard rails: `/api/v1/environments`, `/freezes` and `/locks`, and what is said to deployments that they hold.

use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::api::guard_rails::{
    AddLock, EnvironmentRules, Freeze, Lock, OverrideFreeze, SetEnvironmentRules, SetFreeze, Verdict,
};
use packhorse_model::ids::{DeploymentId, LockId};
use packhorse_model::name::FreezeName;
use packhorse_model::topology::Environment;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::Pages;

impl Client {
    /// What deployments have to observe, for each environment.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn environments(&self) -> Result<Vec<EnvironmentRules>, ClientError> {
        self.get(self.url(&["environments"])).await
    }

    /// Changes what deployments in an environment have to observe.
    ///
    /// # Errors
    /// When a number is out of bounds.
    pub async fn set_environment(
        &self,
        environment: Environment,
        rules: &SetEnvironmentRules,
    ) -> Result<EnvironmentRules, ClientError> {
        self.put(self.url(&["environments", environment.as_str()]), rules).await
    }

    /// Freezes by name.
    pub fn freezes(&self) -> Pages<'_, Freeze> {
        self.pages(self.url(&["freezes"]))
    }

    /// Makes a freeze, or changes it.
    ///
    /// # Errors
    /// When it can never hold, or what its scope names is not there.
    pub async fn set_freeze(&self, name: &FreezeName, freeze: &SetFreeze) -> Result<Freeze, ClientError> {
        self.put(self.url(&["freezes", name.as_str()]), freeze).await
    }

    /// Deletes a freeze.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn delete_freeze(&self, name: &FreezeName) -> Result<(), ClientError> {
        self.delete(self.url(&["freezes", name.as_str()])).await
    }

    /// Locks, the oldest first.
    pub fn locks(&self) -> Pages<'_, Lock> {
        self.pages(self.url(&["locks"]))
    }

    /// Locks deployments.
    ///
    /// # Errors
    /// When what the scope names is not there, or nothing is said.
    pub async fn add_lock(&self, lock: &AddLock, key: &IdempotencyKey) -> Result<Lock, ClientError> {
        self.post(self.url(&["locks"]), lock, key).await
    }

    /// Removes a lock.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn remove_lock(&self, id: LockId) -> Result<(), ClientError> {
        self.delete(self.url(&["locks", &id.to_string()])).await
    }

    /// Approves a deployment.
    ///
    /// # Errors
    /// When it is one's own, needs no approval or has begun, or its plan no longer holds.
    pub async fn approve_deployment(
        &self,
        id: DeploymentId,
        verdict: &Verdict,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "approve"), verdict, key).await
    }

    /// Rejects a deployment.
    ///
    /// # Errors
    /// As for an approval, and when nothing is said.
    pub async fn reject_deployment(
        &self,
        id: DeploymentId,
        verdict: &Verdict,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "reject"), verdict, key).await
    }

    /// Lets a scheduled deployment begin now.
    ///
    /// # Errors
    /// When it does not wait for a time.
    pub async fn start_deployment(
        &self,
        id: DeploymentId,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.order(self.command(id, "start"), key).await
    }

    /// Lets a deployment go on in spite of freezes.
    ///
    /// # Errors
    /// When it has ended, or nothing is said.
    pub async fn override_freeze(
        &self,
        id: DeploymentId,
        said: &OverrideFreeze,
        key: &IdempotencyKey,
    ) -> Result<DeploymentDetail, ClientError> {
        self.post(self.command(id, "override-freeze"), said, key).await
    }
}
