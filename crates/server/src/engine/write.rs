//! Writing what was decided: transitions, attempts, generations of hosts and audit entries, in the transaction of the decision.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::PackageName;
use packhorse_model::deployment::{DeploymentState, Direction, UnitFailure, UnitState};
use packhorse_model::ids::{HostId, UnitId};
use packhorse_model::order::Grant;
use packhorse_model::step::StepKind;
use packhorse_planner::fleet::{Beginning, Decision, Evidence, Transition, Trouble, UnitView, roll_back};
use packhorse_store::attempts::{self, NewAttempt};
use packhorse_store::audit::NewEntry;
use packhorse_store::deployments;
use packhorse_store::plans::{self, NewPlan};
use packhorse_store::units::{self, Move, Standing};
use packhorse_store::{StoreError, Tx, deployment_parts, guarded_deployments, host_assignments, slots};
use serde_json::json;

use super::fleet::Fleet;
use super::planning::Findings;
use crate::app::App;
use crate::wake::Changes;

/// Writes a decision about a deployment, at the revision at which it was read; if the deployment has moved on since, this is
/// [`StoreError::Conflict`] and the transaction has to be begun anew.
pub(crate) async fn write(
    app: &App,
    tx: &mut Tx,
    fleet: &Fleet,
    decision: &Decision,
    actor: &str,
    now: Timestamp,
) -> Result<Changes, StoreError> {
    let mut writer =
        Writer { app, fleet, actor, now, revision: fleet.deployment.revision + 1, touched: BTreeSet::new() };
    writer.take_deployment(tx, decision).await?;
    let begins = decision.transitions.iter().any(|transition| matches!(transition, Transition::Admit { .. }));
    if begins && fleet.beginning == Beginning::Ahead {
        guarded_deployments::begin(tx, fleet.deployment.id, now).await?;
    }
    for transition in &decision.transitions {
        match transition {
            Transition::Admit { unit, epoch } => writer.admit(tx, *unit, *epoch).await?,
            Transition::Unit { unit, from: _, to, grant, trouble } => {
                writer.change_unit(tx, *unit, *to, *grant, trouble.as_ref()).await?;
                writer.keep_slot(tx, *unit, transition).await?;
            }
            Transition::Supersede { unit } => writer.supersede(tx, *unit).await?,
            Transition::Deployment { from, to } => {
                tx.audit(writer.entry("deployment.state", json!({ "from": from, "to": to })));
            }
            Transition::Promote { below } => deployments::promote(tx, fleet.deployment.id, *below).await?,
            Transition::SkipAhead { below } => deployments::skip_ahead(tx, fleet.deployment.id, *below).await?,
            Transition::RollBack => writer.roll_back(tx).await?,
        }
    }
    for attempt in &fleet.dead {
        attempts::end(tx, *attempt, now).await?;
    }
    let mut changes = Changes { deployments: vec![(fleet.deployment.id, writer.revision)], hosts: Vec::new() };
    for (host, incarnation) in writer.hosts() {
        changes.hosts.push((host, host_assignments::raise(tx, host, incarnation, now).await?));
    }
    Ok(changes)
}

struct Writer<'a> {
    app: &'a App,
    fleet: &'a Fleet,
    /// Who decided, for the audit log.
    actor: &'a str,
    now: Timestamp,
    /// The revision that the deployment gets.
    revision: u64,
    /// Units of which the host has to be told something.
    touched: BTreeSet<UnitId>,
}

impl<'a> Writer<'a> {
    /// Takes the deployment's row, with the state and the waiting that it gets.
    async fn take_deployment(&self, tx: &mut Tx, decision: &Decision) -> Result<(), StoreError> {
        let deployment = &self.fleet.deployment;
        let moved = decision.transitions.iter().rev().find_map(|transition| match transition {
            Transition::Deployment { to, .. } => Some(*to),
            _ => None,
        });
        let state = moved.unwrap_or(deployment.state);
        let taken = if deployment.state.is_terminal() {
            deployments::touch_at(tx, deployment.id, deployment.revision, self.now).await?
        } else {
            let standing = deployments::Standing { state, waiting: decision.waiting.clone() };
            deployments::set_state(tx, deployment.id, deployment.revision, &standing, self.now).await?
        };
        if !taken {
            return Err(StoreError::Conflict);
        }
        if state.is_terminal() {
            deployments::release(tx, deployment.id).await?;
        }
        Ok(())
    }

    async fn admit(&mut self, tx: &mut Tx, id: UnitId, epoch: u32) -> Result<(), StoreError> {
        let unit = self.unit(id)?;
        let host = unit.on.ok_or(StoreError::Conflict)?;
        let attempt = NewAttempt {
            id: self.app.random.id(self.now),
            unit: id,
            deployment: self.fleet.deployment.id,
            host: unit.host,
            incarnation: host.incarnation,
            epoch,
            grant: Grant::Prepare,
            timeout_seconds: self.fleet.state.strategy.unit_timeout_seconds,
            created_at: self.now,
        };
        let detail = json!({ "host": unit.host_name, "unit": id, "attempt": attempt.id, "epoch": epoch });
        tx.audit(self.entry("attempt.admit", detail));
        attempts::insert(tx, &attempt).await?;
        units::set_attempt(tx, id, attempt.id, epoch).await?;
        self.touched.insert(id);
        self.set_state(tx, id, UnitState::Preparing, None).await
    }

    async fn change_unit(
        &mut self,
        tx: &mut Tx,
        id: UnitId,
        to: UnitState,
        grant: Option<Grant>,
        trouble: Option<&Trouble>,
    ) -> Result<(), StoreError> {
        let unit = self.unit(id)?;
        let attempt = unit.attempt.as_ref();
        if let (Some(grant), Some(attempt)) = (grant, attempt) {
            if attempts::grant(tx, attempt.id, grant).await? {
                self.touched.insert(id);
            }
            if grant == Grant::Switch {
                let detail = json!({ "host": unit.host_name, "unit": id, "attempt": attempt.id });
                tx.audit(self.entry("attempt.switch", detail));
            }
        }
        let failure = match (trouble, attempt) {
            (Some(trouble), Some(attempt)) => Some(UnitFailure {
                attempt: attempt.id,
                step: unit.step.unwrap_or(StepKind::Preflight),
                message: trouble.message.clone(),
                aftermath: trouble.aftermath,
                companion: self.package_of(tx, trouble.companion).await?,
            }),
            _ if matches!(to, UnitState::Failed | UnitState::Unknown | UnitState::Skipped) => unit.failure.clone(),
            _ => None,
        };
        self.set_state(tx, id, to, failure.as_ref()).await
    }

    /// Takes the slot of the unit's instance, or gives it back.
    async fn keep_slot(&self, tx: &mut Tx, id: UnitId, transition: &Transition) -> Result<(), StoreError> {
        let unit = self.unit(id)?;
        let Some(attempt) = unit.attempt else { return Ok(()) };
        if transition.takes_slot() {
            slots::take(tx, unit.host, unit.package, attempt.id, self.now).await?;
        }
        match transition.evidence(unit.action) {
            Some(Evidence::Proven) => slots::give_back(tx, unit.host, unit.package).await,
            Some(Evidence::AsFound) => slots::give_back_of(tx, attempt.id).await,
            None => Ok(()),
        }
    }

    /// The package of a unit.
    async fn package_of(&self, tx: &mut Tx, unit: Option<UnitId>) -> Result<Option<PackageName>, StoreError> {
        let Some(unit) = unit else { return Ok(None) };
        let package = self.unit(unit)?.package;
        let parts = deployment_parts::of(tx, self.fleet.deployment.id).await?;
        Ok(parts.into_iter().find(|part| part.package == package).map(|part| part.name))
    }

    /// Ends the unit's open attempt. Its host is told nothing of it any more, and brings what it has begun to an end.
    async fn supersede(&mut self, tx: &mut Tx, id: UnitId) -> Result<(), StoreError> {
        let unit = self.unit(id)?;
        let Some(attempt) = unit.attempt else { return Ok(()) };
        if attempts::end(tx, attempt.id, self.now).await? {
            units::set_in_doubt(tx, id, true).await?;
            self.touched.insert(id);
            let detail = json!({ "host": unit.host_name, "unit": id, "attempt": attempt.id });
            tx.audit(self.entry("attempt.supersede", detail));
        }
        Ok(())
    }

    async fn set_state(
        &self,
        tx: &mut Tx,
        id: UnitId,
        state: UnitState,
        failure: Option<&UnitFailure>,
    ) -> Result<(), StoreError> {
        units::set_state(tx, id, &Move { state, failure, revision: self.revision, at: self.now }).await
    }

    /// Makes the way back the current plan. Where there is nothing to take back, the deployment is rolled back already.
    async fn roll_back(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let deployment = &self.fleet.deployment;
        let forward = plans::find(tx, deployment.plan).await?.ok_or(StoreError::Conflict)?;
        let views: Vec<UnitView> = self.fleet.state.units().cloned().collect();
        let mut unit_ids = || self.app.random.id(self.now);
        let Some(back) = roll_back(&forward.plan, &views, self.app.random.id(self.now), &mut unit_ids) else {
            let standing = deployments::Standing { state: DeploymentState::RolledBack, waiting: Vec::new() };
            deployments::set_state(tx, deployment.id, self.revision, &standing, self.now).await?;
            return deployments::release(tx, deployment.id).await;
        };
        let returning: BTreeSet<HostId> =
            back.batches.iter().flat_map(|batch| &batch.units).map(|unit| unit.host).collect();
        let group = self
            .fleet
            .bystanders
            .iter()
            .copied()
            .chain(self.fleet.units.values().filter(|unit| unit.plan == deployment.plan).map(|unit| unit.host));
        let bystanders: BTreeSet<HostId> = group.filter(|host| !returning.contains(host)).collect();
        let findings = serde_json::to_string(&Findings::default())?;
        let new = NewPlan {
            plan: &back,
            package: deployment.package,
            deployment: Some(deployment.id),
            spec: &deployment.spec,
            strategy: Some(&deployment.strategy).filter(|strategy| **strategy != deployment.spec.strategy),
            basis: &forward.basis,
            bystanders: &bystanders.into_iter().collect::<Vec<_>>(),
            findings: &findings,
            created_at: self.now,
        };
        plans::insert(tx, &new).await?;
        units::insert_plan(tx, deployment.id, &back, self.revision, self.now).await?;
        if !deployments::take_plan(tx, deployment.id, deployment.plan, back.id, Direction::Back).await? {
            return Err(StoreError::Conflict);
        }
        tx.audit(self.entry(
            "deployment.plan_back",
            json!({ "plan": back.id, "parent": deployment.plan, "units": returning.len() }),
        ));
        Ok(())
    }

    fn unit(&self, id: UnitId) -> Result<&'a Standing, StoreError> {
        self.fleet.units.get(&id).ok_or(StoreError::Conflict)
    }

    /// The hosts that have to be told something, in the order in which all transactions take them.
    fn hosts(&self) -> BTreeMap<HostId, u32> {
        let dead =
            self.fleet.units.values().filter(|unit| unit.attempt.is_some_and(|a| self.fleet.dead.contains(&a.id)));
        let touched = self.touched.iter().filter_map(|id| self.fleet.units.get(id));
        touched.chain(dead).filter_map(|unit| Some((unit.host, unit.on?.incarnation))).collect()
    }

    fn entry(&self, action: &'static str, detail: serde_json::Value) -> NewEntry {
        NewEntry {
            at: self.now,
            actor: self.actor.to_owned(),
            action,
            object: self.fleet.deployment.id.to_string(),
            detail,
        }
    }
}
