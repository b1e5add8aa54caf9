//! `/api/v1/topology`.

use packhorse_model::api::topology::{AppliedTopology, Topology};
use packhorse_model::topology::TopologySpec;

use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// The whole tree, with counts.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn topology(&self) -> Result<Topology, ClientError> {
        self.get(self.url(&["topology"])).await
    }

    /// Adds and changes what `spec` says; removes nothing.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn apply_topology(&self, spec: &TopologySpec) -> Result<AppliedTopology, ClientError> {
        self.put(self.url(&["topology"]), spec).await
    }
}
