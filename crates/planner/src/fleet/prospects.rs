//! What would become of hosts, before anybody plans: who would change, and who cannot be chosen.

use packhorse_model::HostName;
use packhorse_model::api::targets::Prospect;
use packhorse_model::deployment::DeploymentSpec;

use super::inventory::Inventory;
use super::outlook::{Goal, Outlook, outlook};
use super::plan::{PlanError, chosen, expected};
use crate::host::steps;

/// What would become of each host that is meant, in the order in which they would go, and why it cannot be chosen. Whether variables have
/// values is left to the plan.
///
/// # Errors
/// As [`plan`](super::plan()), where the spec asks for what cannot be.
pub fn prospects(
    spec: &DeploymentSpec,
    inventory: &Inventory,
) -> Result<Vec<(HostName, Prospect, Option<String>)>, PlanError> {
    let goal = Goal::of(spec, inventory)?;
    let prospect = |host| match outlook(&spec.package, goal, host) {
        Outlook::Unchanged => (Prospect::Unchanged, None),
        Outlook::Excluded(reason) => (Prospect::Excluded, Some(reason)),
        Outlook::Change(change) => {
            let order = change.order(spec, host);
            match steps(&order, &expected(&order, host)) {
                Ok(_) => (Prospect::Changes, None),
                Err(error) => (Prospect::Excluded, Some(error.to_string())),
            }
        }
    };
    let hosts = chosen(spec, inventory)?.into_iter();
    Ok(hosts.map(|host| (host, prospect(host))).map(|(host, (is, reason))| (host.name.clone(), is, reason)).collect())
}
