//! `/api/v1/instances`.

use packhorse_model::api::instances::Instance;
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::topology::ModulePath;
use packhorse_model::{HostName, PackageName, VersionNumber};

use crate::client::Client;
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
        ];
        self.pages(with_query(self.url(&["instances"]), &filters))
    }
}
