//! Where a plan brings the files of a config package.

use std::collections::BTreeMap;

use packhorse_model::HostName;
use packhorse_model::api::config_targets::PlannedConfigFile;
use packhorse_model::manifest::ConfigFile;
use packhorse_model::order::{Release, UnitOrder};
use packhorse_planner::fleet::Planned;
use packhorse_planner::host::render_text;

/// The files of each change of a plan, in the order of its changes.
pub(super) fn of(planned: &Planned) -> Vec<Vec<PlannedConfigFile>> {
    let is_config = |release: &Release| !release.manifest.config.is_empty();
    if !planned.changes.iter().filter_map(|change| change.to.as_ref()).any(is_config) {
        return planned.changes.iter().map(|_| Vec::new()).collect();
    }
    let units = planned.batches.iter().flat_map(|batch| &batch.units);
    let orders: BTreeMap<&HostName, &UnitOrder> = units.map(|unit| (&unit.host_name, &unit.order)).collect();
    let files = |change: &packhorse_planner::fleet::PlannedChange| {
        let order = change.hosts.first().and_then(|host| orders.get(host));
        let release = change.to.as_ref();
        let files =
            release.into_iter().flat_map(|release| release.manifest.config.iter().map(move |file| (release, file)));
        files.map(|(release, file)| file_of(release, file, order.copied())).collect()
    };
    planned.changes.iter().map(files).collect()
}

fn file_of(release: &Release, file: &ConfigFile, order: Option<&UnitOrder>) -> PlannedConfigFile {
    // A plan with variables that have no value is never made; what cannot be replaced is shown as it stands.
    let target = order.and_then(|order| render_text(&file.target, &order.variables).ok());
    let target = target.unwrap_or_else(|| file.target.clone());
    PlannedConfigFile {
        file: file.file.clone(),
        pattern: Some(file.target.clone()).filter(|pattern| *pattern != target),
        target,
        owner: file.owner.clone().or_else(|| release.manifest.owner.clone()),
        mode: file.mode.clone(),
    }
}
