//! One operation over many instances: all its plans are shown, one question is asked, and they are applied together.

use packhorse_client::Client;
use packhorse_model::api::deployments::PlanPreview;
use packhorse_model::api::instances::{ApplyOperation, InstanceOperation};

use super::apply::{ASKED, confirm, must_be_answerable, must_not_be_blocked, nobody_left};
use super::args::Consent;
use super::preview::{preview, warn_of};
use super::watch::{Goal, watch};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::count;

/// Plans, shows, asks once, and starts a deployment for each package.
pub(crate) async fn operate(
    context: &Context,
    client: &Client,
    operation: &InstanceOperation,
    consent: &Consent,
) -> Result<Exit, CommandError> {
    must_be_answerable(consent.yes, ASKED)?;
    let planned = client.plan_operation(operation, &clock::new_key()?).await?.plans;
    for plan in &planned {
        warn_of(plan, &context.printer);
        context.printer.say(&preview(plan, context.printer.talk_style()));
    }
    let doing: Vec<&PlanPreview> = planned.iter().filter(|plan| !plan.changes.is_empty()).collect();
    if doing.is_empty() {
        let nothing_is_left_out = planned.iter().all(|plan| plan.excluded.is_empty());
        return if nothing_is_left_out { Ok(Exit::Done) } else { Err(nobody_left()) };
    }
    for plan in &doing {
        must_not_be_blocked(plan)?;
    }
    let question = match doing.len() {
        1 => "Go ahead?".to_owned(),
        several => format!("Go ahead with {}?", count(several, "deployment")),
    };
    if !confirm(context, consent.yes, &question)? {
        context.printer.say("nothing was done");
        return Ok(Exit::Failed);
    }
    let apply = ApplyOperation { plans: doing.iter().map(|plan| plan.id).collect() };
    let started = client.apply_operation(&apply, &clock::new_key()?).await?;
    if !consent.watch {
        context.printer.data(&started, || {
            started.deployments.iter().map(|deployment| format!("{}\n", deployment.summary.id)).collect()
        })?;
        context.printer.say("started; `packhorse deployment watch ID` shows what happens");
        return Ok(Exit::Done);
    }
    // All of them go on, whichever is looked at.
    let mut exit = Exit::Done;
    for deployment in &started.deployments {
        match watch(context, client, deployment.summary.id, Goal::Succeeded).await? {
            Exit::Done => {}
            Exit::Interrupted => return Ok(Exit::Interrupted),
            other => exit = other,
        }
    }
    Ok(exit)
}
