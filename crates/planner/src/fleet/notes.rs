//! What a person should know before applying a plan.

use std::collections::BTreeMap;

use packhorse_model::api::plans::{Caution, CautionCode};
use packhorse_model::deployment::{Action, DeploymentSpec};
use packhorse_model::order::{Health, InstanceState, UnitAction, UnitOrder};
use packhorse_model::{HostName, VersionNumber};

use super::inventory::InventoryHost;
use crate::host::has_proof;

/// What was noted while hosts were looked at.
#[derive(Default)]
pub(crate) struct Notes {
    units: usize,
    downgrades: BTreeMap<(VersionNumber, VersionNumber), Vec<HostName>>,
    unhealthy: Vec<HostName>,
    unproven: Vec<HostName>,
    unknown_version: Vec<HostName>,
    drifted: Vec<HostName>,
    drifted_files: u64,
    data_removed: BTreeMap<String, Vec<HostName>>,
}

impl Notes {
    /// Notes what the host says, whether it takes part or not.
    pub(crate) fn look_at(&mut self, host: &InventoryHost) {
        if host.instance.as_ref().is_some_and(|instance| instance.current.known.is_none()) {
            self.unknown_version.push(host.name.clone());
        }
    }

    /// Notes what a host that takes part is told.
    pub(crate) fn take_part(&mut self, host: &InventoryHost, order: &UnitOrder) {
        self.units += 1;
        if let (Some(from), Some(to)) = (&order.from, &order.to)
            && to.version < from.version
        {
            let key = (from.version.clone(), to.version.clone());
            self.downgrades.entry(key).or_default().push(host.name.clone());
        }
        let is_bad = |state, health| state == InstanceState::Running && health == Health::Unhealthy;
        if host.instance.as_ref().is_some_and(|instance| is_bad(instance.state, instance.health)) {
            self.unhealthy.push(host.name.clone());
        }
        if order.action == UnitAction::Install && !order.to.as_ref().is_some_and(has_proof) {
            self.unproven.push(host.name.clone());
        }
        if let Some(files) = host.instance.as_ref().and_then(|instance| instance.drift).filter(|files| *files > 0) {
            self.drifted.push(host.name.clone());
            self.drifted_files += files;
        }
        for directory in &order.remove_data {
            let path = format!("{}/{directory}", order.install_root);
            self.data_removed.entry(path).or_default().push(host.name.clone());
        }
    }

    pub(crate) fn into_warnings(self, spec: &DeploymentSpec) -> Vec<Caution> {
        let package = &spec.package;
        let mut warnings = Vec::new();
        if self.units == 0 {
            warnings.push(Caution::new(CautionCode::NothingToDo, "there is nothing to do"));
        }
        for ((from, to), hosts) in &self.downgrades {
            if !matches!(spec.action, Action::Rollback | Action::Downgrade) {
                let text = format!("{to} is older than {from}, which is on {}", list(hosts));
                let caution = Caution::new(CautionCode::Downgrade, text).about(hosts);
                warnings.push(caution.param("from", from).param("to", to));
            }
        }
        if !self.unhealthy.is_empty() {
            let limit = spec.strategy.max_unavailable;
            let counted =
                limit.map(|limit| format!("; it counts as down, and only {limit} may be")).unwrap_or_default();
            let text = format!("{package} is not healthy now on {}{counted}", list(&self.unhealthy));
            let caution = Caution::new(CautionCode::Unhealthy, text).about(&self.unhealthy);
            warnings.push(match limit {
                Some(limit) => caution.param("limit", limit),
                None => caution,
            });
        }
        if !self.unproven.is_empty() {
            let hosts = list(&self.unproven);
            let text = format!(
                "{package} has no health check and no validate command, so nothing proves that it works on {hosts}"
            );
            warnings.push(Caution::new(CautionCode::Unproven, text).about(&self.unproven));
        }
        if !self.unknown_version.is_empty() {
            let hosts = list(&self.unknown_version);
            let text = format!("the registry does not know the version that runs on {hosts}");
            warnings.push(Caution::new(CautionCode::VersionUnknown, text).about(&self.unknown_version));
        }
        if !self.drifted.is_empty() {
            let (files, hosts) = (self.drifted_files, list(&self.drifted));
            let text = format!("files of {package} differ from what was deployed, {files} in all, on {hosts}");
            warnings.push(Caution::new(CautionCode::Drift, text).about(&self.drifted).param("files", files));
        }
        for (path, hosts) in &self.data_removed {
            let text = format!("{path} and all that is in it is removed on {}", list(hosts));
            warnings.push(Caution::new(CautionCode::DataRemoved, text).about(hosts).param("path", path));
        }
        warnings
    }
}

/// The first of some hosts, and how many more there are.
pub(crate) fn list(hosts: &[HostName]) -> String {
    const SHOWN: usize = 5;
    let mut text = hosts.iter().take(SHOWN).map(HostName::as_str).collect::<Vec<_>>().join(", ");
    if hosts.len() > SHOWN {
        text.push_str(&format!(" and {} more", hosts.len() - SHOWN));
    }
    text
}
