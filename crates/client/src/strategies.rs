//! `/api/v1/strategies`.

use packhorse_model::api::strategies::{NamedStrategy, SetStrategy};
use packhorse_model::name::StrategyName;

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::Pages;

impl Client {
    /// Strategies by name.
    pub fn strategies(&self) -> Pages<'_, NamedStrategy> {
        self.pages(self.url(&["strategies"]))
    }

    /// One strategy.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn strategy(&self, name: &StrategyName) -> Result<NamedStrategy, ClientError> {
        self.get(self.url(&["strategies", name.as_str()])).await
    }

    /// Saves a strategy under a name.
    ///
    /// # Errors
    /// When it says what cannot be.
    pub async fn set_strategy(
        &self,
        name: &StrategyName,
        strategy: &SetStrategy,
    ) -> Result<NamedStrategy, ClientError> {
        self.put(self.url(&["strategies", name.as_str()]), strategy).await
    }

    /// Deletes a strategy.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn delete_strategy(&self, name: &StrategyName) -> Result<(), ClientError> {
        self.delete(self.url(&["strategies", name.as_str()])).await
    }
}
