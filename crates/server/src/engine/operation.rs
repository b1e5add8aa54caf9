//! From one operation over many instances to a deployment for each package.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::api::asked::AskedSpec;
use packhorse_model::api::instances::{DriftSelection, InstanceOperation, InstanceSelection};
use packhorse_model::deployment::{Action, DeploymentSpec, Targets};
use packhorse_model::strategy::Strategy;
use packhorse_model::{HostName, PackageName};
use packhorse_store::instances::{self, Drift, Filter, HeardSince, InstanceOrder, InstancePlace, Within};
use packhorse_store::{Conn, topology};

use super::strategy;
use crate::app::App;
use crate::error::ApiError;
use crate::presence;

/// Packages that one operation may be about.
pub(crate) const MOST_PACKAGES: usize = 50;
/// Instances that one operation may be about.
const MOST_INSTANCES: usize = 20_000;
/// Modules and hosts that a filter may name, multiplied.
const MOST_LOOKS: usize = 1_000;
/// Instances that are read at a time.
const AT_ONCE: u32 = 1_000;

/// The deployments that an operation means, by package. Which instances a filter means is found out now, and fixed from then on.
pub(crate) async fn specs(
    app: &App,
    conn: &mut Conn,
    operation: &InstanceOperation,
    now: Timestamp,
) -> Result<Vec<DeploymentSpec>, ApiError> {
    if matches!(operation.action, Action::Deploy | Action::Run) {
        return Err(refused("an operation is about instances that there are: it neither deploys nor runs scripts")
            .hint("use upgrade or downgrade, or deploy to modules and hosts"));
    }
    let chosen = match (&operation.filter, operation.instances.is_empty()) {
        (None, true) => {
            return Err(refused("it is not said which instances are meant").hint("give instances, or a filter"));
        }
        (Some(_), false) => return Err(refused("instances and a filter are given").hint("give one of the two")),
        (None, false) => Ok(of_names(operation)),
        (Some(filter), true) => of_filter(app, conn, filter, now).await,
    }?;
    let total: usize = chosen.values().map(BTreeSet::len).sum();
    if total == 0 {
        return Err(ApiError::invalid("no_instances", "no instance is as the filter says")
            .hint("`packhorse instance list` takes the same filters and shows which there are"));
    }
    if chosen.len() > MOST_PACKAGES || total > MOST_INSTANCES {
        return Err(refused(&format!("{total} instances of {} packages are meant", chosen.len())).hint(format!(
            "up to {MOST_INSTANCES} of {MOST_PACKAGES} may be in one operation: say more narrowly which"
        )));
    }
    if operation.version.is_some() && chosen.len() > 1 {
        return Err(refused("a version is of one package, and several are meant")
            .hint("name the package, and do one operation for each"));
    }
    let modules = operation.filter.as_ref().map(|filter| filter.modules.clone()).unwrap_or_default();
    let asked = |(package, hosts): (PackageName, BTreeSet<HostName>)| {
        let spec = DeploymentSpec {
            action: operation.action,
            package,
            version: operation.version.clone(),
            also: Vec::new(),
            targets: Targets { modules: modules.clone(), hosts: hosts.into_iter().collect(), ..Targets::default() },
            strategy: Strategy::default(),
            data: operation.data,
            parameters: BTreeMap::new(),
            strategy_name: operation.strategy_name.clone(),
            not_before: operation.not_before,
        };
        AskedSpec { spec, said: operation.strategy.clone() }
    };
    let mut specs = Vec::with_capacity(chosen.len());
    for asked in chosen.into_iter().map(asked) {
        specs.push(strategy::settle(conn, asked, now).await?);
    }
    Ok(specs)
}

/// The hosts of each package.
type Chosen = BTreeMap<PackageName, BTreeSet<HostName>>;

fn refused(title: &str) -> ApiError {
    ApiError::invalid("bad_operation", title)
}

fn of_names(operation: &InstanceOperation) -> Chosen {
    let mut chosen = Chosen::new();
    for name in &operation.instances {
        chosen.entry(name.package.clone()).or_default().insert(name.host.clone());
    }
    chosen
}

async fn of_filter(
    app: &App,
    conn: &mut Conn,
    selection: &InstanceSelection,
    now: Timestamp,
) -> Result<Chosen, ApiError> {
    if *selection == InstanceSelection::default() {
        return Err(refused("the filter says nothing, which would mean every instance there is")
            .hint("say at least a package, a module, a host, a state or a health"));
    }
    let mut modules = Vec::with_capacity(selection.modules.len());
    for path in &selection.modules {
        let module = topology::module(conn, path).await?;
        modules.push(Some(module.ok_or_else(|| {
            ApiError::not_found("module", path).hint("`packhorse topology tree` shows those that there are")
        })?));
    }
    let mut hosts: Vec<Option<HostName>> = selection.hosts.iter().cloned().map(Some).collect();
    // What is not said is looked at once, for all.
    if modules.is_empty() {
        modules.push(None);
    }
    if hosts.is_empty() {
        hosts.push(None);
    }
    if modules.len().saturating_mul(hosts.len()) > MOST_LOOKS {
        return Err(refused("the filter names too many modules and hosts").hint("choose the instances by name"));
    }
    let since = HeardSince(presence::cutoff(now, app.config.host_offline_after));
    let mut chosen = Chosen::new();
    let mut total = 0;
    for module in &modules {
        for host in &hosts {
            let filter = filter(selection, *module, host.clone());
            let mut after: Option<InstancePlace> = None;
            // One more than may be is enough to refuse them.
            while total <= MOST_INSTANCES {
                let (page, _) = instances::page(conn, &filter, since, after.as_ref(), AT_ONCE).await?;
                let is_last = page.len() < AT_ONCE as usize;
                total += page.len();
                after = page.last().map(|last| InstanceOrder::default().behind(last));
                for instance in page {
                    chosen.entry(instance.package).or_default().insert(instance.host_name);
                }
                if is_last {
                    break;
                }
            }
        }
    }
    Ok(chosen)
}

fn filter(
    selection: &InstanceSelection,
    module: Option<packhorse_model::ids::ModuleId>,
    host: Option<HostName>,
) -> Filter {
    Filter {
        package: selection.package.clone(),
        module,
        host,
        version: selection.version.clone(),
        state: selection.state,
        health: selection.health,
        within: Within {
            business: selection.business.clone(),
            system: selection.system.clone(),
            environment: selection.environment,
        },
        drift: selection.drift.map(|drift| match drift {
            DriftSelection::Some => Drift::Some,
            DriftSelection::None => Drift::None,
        }),
    }
}
