//! What a command of a package finds in its environment.

use std::collections::BTreeMap;

use packhorse_model::ids::{AttemptId, DeploymentId};
use packhorse_model::order::UnitOrder;

use super::arrangement::Arrangement;
use super::render::{RenderError, render_text};
use super::steps::{HostPlan, HostStep};

/// What the environment tells beside the order.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The install root as the command sees it: below the agent's own root, if it has one.
    pub install_root: &'a str,
    /// The deployment.
    pub deployment: DeploymentId,
    /// The attempt.
    pub attempt: AttemptId,
}

/// The environment of a step's command: `PACKHORSE_…`, `APP_HOME`, and what the package adds, with its variables replaced. What the
/// package adds cannot replace ours.
///
/// # Errors
/// When the package's own environment uses variables that the order does not have.
pub fn environment(
    order: &UnitOrder,
    plan: &HostPlan,
    step: &HostStep,
    around: &Surroundings<'_>,
) -> Result<BTreeMap<String, String>, RenderError> {
    let mut environment = BTreeMap::new();
    if let Some(command) = &step.step.command {
        for (name, value) in &command.env {
            environment.insert(name.clone(), render_text(value, &order.variables)?);
        }
    }
    let version = |side: Option<&str>| side.unwrap_or_default().to_owned();
    let of = step.of.release(order);
    let arrangement = Arrangement::ordered(order);
    let home = match plan.place(step.of) {
        Some(place) if arrangement != Arrangement::Overwrite => format!("{}/{}", around.install_root, place.directory),
        _ => around.install_root.to_owned(),
    };
    let current = match arrangement {
        Arrangement::Symlink => format!("{}/current", around.install_root),
        Arrangement::Versioned | Arrangement::Overwrite | Arrangement::Config => home.clone(),
    };
    let variable = |name: &str| order.variables.get(name).cloned().unwrap_or_default();
    environment.extend([
        ("PACKHORSE_PACKAGE".to_owned(), order.package.to_string()),
        ("PACKHORSE_VERSION".to_owned(), version(of.map(|release| release.version.as_str()))),
        ("PACKHORSE_PREVIOUS_VERSION".to_owned(), version(order.from.as_ref().map(|release| release.version.as_str()))),
        ("PACKHORSE_INSTALL_ROOT".to_owned(), around.install_root.to_owned()),
        ("PACKHORSE_HOME".to_owned(), home.clone()),
        ("PACKHORSE_CURRENT".to_owned(), current),
        ("PACKHORSE_HOST_NAME".to_owned(), variable("packhorse.host.name")),
        ("PACKHORSE_HOST_IP".to_owned(), variable("packhorse.host.ip")),
        ("PACKHORSE_DEPLOYMENT".to_owned(), around.deployment.to_string()),
        ("PACKHORSE_ATTEMPT".to_owned(), around.attempt.to_string()),
        ("APP_HOME".to_owned(), home),
    ]);
    Ok(environment)
}
