//! One deployment over the whole fleet, from its plan to its end.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use packhorse_model::api::deployments::{CreateDeployment, DeploymentDetail};
use packhorse_model::deployment::{DeploymentSpec, DeploymentState};
use serde_json::json;

use crate::Settings;
use crate::fleet::Fleet;
use crate::probe::{Probe, Watcher};
use crate::site::{Failure, MODULE, PACKAGE, Site, VERSIONS};
use crate::usage::Processor;

/// Between two looks of whoever watches.
const PAUSE: Duration = Duration::from_millis(100);
/// Without any change for so long, it will not go on.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a deployment took.
pub(crate) struct Rollout {
    /// Seconds until the plan was there.
    pub(crate) plan: f64,
    /// Seconds until the deployment was.
    pub(crate) create: f64,
    /// Seconds from then until it had ended.
    pub(crate) seconds: f64,
    /// Its batches.
    pub(crate) batches: usize,
    /// Changes of the states of units.
    pub(crate) transitions: u64,
    /// Requests of agents that were answered meanwhile.
    pub(crate) syncs: u64,
    /// Those that were not, and were sent again.
    pub(crate) failures: u64,
    /// Processor time.
    pub(crate) used: Processor,
    /// What people asked for meanwhile.
    pub(crate) probes: Vec<Probe>,
}

/// Deploys the new version, and watches until all hosts have it.
pub(crate) async fn measure(site: &Site, fleet: &Fleet, settings: &Settings) -> Result<Rollout, Failure> {
    let spec: DeploymentSpec = serde_json::from_value(json!({
        "action": "deploy", "package": PACKAGE, "version": VERSIONS[1],
        "targets": { "modules": [MODULE] }, "strategy": { "batch": settings.batch },
    }))?;
    let begin = Instant::now();
    let plan = site.client.create_plan(&spec, &site.key()).await?;
    let planned = begin.elapsed();
    let counts = &fleet.counts;
    let count = || {
        let of = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
        [of(&counts.transitions), of(&counts.syncs), of(&counts.failures)]
    };
    let (before, processor) = (count(), Processor::now(site));
    let begin = Instant::now();
    let created = site.client.create_deployment_and_bind(&CreateDeployment::Plan(plan.id), &site.key()).await?;
    let (create, begin) = (begin.elapsed(), Instant::now());

    let mut watcher = Watcher::new(site, created.summary.id)?;
    let (mut revision, mut changed) = (created.revision, Instant::now());
    loop {
        let seen: DeploymentDetail = serde_json::from_slice(&watcher.look().await?)?;
        if seen.summary.state == DeploymentState::Succeeded {
            break;
        }
        if seen.revision != revision {
            (revision, changed) = (seen.revision, Instant::now());
        }
        if seen.summary.state != DeploymentState::Running || changed.elapsed() > PATIENCE {
            let reason = counts.last_failure().unwrap_or_default();
            return Err(format!(
                "the deployment is {:?} with {:?}, and waits for {}: {reason}",
                seen.summary.state,
                seen.summary.units,
                serde_json::to_string(&seen.waiting)?
            )
            .into());
        }
        tokio::time::sleep(PAUSE).await;
    }
    let (seconds, after) = (begin.elapsed().as_secs_f64(), count());
    Ok(Rollout {
        plan: planned.as_secs_f64(),
        create: create.as_secs_f64(),
        seconds,
        batches: created.batches.len(),
        transitions: after[0] - before[0],
        syncs: after[1] - before[1],
        failures: after[2] - before[2],
        used: Processor::since(site, processor),
        probes: watcher.found(),
    })
}
