//! How a deployment proceeds, where that was left to a strategy with a name or to the default of an environment.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::api::asked::AskedSpec;
use packhorse_model::api::strategies::NamedStrategy;
use packhorse_model::deployment::{Action, DeploymentSpec, Targets};
use packhorse_model::name::StrategyName;
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_store::{Conn, strategies, topology};

use crate::error::ApiError;

/// How far ahead a deployment may be scheduled: more than a year is a slip of the pen.
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// The spec that is meant: what was said, over the strategy that it names, over the default of the environment.
pub(crate) async fn settle(conn: &mut Conn, asked: AskedSpec, now: Timestamp) -> Result<DeploymentSpec, ApiError> {
    if let Some(at) = asked.spec.not_before
        && at.duration_since(now) > FARTHEST
    {
        return Err(ApiError::invalid("bad_schedule", format!("{at} is more than a year ahead"))
            .hint("say a time within the next 366 days"));
    }
    let base = base(conn, &asked).await?;
    let mut asked = asked;
    asked.spec.strategy_name = base.as_ref().map(|named| named.name.clone());
    let strategy = base.map(|named| named.strategy).unwrap_or_default();
    asked.over(&strategy).map_err(|error| {
        ApiError::invalid("bad_strategy", "the strategy cannot be what was said of it").detail(error.to_string())
    })
}

/// The strategy with a name that a spec is based on.
async fn base(conn: &mut Conn, asked: &AskedSpec) -> Result<Option<NamedStrategy>, ApiError> {
    let spec = &asked.spec;
    match &spec.strategy_name {
        Some(name) => {
            let named = find(conn, name).await?;
            let Some(wanted) = named.environment else { return Ok(Some(named)) };
            let others: Vec<&str> = environments(conn, &spec.targets)
                .await?
                .into_iter()
                .filter(|environment| *environment != wanted)
                .map(Environment::as_str)
                .collect();
            if others.is_empty() {
                return Ok(Some(named));
            }
            Err(ApiError::invalid(
                "strategy_of_other_environment",
                format!(
                    "the strategy {name} is for {}, and some of the targets are in {}",
                    wanted.as_str(),
                    others.join(", ")
                ),
            )
            .hint("choose another strategy, or save this one for any environment"))
        }
        // Whoever says how is not second-guessed; and the way back is urgent.
        None if !asked.said.is_empty() || spec.action == Action::Rollback => Ok(None),
        None => {
            let environments = environments(conn, &spec.targets).await?;
            // Of several environments none decides for the others.
            let (Some(only), 1) = (environments.first(), environments.len()) else { return Ok(None) };
            Ok(strategies::default_of(conn, *only).await?)
        }
    }
}

/// The strategy of a name, or 404.
pub(crate) async fn find(conn: &mut Conn, name: &StrategyName) -> Result<NamedStrategy, ApiError> {
    strategies::find(conn, name).await?.ok_or_else(|| {
        ApiError::not_found("strategy", name).hint("`packhorse strategy list` shows those that there are")
    })
}

/// The environments of the systems that the targets are in; those that the spec names, or else those of its hosts.
async fn environments(conn: &mut Conn, targets: &Targets) -> Result<BTreeSet<Environment>, ApiError> {
    if targets.modules.is_empty() {
        return Ok(topology::environments_of_hosts(conn, &targets.hosts).await?);
    }
    let known = topology::environments(conn).await?;
    let of_module = |module: &ModulePath| known.get(&(module.business.clone(), module.system.clone())).copied();
    Ok(targets.modules.iter().filter_map(of_module).collect())
}
