//! Running a script: the steps, and what it finds in its environment.
//!
//! A script lies on a host only while it runs, in a working directory that is no install root. So its steps do not depend on what is
//! installed, nothing is switched, and there is no way back.

use std::collections::BTreeMap;

use packhorse_model::manifest::{Command, ScriptSpec};
use packhorse_model::order::UnitOrder;
use packhorse_model::step::{Phase, StepKind};

use super::environment::Surroundings;
use super::installed::{Place, directory_name};
use super::steps::{HostPlan, HostPlanError, List, Side, incomplete};

/// The steps of a run.
pub(super) fn steps(order: &UnitOrder) -> Result<HostPlan, HostPlanError> {
    let to = order.to.as_ref().ok_or_else(|| incomplete(order))?;
    let script = to
        .manifest
        .script
        .as_ref()
        .ok_or_else(|| HostPlanError::NoScript { package: order.package.clone(), version: to.version.to_string() })?;
    let mut list = List::default();
    list.push(StepKind::Preflight, Phase::Prepare, Side::New);
    list.push(StepKind::Fetch, Phase::Prepare, Side::New);
    list.push(StepKind::Stage, Phase::Prepare, Side::New);
    list.command(StepKind::Run, Phase::Switch, Side::New, &Some(command(script, order)));
    let place = Place { version: to.version.clone(), directory: directory_name(&order.package, &to.version) };
    Ok(HostPlan { steps: list.0, old: None, new: Some(place) })
}

fn command(script: &ScriptSpec, order: &UnitOrder) -> Command {
    let timeout = Some(script.bounded(order.step_timeout_seconds));
    let (user, args) = (script.user.clone(), script.arguments.clone());
    Command { timeout, user, args, ..Command::of_file(&script.entry) }
}

/// The environment of a script but for its secrets: `PACKHORSE_…`, and each parameter under its own name and as
/// `PACKHORSE_PARAM_NAME`. Parameters cannot replace what Packhorse says.
#[must_use]
pub fn script_environment(order: &UnitOrder, around: &Surroundings<'_>) -> BTreeMap<String, String> {
    let parameters = order.to.iter().filter_map(|to| to.manifest.script.as_ref()).flat_map(|script| &script.parameter);
    let given = parameters.filter_map(|parameter| Some((&parameter.name, order.variables.get(&parameter.name)?)));
    let mut environment: BTreeMap<String, String> =
        given.flat_map(|(name, value)| parameter_names(name).map(|name| (name, value.clone()))).collect();
    let variable = |name: &str| order.variables.get(name).cloned().unwrap_or_default();
    let version = order.to.as_ref().map(|to| to.version.to_string()).unwrap_or_default();
    environment.extend([
        ("PACKHORSE_PACKAGE".to_owned(), order.package.to_string()),
        ("PACKHORSE_VERSION".to_owned(), version),
        ("PACKHORSE_HOST_NAME".to_owned(), variable("packhorse.host.name")),
        ("PACKHORSE_HOST_IP".to_owned(), variable("packhorse.host.ip")),
        ("PACKHORSE_DEPLOYMENT".to_owned(), around.deployment.to_string()),
        ("PACKHORSE_ATTEMPT".to_owned(), around.attempt.to_string()),
    ]);
    environment
}

/// The names under which a script finds a parameter.
#[must_use]
pub fn parameter_names(name: &str) -> [String; 2] {
    [name.to_owned(), format!("PACKHORSE_PARAM_{name}")]
}
