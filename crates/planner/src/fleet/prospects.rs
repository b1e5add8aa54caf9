//! What would become of hosts, before anybody plans: who would change, and who cannot be chosen.

use packhorse_model::HostName;
use packhorse_model::api::targets::Prospect;
use packhorse_model::deployment::DeploymentSpec;

use super::exclusion::Exclusion;
use super::inventory::Inventory;
use super::outlook::{Goal, Outlook, outlook};
use super::plan::{PlanError, chosen, expected};
use crate::host::steps;

/// What would become of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which.
    pub host: HostName,
    /// Whether it would change.
    pub prospect: Prospect,
    /// Why it cannot be chosen.
    pub exclusion: Option<Exclusion>,
}

/// What would become of each host that is meant, in the order in which they would go. Whether variables have values is left to the plan.
///
/// # Errors
/// As [`plan`](super::plan()), where the spec asks for what cannot be.
pub fn prospects(spec: &DeploymentSpec, inventory: &Inventory) -> Result<Vec<Outcome>, PlanError> {
    let goal = Goal::of(spec, inventory)?;
    let prospect = |host| match outlook(&spec.package, goal, host) {
        Outlook::Unchanged => (Prospect::Unchanged, None),
        Outlook::Excluded(exclusion) => (Prospect::Excluded, Some(exclusion)),
        Outlook::Change(change) => {
            let order = change.order(spec, host);
            match steps(&order, &expected(&order, host)) {
                Ok(_) => (Prospect::Changes, None),
                Err(error) => (Prospect::Excluded, Some(error.into())),
            }
        }
    };
    let hosts = chosen(spec, inventory)?.into_iter().map(|host| (host, prospect(host)));
    Ok(hosts.map(|(host, (prospect, exclusion))| Outcome { host: host.name.clone(), prospect, exclusion }).collect())
}
