//! From a wish to a running deployment: plan, show, ask, apply exactly that plan.

use std::io::{self, BufRead, IsTerminal};

use packhorse_client::{Client, PlanRequest};
use packhorse_model::PackageName;
use packhorse_model::api::deployments::{CreateDeployment, DeploymentDetail, PlanPreview};
use packhorse_model::api::plans::CautionEffect;

use super::args::Consent;
use super::preview::{preview, warn_of};
use super::watch::{Goal, watch};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::list;

/// What is said where nobody can be asked.
pub(crate) const ASKED: &str = "add --yes to do it without asking; `packhorse plan` shows what it would do";

/// What became of a plan that was shown.
#[derive(Debug)]
pub(crate) enum Begun {
    /// A deployment that goes on.
    Deployment(Box<DeploymentDetail>),
    /// Nothing: there was nothing to do, or it was not agreed to.
    Nothing(Exit),
}

/// Plans, shows, asks, and starts the deployment.
pub(crate) async fn apply(
    context: &Context,
    client: &Client,
    spec: &impl PlanRequest,
    consent: &Consent,
) -> Result<Exit, CommandError> {
    let begun = begin(context, client, spec, consent).await?;
    go_on(context, client, begun, consent).await
}

/// Plans, shows, asks, and starts the deployment, without waiting for anything.
pub(crate) async fn begin(
    context: &Context,
    client: &Client,
    spec: &impl PlanRequest,
    consent: &Consent,
) -> Result<Begun, CommandError> {
    must_be_answerable(consent.yes, ASKED)?;
    let plan = client.create_plan(spec, &clock::new_key()?).await?;
    start(context, client, &plan, consent).await
}

/// Shows a plan that was made, asks, and applies exactly that plan.
pub(crate) async fn carry_out(
    context: &Context,
    client: &Client,
    plan: &PlanPreview,
    consent: &Consent,
) -> Result<Exit, CommandError> {
    let begun = start(context, client, plan, consent).await?;
    go_on(context, client, begun, consent).await
}

async fn start(
    context: &Context,
    client: &Client,
    plan: &PlanPreview,
    consent: &Consent,
) -> Result<Begun, CommandError> {
    must_be_answerable(consent.yes, ASKED)?;
    warn_of(plan, &context.printer);
    context.printer.say(preview(plan, context.printer.talk_style()).trim_end());
    if plan.changes.is_empty() {
        return if plan.excluded.is_empty() { Ok(Begun::Nothing(Exit::Done)) } else { Err(nobody_left()) };
    }
    must_not_be_blocked(plan)?;
    if !may_bind(context, plan, consent)? || !confirm(context, consent.yes, "Go ahead?")? {
        context.printer.say("nothing was done");
        return Ok(Begun::Nothing(Exit::Failed));
    }
    let (create, key) = (CreateDeployment::Plan(plan.id), clock::new_key()?);
    let deployment = match plan.bindings.is_empty() {
        true => client.create_deployment(&create, &key).await?,
        false => client.create_deployment_and_bind(&create, &key).await?,
    };
    Ok(Begun::Deployment(Box::new(deployment)))
}

/// Watches what has begun, if that is wanted, or names it.
pub(crate) async fn go_on(
    context: &Context,
    client: &Client,
    begun: Begun,
    consent: &Consent,
) -> Result<Exit, CommandError> {
    let deployment = match begun {
        Begun::Deployment(deployment) => deployment,
        Begun::Nothing(exit) => return Ok(exit),
    };
    let id = deployment.summary.id;
    if consent.watch {
        return watch(context, client, id, Goal::Succeeded).await;
    }
    context.printer.data(&deployment, || format!("{id}\n"))?;
    context.printer.say(&format!("started; `packhorse deployment watch {id}` shows what happens"));
    Ok(Exit::Done)
}

/// Whether packages may be bound to what the plan binds them to. Consent to the plan is not consent to that.
fn may_bind(context: &Context, plan: &PlanPreview, consent: &Consent) -> Result<bool, CommandError> {
    let Some(first) = plan.bindings.first().filter(|_| !consent.bind) else { return Ok(true) };
    let package = &first.package;
    if consent.yes {
        return Err(CommandError::failed(format!("{package} is not bound to {}", modules_of(plan, package)))
            .hinted(format!("bind it with `packhorse package bind {package} …`, or add --bind")));
    }
    let mut packages: Vec<&PackageName> = plan.bindings.iter().map(|binding| &binding.package).collect();
    packages.dedup();
    let bound: Vec<String> =
        packages.iter().map(|package| format!("{package} to {}", modules_of(plan, package))).collect();
    let them = if packages.len() == 1 { "it" } else { "them" };
    confirm(context, false, &format!("Bind {}, and let {them} be deployed there from now on?", bound.join("; ")))
}

/// The modules that a plan binds a package to.
fn modules_of(plan: &PlanPreview, package: &PackageName) -> String {
    let of_package = plan.bindings.iter().filter(|binding| binding.package == *package);
    list(&of_package.map(|binding| &binding.module).collect::<Vec<_>>(), 3)
}

/// No target can be chosen, which is not the same as nothing to do.
pub(crate) fn nobody_left() -> CommandError {
    CommandError::failed("nothing can be done: every host that would change is left out")
        .hinted("see the reasons above; `packhorse host list` shows which hosts are online")
}

/// Refuses a plan that the server would not apply, before anybody is asked.
pub(crate) fn must_not_be_blocked(plan: &PlanPreview) -> Result<(), CommandError> {
    if plan.cautions.iter().all(|caution| caution.effect == CautionEffect::Advises) {
        return Ok(());
    }
    let packages: Vec<&PackageName> = plan.spec.packages().collect();
    Err(CommandError::failed(format!("the plan of {} cannot be applied: variables have no value", list(&packages, 3)))
        .hinted(
            "give them values with `packhorse variable set NAME VALUE --scope SCOPE`, and plan again; \
             `packhorse variable explain` shows where a value comes from",
        ))
}

/// Asks on a terminal; without one, consent must have been given on the command line.
pub(crate) fn confirm(context: &Context, is_given: bool, question: &str) -> Result<bool, CommandError> {
    if is_given {
        return Ok(true);
    }
    must_be_answerable(is_given, "add --yes to do it without asking")?;
    context.printer.ask(&format!("{question} [y/N] "));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Refuses what would have to ask where nobody can answer, before anything is done.
pub(crate) fn must_be_answerable(is_given: bool, hint: &str) -> Result<(), CommandError> {
    if is_given || (io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(());
    }
    Err(CommandError::new(Exit::Usage, "nobody can be asked: this is not a terminal").hinted(hint))
}
