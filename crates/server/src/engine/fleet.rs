//! A deployment as the planner sees it, read from the rows in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::HostName;
use packhorse_model::api::hosts::HostState;
use packhorse_model::deployment::{Direction, UnitState};
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, PackageId, UnitId};
use packhorse_model::order::{Grant, Health};
use packhorse_planner::fleet::{Beginning, FleetState, Reach, UnitView};
use packhorse_store::attempts::{self, OpenAttempt};
use packhorse_store::deployments::{self, Deployment};
use packhorse_store::hosts::Heard;
use packhorse_store::units::{self, Standing};
use packhorse_store::{Conn, StoreError, hosts, plans, slots};

use super::guard;
use crate::app::App;
use crate::presence;

/// A deployment with everything that its next step depends on.
pub(crate) struct Fleet {
    /// The deployment.
    pub(crate) deployment: Deployment,
    /// As the planner sees it.
    pub(crate) state: FleetState,
    /// The units behind it.
    pub(crate) units: BTreeMap<UnitId, Standing>,
    /// Hosts of the target group that have no unit in the current plan.
    pub(crate) bystanders: Vec<HostId>,
    /// Open attempts of which nothing will come any more, since their host was removed or has joined anew.
    pub(crate) dead: Vec<AttemptId>,
    /// Whether it has begun to change hosts.
    pub(crate) beginning: Beginning,
}

/// Reads a deployment.
pub(crate) async fn load(
    app: &App,
    conn: &mut Conn,
    id: DeploymentId,
    now: Timestamp,
) -> Result<Option<Fleet>, StoreError> {
    let Some(deployment) = deployments::find(conn, id).await? else { return Ok(None) };
    let current = units::of_plan(conn, deployment.plan).await?;
    let former = match deployment.direction {
        // The first plan has none before it.
        Direction::Forward => Vec::new(),
        Direction::Back => units::of_former_plans(conn, id, deployment.plan).await?,
    };
    let standing = guard::standing(conn, id, now).await?;
    let open = attempts::open_beside(conn, id).await?;
    let outline = plans::outline(conn, deployment.plan).await?;
    let (kinds, bystanders) = outline.map_or_else(Default::default, |outline| (outline.kinds, outline.bystanders));

    let watch = Watch { app, now };
    let mut down_elsewhere = held_elsewhere(&current, &open, id);
    if deployment.strategy.max_unavailable.is_some() {
        // Of the instances that the deployment is about, its units tell.
        let own: BTreeSet<(HostId, PackageId)> =
            current.iter().chain(&former).map(|unit| (unit.host, unit.package)).collect();
        let down = slots::down(conn, id).await?.into_iter().filter(|instance| !own.contains(instance));
        let down: BTreeSet<HostId> = down.map(|(host, _)| host).collect();
        down_elsewhere.extend(names(&current, &down));
        let is_down = |host: &Heard| down.contains(&host.id) || watch.is_silent(host.id, host.last_seen_at);
        let beside = hosts::heard(conn, &bystanders).await?;
        down_elsewhere.extend(beside.into_iter().filter(is_down).map(|host| host.name));
    }
    let hosts: BTreeSet<HostId> = current.iter().map(|unit| unit.host).chain(bystanders.iter().copied()).collect();

    let occupied = Occupied::of(&open);
    let view = |unit: &Standing| watch.view(unit, &occupied);
    let mut batches: Vec<Vec<UnitView>> = Vec::new();
    for unit in &current {
        let batch = unit.batch as usize;
        if batches.len() <= batch {
            batches.resize_with(batch + 1, Vec::new);
        }
        batches[batch].push(view(unit));
    }
    let state = FleetState {
        state: deployment.state,
        direction: deployment.direction,
        strategy: deployment.strategy.clone(),
        group: hosts.len(),
        batches,
        kinds,
        promoted: deployment.promoted,
        ahead: deployment.ahead,
        former: former.iter().map(view).collect(),
        down_elsewhere,
        holds: standing.holds,
    };
    let dead = current.iter().chain(&former).filter_map(dead_attempt).collect();
    let units = current.into_iter().chain(former).map(|unit| (unit.id, unit)).collect();
    Ok(Some(Fleet { deployment, state, units, bystanders, dead, beginning: standing.beginning }))
}

/// Hosts of our units on which another deployment of one of our packages holds a slot.
fn held_elsewhere(ours: &[Standing], open: &[OpenAttempt], id: DeploymentId) -> BTreeSet<HostName> {
    let holders = open.iter().filter(|attempt| attempt.deployment != id && attempt.state.holds_slot());
    let hosts = holders.map(|attempt| attempt.host).collect();
    names(ours, &hosts).collect()
}

/// The names of our hosts among these.
fn names<'a>(ours: &'a [Standing], hosts: &'a BTreeSet<HostId>) -> impl Iterator<Item = HostName> + 'a {
    ours.iter().filter(|unit| hosts.contains(&unit.host)).map(|unit| unit.host_name.clone())
}

/// The instances with open attempts.
struct Occupied(BTreeMap<(HostId, PackageId), Vec<AttemptId>>);

impl Occupied {
    fn of(open: &[OpenAttempt]) -> Self {
        let mut instances = BTreeMap::<(HostId, PackageId), Vec<AttemptId>>::new();
        for attempt in open {
            instances.entry((attempt.host, attempt.package)).or_default().push(attempt.id);
        }
        Self(instances)
    }

    /// Whether another attempt than the unit's current one is open for its instance, or, for a unit that waits, any.
    fn by_another(&self, unit: &Standing) -> bool {
        let own = unit.attempt.map(|attempt| attempt.id);
        let waits = unit.state == UnitState::Pending;
        self.0.get(&(unit.host, unit.package)).is_some_and(|open| open.iter().any(|id| waits || Some(*id) != own))
    }
}

/// Who is heard of.
struct Watch<'a> {
    app: &'a App,
    now: Timestamp,
}

impl Watch<'_> {
    fn view(&self, unit: &Standing, occupied: &Occupied) -> UnitView {
        let attempt = unit.attempt.as_ref();
        UnitView {
            unit: unit.id,
            host_name: unit.host_name.clone(),
            action: unit.action,
            state: unit.state,
            epoch: unit.epoch,
            grant: attempt.map_or(Grant::Prepare, |attempt| attempt.granted),
            attempt_open: attempt.is_some_and(|attempt| attempt.ended_at.is_none()),
            admitted_at: attempt.map(|attempt| attempt.created_at),
            prepared_at: attempt.and_then(|attempt| attempt.prepared_at),
            validated_at: attempt.and_then(|attempt| attempt.validated_at),
            aftermath: unit.failure.as_ref().and_then(|failure| failure.aftermath),
            follows_companion: unit.failure.as_ref().is_some_and(|failure| failure.companion.is_some()),
            reach: self.reach(unit),
            health: unit.health.unwrap_or(Health::Unknown),
            occupied: occupied.by_another(unit),
            in_doubt: unit.in_doubt,
            unproven: unit.unproven,
            changed_at: Some(unit.changed_at),
        }
    }

    fn reach(&self, unit: &Standing) -> Reach {
        let attempt = unit.attempt.as_ref().filter(|_| unit.state.is_in_flight());
        let (Some(host), attempt) = (unit.on.as_ref(), attempt) else {
            return if unit.attempt.is_some() { Reach::Replaced } else { Reach::Unreachable };
        };
        match attempt {
            Some(attempt) if attempt.incarnation < host.incarnation => Reach::Replaced,
            // A host with work to do asks every few seconds, from the moment on at which it was given the work.
            Some(attempt) if attempt.ended_at.is_none() => {
                let heard = self.heard(unit.host, host.last_seen_at).max(attempt.created_at);
                let cutoff = presence::cutoff(self.now, self.app.config.host_unreachable_after);
                if heard >= cutoff { Reach::Online } else { Reach::Unreachable }
            }
            _ if self.is_silent(unit.host, host.last_seen_at) => Reach::Unreachable,
            _ => Reach::Online,
        }
    }

    fn is_silent(&self, host: HostId, stored: Option<Timestamp>) -> bool {
        let last_seen = Some(self.heard(host, stored));
        presence::state(last_seen, self.now, self.app.config.host_offline_after) == HostState::Offline
    }

    /// When a host was last heard of. While this server did not run it could hear nobody, so nobody is blamed for that time.
    fn heard(&self, host: HostId, stored: Option<Timestamp>) -> Timestamp {
        self.app.presence.last_seen(host, stored).unwrap_or(Timestamp::MIN).max(self.app.started_at)
    }
}

/// The open attempt of a unit of which nothing will come any more.
fn dead_attempt(unit: &Standing) -> Option<AttemptId> {
    let attempt = unit.attempt.as_ref().filter(|attempt| attempt.ended_at.is_none())?;
    let is_current = unit.on.as_ref().is_some_and(|host| host.incarnation == attempt.incarnation);
    (!is_current).then_some(attempt.id)
}
