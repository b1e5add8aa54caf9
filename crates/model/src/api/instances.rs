//! Instances: one package on one host.

use serde::{Deserialize, Serialize};

use crate::ids::{DeploymentId, HostId};
use crate::name::{HostName, PackageName};
use crate::order::{Health, InstanceState};
use crate::topology::ModulePath;
use crate::version::VersionNumber;

/// One package on one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instance {
    /// The host.
    pub host: HostId,
    /// Its name.
    pub host_name: HostName,
    /// Its address.
    pub address: String,
    /// The host's modules.
    pub modules: Vec<ModulePath>,
    /// The package.
    pub package: PackageName,
    /// The current version.
    pub version: VersionNumber,
    /// The version to which it can be put back without download.
    pub previous: Option<VersionNumber>,
    /// Whether it is meant to run.
    pub state: InstanceState,
    /// Whether it does what it should; unknown while the host is not heard of.
    pub health: Health,
    /// Why it is not healthy.
    pub reason: Option<String>,
    /// Where it lies.
    pub install_root: String,
    /// The deployment that last changed it.
    pub deployment: Option<DeploymentId>,
    /// When it last changed.
    pub updated_at: jiff::Timestamp,
}
