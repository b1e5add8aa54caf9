//! What one host does: from what is installed and what is ordered to the steps, forwards and back.
//!
//! [`steps`] makes the preview in a plan and the steps on the agent: there is no second opinion about what a deployment does.
//! [`restore`] is the way back after a failure at any step, and [`aftermath`] says what it left on the host.
//!
//! # What must hold
//! - The steps of [`Phase::Prepare`](packhorse_model::step::Phase) touch nothing that runs, and no directory that `current` or
//!   `previous` name.
//! - Which version is the current one is changed by one step only, forwards ([`StepKind::Switch`](packhorse_model::step::StepKind)) and
//!   back (`SwitchBack`), and it is always one that was staged and verified (invariant I3). Where the files of the current version lie apart
//!   from its directory ([`Arrangement::lays_files`]), a switch that was cut short is finished or undone: never is it a mix of two for good.
//! - [`retirable`] never names the directory of the current version, of the previous one, or of one that is kept.
//!
//! Every command of a package is an opaque step. A step whose package has no command for it is left out.

mod arrangement;
mod environment;
mod installed;
mod render;
mod restore;
mod retire;
mod room;
mod script;
mod steps;

pub use arrangement::Arrangement;
pub use environment::{Surroundings, environment};
pub use installed::{Condition, Installed, InstalledVersion, Place, directory_name};
pub use render::{Enveloped, RenderError, Unresolved, Values, render, render_text};
pub(crate) use restore::has_proof;
pub use restore::{StepRun, aftermath, goes_on, restore};
pub use retire::retirable;
pub use room::{INSTALL_ROOTS, room_at, room_needed};
pub use script::{parameter_names, script_environment};
pub use steps::{HostPlan, HostPlanError, HostStep, Side, steps};

#[cfg(test)]
mod tests;
