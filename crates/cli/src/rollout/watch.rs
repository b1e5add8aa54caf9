//! Staying with a deployment until it stands: what happens is shown as it happens, and the end decides how the command ends.

use std::pin::pin;
use std::time::Duration;

use futures::TryStreamExt;
use packhorse_client::{Client, Follow};
use packhorse_model::api::deployments::DeploymentEvent;
use packhorse_model::deployment::{DeploymentState, Waiting};
use packhorse_model::ids::DeploymentId;

use super::failure::explain;
use super::live::Live;
use super::snapshot::Snapshot;
use super::tally::{News, Tally};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Reporter, Style};

/// How long a server may be away before watching it is given up; long enough for a restart or an upgrade of it.
const PATIENCE: Duration = Duration::from_secs(300);

/// The end that is hoped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Every host as the deployment asks.
    Succeeded,
    /// Every host back.
    RolledBack,
}

impl Goal {
    fn is_met_by(self, state: DeploymentState) -> bool {
        match self {
            Self::Succeeded => state == DeploymentState::Succeeded,
            Self::RolledBack => state == DeploymentState::RolledBack,
        }
    }
}

/// Watches until the deployment has ended, or waits for a person.
pub(crate) async fn watch(
    context: &Context,
    client: &Client,
    id: DeploymentId,
    goal: Goal,
) -> Result<Exit, CommandError> {
    let mut reporter = context.reporter();
    let interrupted = tokio::select! {
        followed = follow(context, client, id, &mut reporter) => followed.map(|()| false),
        signal = tokio::signal::ctrl_c() => signal.map(|()| true).map_err(CommandError::from),
    };
    reporter.status(&[]);
    if interrupted? {
        context.printer.say(&format!(
            "\ndeployment {id} goes on without being watched\n\
             come back with `packhorse deployment watch {id}`, hold it with `packhorse deployment pause {id}`"
        ));
        return Ok(Exit::Interrupted);
    }
    let snapshot = Snapshot::take(client, id).await?;
    let state = snapshot.deployment.summary.state;
    context.printer.data(&snapshot, || snapshot.text(&context.printer, clock::now()))?;
    if state == DeploymentState::Halted {
        context.printer.say(&format!(
            "it waits for a decision: `packhorse deployment retry {id}`, `… rollback {id}` or `… abort {id}`"
        ));
    }
    Ok(if goal.is_met_by(state) { Exit::Done } else { Exit::Failed })
}

/// Shows what happens until nothing more will happen by itself.
async fn follow(
    context: &Context,
    client: &Client,
    id: DeploymentId,
    reporter: &mut Reporter,
) -> Result<(), CommandError> {
    let style = context.printer.talk_style();
    let (mut tally, mut live) = (Tally::default(), Live::default());
    let mut told = pin!(client.follow_deployment(id, PATIENCE));
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        let follow = tokio::select! {
            told = told.try_next() => match told? {
                Some(follow) => follow,
                None => break,
            },
            // What is waited for comes nearer also when nothing happens.
            _ = seconds.tick() => {
                live.show(client, reporter).await;
                reporter.status(&tally.status(clock::now()));
                continue;
            }
        };
        let event = match follow {
            Follow::Interrupted(error) => {
                reporter.line(&style.yellow(&format!("{error}; trying again")));
                continue;
            }
            Follow::Restored => {
                reporter.line("the server is back");
                continue;
            }
            Follow::Event(event) => *event,
        };
        let is_last = is_last(&event);
        if live.take(&event) {
            live.show(client, reporter).await;
        }
        if is_last {
            // Its units may be told after it, when nobody listens any more.
            let units = DeploymentEvent::Units { units: Snapshot::take(client, id).await?.units };
            live.take(&units);
            live.finish(client, reporter).await;
            let news = tally.take(units, clock::now(), style);
            report(client, reporter, &news, style).await;
        }
        let news = tally.take(event, clock::now(), style);
        report(client, reporter, &news, style).await;
        if is_last {
            break;
        }
        reporter.status(&tally.status(clock::now()));
    }
    Ok(())
}

/// Whether nothing more happens without a person.
fn is_last(event: &DeploymentEvent) -> bool {
    let DeploymentEvent::Deployment { deployment } = event else { return false };
    let state = deployment.summary.state;
    state.is_terminal() || (state == DeploymentState::Halted && !deployment.waiting.iter().any(is_moving))
}

/// Whether hosts are at work: also in a halted deployment one may be retried, or come to its end.
fn is_moving(waiting: &Waiting) -> bool {
    match waiting {
        Waiting::Preparing { .. } | Waiting::Switching { .. } | Waiting::Slot { .. } => true,
        Waiting::Bake { .. }
        | Waiting::Pause { .. }
        | Waiting::Promote { .. }
        | Waiting::Unreachable { .. }
        | Waiting::Decision { .. }
        | Waiting::Answer { .. }
        | Waiting::Resume
        | Waiting::Approval { .. }
        | Waiting::Lock { .. }
        | Waiting::Freeze { .. }
        | Waiting::Schedule { .. }
        | Waiting::Turn { .. } => false,
    }
}

async fn report(client: &Client, reporter: &Reporter, news: &News, style: Style) {
    news.lines.iter().for_each(|line| reporter.line(line));
    for unit in &news.failed {
        if let Some(failure) = &unit.failure {
            explain(client, unit, failure, style).await.iter().for_each(|line| reporter.line(line));
        }
    }
}
