//! What a fleet does: who changes, in which batches, when each may go on, and how all of them get back.
//!
//! [`plan`] makes a deployment's plan from what is asked for and what there is, [`plan_together`] that of several packages. [`step`] moves a deployment on: it looks at
//! everything as it stands and says what has to be written now, and what the deployment waits for; [`GuardRails::holds`] says what
//! of the site's guard rails holds it. [`fold`] turns what an agent
//! reports into a change of its unit. [`roll_back`] makes the plan that leads back.
//!
//! # What must hold
//! - No more hosts are down than the strategy allows, over all deployments; a host of which nobody knows is down (I1). A slot is
//!   taken by the transition to `switching` and is given back only by positive evidence.
//! - What is terminal stays as it is (I7), whatever arrives, and however late.
//! - A host gets all packages of a deployment, one after the other, or keeps what it had of all of them (`companions`).
//! - After a pause or an abort, and while a guard rail holds, nothing new is admitted, and no switch is granted (I10). What a host has
//!   begun it brings to its end.
//! - A batch starts only when every unit before it has succeeded and has stood its bake, was left out, or failed within what the
//!   strategy's thresholds allow, and when the pause before it is over; unless a person let it go ahead (I12).
//! - [`step`] is level-triggered: it needs no memory of what it said before, and says nothing twice. A deployment that has not ended
//!   and has nothing to write waits for something, and [`Decision::waiting`] names it.

mod back;
mod classes;
mod companions;
mod control;
mod exclusion;
mod fold;
mod gates;
mod holds;
mod inventory;
mod natural;
mod notes;
mod outlook;
mod plan;
mod prospects;
mod retry;
mod rules;
mod state;
mod step;
mod together;
mod unresolved;
mod waiting;

pub use back::{may_have_changed, roll_back, roll_back_some};
pub use classes::PlannedChange;
pub use control::{ControlError, promote, resize, resume, skip_ahead};
pub use exclusion::Exclusion;
pub use fold::{AttemptView, Evidence, UnitChange, fold};
pub use holds::{Beginning, EnvironmentLimits, FreezeRule, GuardRails, GuardedDeployment, Hold};
pub use inventory::{
    Availability, HostMigration, HostValues, InstanceVersion, Inventory, InventoryHost, InventoryInstance,
    KnownVersion, UnresolvedUse,
};
pub use natural::natural;
pub use outlook::{install_root, own_variables};
pub use plan::{PlanError, Planned, agrees, plan};
pub use prospects::{Outcome, prospects};
pub use retry::{Found, RetryError, confirm, force, retry, skip};
pub use state::{FleetState, Reach, Transition, Trouble, UnitView};
pub use step::{Decision, step};
pub use together::{Part, plan_together};
pub use unresolved::Unresolved;

#[cfg(test)]
mod tests;
