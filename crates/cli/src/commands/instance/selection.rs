//! Which instances an operation is about, as it is said on the command line.

use clap::Args;
use packhorse_model::api::instances::{DriftSelection, InstanceSelection};
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_model::{HostName, PackageName, TopologyName, VersionNumber};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// All for which everything holds that is said.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// The package; without one, every package of which instances are as said below
    package: Option<PackageName>,
    /// The package, as an option
    #[arg(long = "package", value_name = "NAME", conflicts_with = "package", help_heading = "Instances")]
    named: Option<PackageName>,
    /// Only on hosts of this module; may be given several times
    #[arg(long, alias = "module", value_name = "BUSINESS/SYSTEM/MODULE", help_heading = "Instances")]
    to: Vec<ModulePath>,
    /// Only on this host; may be given several times
    #[arg(long, value_name = "HOST", help_heading = "Instances")]
    host: Vec<HostName>,
    /// Only on hosts of this business
    #[arg(long, value_name = "NAME", help_heading = "Instances")]
    business: Option<TopologyName>,
    /// Only on hosts of systems of this name
    #[arg(long, value_name = "NAME", help_heading = "Instances")]
    system: Option<TopologyName>,
    /// Only on hosts of systems that are for this
    #[arg(long, value_parser = words::one_of::<Environment>(words::ENVIRONMENTS), help_heading = "Instances")]
    environment: Option<Environment>,
    /// Only in this state
    #[arg(long, value_parser = words::one_of::<InstanceState>(words::INSTANCE_STATES), help_heading = "Instances")]
    state: Option<InstanceState>,
    /// Only of this health
    #[arg(long, value_parser = words::one_of::<Health>(words::HEALTHS), help_heading = "Instances")]
    health: Option<Health>,
    /// Only those of which files differ from what was deployed, or none does
    #[arg(long, value_parser = words::one_of::<DriftSelection>(words::DRIFTS), help_heading = "Instances")]
    drift: Option<DriftSelection>,
}

impl Selection {
    /// As the server reads it.
    ///
    /// # Errors
    /// When nothing is said: every instance that there is would be meant.
    pub(crate) fn filter(self, version: Option<VersionNumber>) -> Result<InstanceSelection, CommandError> {
        let filter = InstanceSelection {
            package: self.package.or(self.named),
            version,
            modules: self.to,
            hosts: self.host,
            business: self.business,
            system: self.system,
            environment: self.environment,
            state: self.state,
            health: self.health,
            drift: self.drift,
        };
        if filter == InstanceSelection::default() {
            return Err(CommandError::new(Exit::Usage, "it is not said which instances are meant")
                .hinted("name a package, or say more with --to, --host, --state, --health and the others"));
        }
        Ok(filter)
    }
}
