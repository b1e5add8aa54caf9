//! `/api/v1/instances`.

use packhorse_model::api::instances::{
    ApplyOperation, Instance, InstanceChange, InstanceOperation, OperationPlan, OperationStarted,
};
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_model::{HostName, PackageName, TopologyName, VersionNumber};

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query, word};

/// Which instances.
#[derive(Debug, Clone, Default)]
pub struct InstanceFilter {
    /// Of this package.
    pub package: Option<PackageName>,
    /// On hosts of this module.
    pub module: Option<ModulePath>,
    /// On this host.
    pub host: Option<HostName>,
    /// Of this version.
    pub version: Option<VersionNumber>,
    /// In this state.
    pub state: Option<InstanceState>,
    /// Of this health.
    pub health: Option<Health>,
    /// On hosts of this business.
    pub business: Option<TopologyName>,
    /// On hosts of systems of this name.
    pub system: Option<TopologyName>,
    /// On hosts of systems that are for this.
    pub environment: Option<Environment>,
    /// `some`: only those of which files differ from what was deployed; `none`: only the others.
    pub drift: Option<String>,
    /// By what they are sorted, as the server calls it: `host`, `-since`.
    pub sort: Option<String>,
}

impl Client {
    /// Instances by package and host.
    pub fn instances(&self, filter: &InstanceFilter) -> Pages<'_, Instance> {
        let filters = [
            ("package", filter.package.as_ref().map(ToString::to_string)),
            ("module", filter.module.as_ref().map(ToString::to_string)),
            ("host", filter.host.as_ref().map(ToString::to_string)),
            ("version", filter.version.as_ref().map(ToString::to_string)),
            ("state", word(filter.state)),
            ("health", word(filter.health)),
            ("business", filter.business.as_ref().map(ToString::to_string)),
            ("system", filter.system.as_ref().map(ToString::to_string)),
            ("environment", word(filter.environment)),
            ("drift", filter.drift.clone()),
            ("sort", filter.sort.clone()),
        ];
        self.pages(with_query(self.url(&["instances"]), &filters))
    }

    /// What deployments did to one instance, newest first.
    pub fn instance_history(&self, host: &HostName, package: &PackageName) -> Pages<'_, InstanceChange> {
        self.pages(self.url(&["hosts", host.as_str(), "instances", package.as_str(), "history"]))
    }

    /// What an operation over many instances would do: a plan for each package.
    ///
    /// # Errors
    /// When no instance is meant, or what is asked for cannot be planned.
    pub async fn plan_operation(
        &self,
        operation: &InstanceOperation,
        key: &IdempotencyKey,
    ) -> Result<OperationPlan, ClientError> {
        self.post(self.url(&["instances", "operations", "plan"]), operation, key).await
    }

    /// Applies the plans of an operation, all of them or none.
    ///
    /// # Errors
    /// When one of them no longer holds, or another deployment is in the way.
    pub async fn apply_operation(
        &self,
        operation: &ApplyOperation,
        key: &IdempotencyKey,
    ) -> Result<OperationStarted, ClientError> {
        self.post(self.url(&["instances", "operations", "apply"]), operation, key).await
    }
}
