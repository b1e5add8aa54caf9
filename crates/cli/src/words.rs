//! The model's states as people say them, and as colours show them. Pure.

use packhorse_model::api::deployments::Unit;
use packhorse_model::deployment::{Action, BatchKind, DeploymentState, UnitFailure, UnitState};
use packhorse_model::label::Labels;
use packhorse_model::order::{Aftermath, Health, InstanceState, UnitAction};
use packhorse_model::run::ScriptExit;
use packhorse_model::step::StepKind;

use packhorse_model::api::packages::Finding;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::de::DeserializeOwned;

use crate::output::{Style, harmless};

/// A finding in one line: `conf/a.json:2:1: it is not JSON: … [CONFIG_SYNTAX]`.
pub(crate) fn finding(finding: &Finding) -> String {
    let place = finding.place.as_ref().map(|place| format!("{}: ", harmless(&place.to_string()))).unwrap_or_default();
    format!("{place}{} [{}]", harmless(&finding.message), finding.rule)
}

/// The words of [`packhorse_model::PackageKind`].
pub(crate) const PACKAGE_KINDS: &[&str] = &["file", "config", "script", "database", "image", "app"];
/// The words of [`packhorse_model::VersionState`].
pub(crate) const VERSION_STATES: &[&str] = &["published", "yanked", "banned"];
/// Those of them that are pushed as files.
pub(crate) const PUSHED_KINDS: &[&str] = &["file", "config", "script", "database"];
/// The words of [`packhorse_model::manifest::Engine`].
pub(crate) const ENGINES: &[&str] = &["postgres", "mysql", "sqlite"];
/// The words of [`packhorse_model::database::DatabaseTls`].
pub(crate) const DATABASE_TLS: &[&str] = &["off", "prefer", "require", "verify"];
/// The words of [`packhorse_model::manifest::Interpreter`].
pub(crate) const INTERPRETERS: &[&str] = &["bash", "sh", "python", "perl", "powershell"];
/// The words of [`packhorse_model::api::objects::RelationSide`].
pub(crate) const RELATION_SIDES: &[&str] = &["children", "parents"];
/// The words of [`packhorse_model::api::hosts::HostState`].
pub(crate) const HOST_STATES: &[&str] = &["online", "offline"];
/// The words of [`InstanceState`].
pub(crate) const INSTANCE_STATES: &[&str] = &["running", "stopped"];
/// The words of [`Health`].
pub(crate) const HEALTHS: &[&str] = &["healthy", "unhealthy", "unknown"];
/// The words of [`packhorse_model::topology::Environment`].
pub(crate) const ENVIRONMENTS: &[&str] = &["dev", "test", "staging", "prod"];
/// The orders of the list of instances.
pub(crate) const INSTANCE_SORTS: [&str; 12] = [
    "host", "-host", "package", "-package", "version", "-version", "state", "-state", "health", "-health", "since",
    "-since",
];
/// Whether files of an instance differ from what was deployed.
pub(crate) const DRIFTS: &[&str] = &["some", "none"];
/// The words of [`packhorse_model::deployment::UnitState`].
pub(crate) const UNIT_STATES: &[&str] = &[
    "pending",
    "preparing",
    "prepared",
    "switching",
    "baking",
    "retiring",
    "restoring",
    "succeeded",
    "failed",
    "unknown",
    "cancelled",
    "skipped",
];
/// The words of [`DeploymentState`].
pub(crate) const DEPLOYMENT_STATES: &[&str] = &[
    "running",
    "paused",
    "halted",
    "rolling_back",
    "aborting",
    "succeeded",
    "partly_succeeded",
    "rolled_back",
    "aborted",
    "failed",
    "superseded",
];
/// The words of [`packhorse_model::strategy::OnFailure`].
pub(crate) const ON_FAILURES: &[&str] = &["stop", "rollback", "ignore", "ask"];
/// The words of [`packhorse_model::strategy::Pause`].
pub(crate) const PAUSES: &[&str] = &["none", "after_canary", "between_batches"];
/// The words of [`Aftermath`].
pub(crate) const AFTERMATHS: &[&str] = &["untouched", "restored", "broken", "removed"];

/// The words of [`packhorse_model::guard::Weekday`].
pub(crate) const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The words of [`packhorse_model::variables::VariableType`] that a value can be given for.
pub(crate) const VALUE_TYPES: &[&str] = &["text", "integer", "boolean"];

/// Reads an enum of the model from the words with which it travels.
pub(crate) fn one_of<T>(words: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| serde_json::from_value::<T>(word.into()))
}

/// The word with which a value of an enum travels, without its underscores.
pub(crate) fn word<T: serde::Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word.replace('_', " "),
        _ => String::new(),
    }
}

/// `rack=12, zone=a`.
pub(crate) fn labels(labels: &Labels) -> String {
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

/// `rolling back`.
pub(crate) fn deployment_state(state: DeploymentState, style: Style) -> String {
    let text = word(state);
    match state {
        DeploymentState::Succeeded => style.green(&text),
        DeploymentState::Failed | DeploymentState::RolledBack | DeploymentState::Halted => style.red(&text),
        DeploymentState::RollingBack
        | DeploymentState::Paused
        | DeploymentState::Aborting
        | DeploymentState::PartlySucceeded => style.yellow(&text),
        DeploymentState::Running | DeploymentState::Aborted | DeploymentState::Superseded => text,
    }
}

/// `switching`.
pub(crate) fn unit_state(state: UnitState, style: Style) -> String {
    let text = word(state);
    match state {
        UnitState::Succeeded => style.green(&text),
        UnitState::Failed | UnitState::Unknown => style.red(&text),
        UnitState::Restoring => style.yellow(&text),
        UnitState::Pending | UnitState::Cancelled | UnitState::Skipped => style.dim(&text),
        UnitState::Preparing | UnitState::Prepared | UnitState::Switching | UnitState::Baking | UnitState::Retiring => {
            text
        }
    }
}

/// `switching`; of a unit that did not fail itself `went back with shop-web`.
pub(crate) fn unit_standing(unit: &Unit, style: Style) -> String {
    match unit.failure.as_ref().and_then(|failure| followed(unit, failure)) {
        Some(text) => style.yellow(&text),
        None => unit_state(unit.state, style),
    }
}

/// `failed at start`; of a unit that did not fail itself `went back with shop-web`.
pub(crate) fn unit_failed(unit: &Unit, failure: &UnitFailure) -> String {
    followed(unit, failure).unwrap_or_else(|| format!("{} at {}", word(unit.state), step(failure.step)))
}

/// What became of a unit because of another package of its host, if it did not fail on its own account.
fn followed(unit: &Unit, failure: &UnitFailure) -> Option<String> {
    let companion = failure.companion.as_ref()?;
    match (unit.state, failure.aftermath) {
        (UnitState::Restoring, _) => Some(format!("going back with {companion}")),
        (UnitState::Failed, Some(Aftermath::Untouched)) => Some(format!("not begun because of {companion}")),
        (UnitState::Failed, Some(Aftermath::Restored | Aftermath::Removed)) => {
            Some(format!("went back with {companion}"))
        }
        _ => None,
    }
}

/// `running, healthy`.
pub(crate) fn instance_state(state: InstanceState, health: Health) -> String {
    match (state, health) {
        (InstanceState::Stopped, _) => "stopped".to_owned(),
        (InstanceState::Running, Health::Unknown) => "running".to_owned(),
        (InstanceState::Running, health) => format!("running, {}", word(health)),
    }
}

/// `pre_stop`, as the manifest and the console name it.
pub(crate) fn step(kind: StepKind) -> String {
    word(kind).replace(' ', "_")
}

/// `deploys`.
pub(crate) fn action(action: Action) -> &'static str {
    match action {
        Action::Deploy => "deploy",
        Action::Upgrade => "upgrade",
        Action::Downgrade => "downgrade",
        Action::Rollback => "roll back",
        Action::Start => "start",
        Action::Stop => "stop",
        Action::Restart => "restart",
        Action::Uninstall => "uninstall",
        Action::Run => "run",
    }
}

/// What happens to one instance.
pub(crate) fn unit_action(action: UnitAction) -> &'static str {
    match action {
        UnitAction::Install => "install",
        UnitAction::Start => "start",
        UnitAction::Stop => "stop",
        UnitAction::Restart => "restart",
        UnitAction::Uninstall => "uninstall",
        UnitAction::Migrate => "migrate",
        UnitAction::Run => "run",
    }
}

/// `canary`, `batch 2`. `number` is counted from 0.
pub(crate) fn batch(number: usize, kind: BatchKind) -> String {
    match kind {
        BatchKind::Canary => "canary".to_owned(),
        BatchKind::Rolling => format!("batch {}", number + 1),
    }
}

/// What a failed unit left on its host.
pub(crate) fn aftermath(aftermath: Option<Aftermath>) -> &'static str {
    match aftermath {
        Some(Aftermath::Untouched) => "nothing was touched on the host",
        Some(Aftermath::Restored) => "the version before was put back and is healthy",
        Some(Aftermath::Broken) => "the version before could not be put back: the host needs a person",
        Some(Aftermath::Removed) => "there was no version before; nothing is installed",
        Some(Aftermath::Ran) => "what the script did until then stays",
        None => "what stands on the host is not known",
    }
}

/// `exit code 0`.
pub(crate) fn script_exit(exit: ScriptExit) -> String {
    match exit {
        ScriptExit::Code { code } => format!("exit code {code}"),
        ScriptExit::Signal { signal } => format!("killed by signal {signal}"),
        ScriptExit::TimedOut => "timed out".to_owned(),
        ScriptExit::Stopped => "stopped".to_owned(),
        ScriptExit::NotStarted => "could not be started".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_are_read<T: DeserializeOwned>(words: &[&str]) {
        for word in words {
            assert!(serde_json::from_value::<T>((*word).into()).is_ok(), "{word}");
        }
    }

    #[test]
    fn every_word_is_one_of_the_model() {
        all_are_read::<packhorse_model::PackageKind>(PACKAGE_KINDS);
        all_are_read::<packhorse_model::VersionState>(VERSION_STATES);
        all_are_read::<packhorse_model::PackageKind>(PUSHED_KINDS);
        all_are_read::<packhorse_model::manifest::Engine>(ENGINES);
        all_are_read::<packhorse_model::database::DatabaseTls>(DATABASE_TLS);
        all_are_read::<packhorse_model::manifest::Interpreter>(INTERPRETERS);
        all_are_read::<packhorse_model::api::hosts::HostState>(HOST_STATES);
        all_are_read::<InstanceState>(INSTANCE_STATES);
        all_are_read::<Health>(HEALTHS);
        all_are_read::<packhorse_model::topology::Environment>(ENVIRONMENTS);
        all_are_read::<DeploymentState>(DEPLOYMENT_STATES);
        all_are_read::<packhorse_model::deployment::UnitState>(UNIT_STATES);
        all_are_read::<packhorse_model::api::instances::DriftSelection>(DRIFTS);
        all_are_read::<packhorse_model::strategy::OnFailure>(ON_FAILURES);
        all_are_read::<packhorse_model::strategy::Pause>(PAUSES);
        all_are_read::<Aftermath>(AFTERMATHS);
        all_are_read::<packhorse_model::guard::Weekday>(WEEKDAYS);
    }
}
