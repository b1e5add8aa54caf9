//! `/api/v1/deployments/{id}/units` and `/api/v1/units`.

use packhorse_model::api::control::Confirm;
use packhorse_model::api::deployments::{Unit, UnitDetail};
use packhorse_model::deployment::UnitState;
use packhorse_model::ids::{DeploymentId, UnitId};

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query, word};

/// Which units of a deployment.
#[derive(Debug, Clone, Copy, Default)]
pub struct UnitFilter {
    /// Of this batch, from 0.
    pub batch: Option<u32>,
    /// In this state.
    pub state: Option<UnitState>,
}

impl Client {
    /// The units of a deployment's current plan, by batch and host.
    pub fn units(&self, deployment: DeploymentId, filter: UnitFilter) -> Pages<'_, Unit> {
        let filters = [("batch", filter.batch.map(|batch| batch.to_string())), ("state", word(filter.state))];
        self.pages(with_query(self.url(&["deployments", &deployment.to_string(), "units"]), &filters))
    }

    /// One unit with the steps of its attempts.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn unit(&self, id: UnitId) -> Result<UnitDetail, ClientError> {
        self.get(self.url(&["units", &id.to_string()])).await
    }

    /// Settles a unit of which nobody knows by what a person found on its host.
    ///
    /// # Errors
    /// When the unit is not unknown.
    pub async fn confirm_unit(
        &self,
        id: UnitId,
        found: &Confirm,
        key: &IdempotencyKey,
    ) -> Result<UnitDetail, ClientError> {
        self.post(self.url(&["units", &id.to_string(), "confirm"]), found, key).await
    }
}
