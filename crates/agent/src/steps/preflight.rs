//! Preflight: whether the host is as the plan expects, and has what the attempt will need.

use std::path::Path;

use packhorse_model::order::UnitAction;
use packhorse_model::step::StepKind;
use packhorse_planner::host::{HostPlan, Installed, room_needed, steps};

use super::{Did, Host, StepError, Task, script, size};
use crate::facts::disk_free;
use crate::install::lay::targets;
use crate::install::{Site, survey, unclaimed};
use crate::users;

pub(super) fn preflight(host: &Host, task: &Task) -> Result<Did, StepError> {
    let order = task.order();
    let installed = match Site::open(&host.paths, &order.install_root, &order.package)? {
        Some(site) => survey(&host.paths, &site, order)?.installed,
        None => Installed::nothing(),
    };
    let plan = steps(order, &installed).map_err(|error| StepError::Other(error.to_string()))?;
    users_exist(task, &plan)?;
    let script = match order.action {
        UnitAction::Run => Some(script::interpreter(task)?),
        _ => None,
    };
    if let (UnitAction::Install, Some(to)) = (order.action, &order.to) {
        let targets: Vec<_> = targets(to, &order.variables)?.into_iter().map(|(target, _)| target).collect();
        unclaimed(&host.paths, &order.package, &order.install_root, &targets)?;
    }
    let room = room(host, task, &plan)?;
    let found = match (&script, &installed.current) {
        (Some(interpreter), _) => format!("{} is there", interpreter.display()),
        (None, None) => format!("{} is not installed", order.package),
        (None, Some(current)) => format!("{} {} is installed", order.package, current.version),
    };
    Ok(Did { installed: Some(installed), ..Did::done(format!("{found}{room}")) })
}

/// Every user that a command of the attempt, or of the way back, will run as.
fn users_exist(task: &Task, plan: &HostPlan) -> Result<(), StepError> {
    let order = task.order();
    for release in [&order.from, &order.to].into_iter().flatten() {
        users::become_user(release.manifest.owner.as_deref())?;
        for owner in release.manifest.config.iter().filter_map(|file| file.owner.as_deref()) {
            users::owner(owner)?;
        }
    }
    for command in plan.steps.iter().filter_map(|step| step.step.command.as_ref()) {
        users::become_user(command.user.as_deref())?;
    }
    Ok(())
}

fn room(host: &Host, task: &Task, plan: &HostPlan) -> Result<String, StepError> {
    let order = task.order();
    let fetches = plan.steps.iter().any(|step| step.step.kind == StepKind::Fetch);
    let (true, Some(to)) = (fetches, &order.to) else { return Ok(String::new()) };
    let root = host.paths.on_host(&order.install_root).unwrap_or_else(|| host.paths.root().to_owned());
    let there = root.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    let free = disk_free(there).map_err(|source| StepError::Io { path: there.to_owned(), source })?;
    let needed = room_needed(to);
    if free < needed {
        return Err(StepError::Other(format!(
            "{} needs {} and there are {} free in {}: make room there, or give the package another install_root",
            order.package,
            size(needed),
            size(free),
            there.display()
        )));
    }
    Ok(format!(", {} free", size(free)))
}
