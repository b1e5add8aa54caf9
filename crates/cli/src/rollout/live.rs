//! What scripts write while they run, each line with its host before it.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use packhorse_client::{Client, ClientError};
use packhorse_model::HostName;
use packhorse_model::api::deployments::{DeploymentEvent, Unit};
use packhorse_model::deployment::{Action, UnitState};
use packhorse_model::ids::{AttemptId, UnitId};
use packhorse_model::step::StepKind;

use crate::output::{Reporter, harmless};

/// Scripts that are asked after at the same time.
const AT_ONCE: usize = 8;
/// Output may reach the server a moment after the end of its script; it is asked for so often before that is taken for all.
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(250);

/// The scripts of a deployment, and how much of what they wrote was shown.
#[derive(Debug, Default)]
pub(crate) struct Live {
    is_run: bool,
    scripts: BTreeMap<AttemptId, Script>,
}

#[derive(Debug)]
struct Script {
    host: HostName,
    unit: UnitId,
    attempt: AttemptId,
    /// Its step, once that is known.
    step: Option<u32>,
    offset: u64,
    /// A line that has not come to its end.
    rest: Vec<u8>,
    is_over: bool,
}

impl Live {
    /// Takes an event in, and says whether there is something to show before it: what a script wrote comes before its end. Other
    /// deployments than runs of scripts have nothing to show here.
    pub(crate) fn take(&mut self, event: &DeploymentEvent) -> bool {
        match event {
            DeploymentEvent::Deployment { deployment } => self.is_run = deployment.summary.action == Action::Run,
            DeploymentEvent::Units { units } if self.is_run => {
                units.iter().for_each(|unit| self.take_unit(unit));
                return units.iter().any(|unit| matches!(unit.state, UnitState::Succeeded | UnitState::Failed));
            }
            DeploymentEvent::Units { .. } => {}
        }
        false
    }

    fn take_unit(&mut self, unit: &Unit) {
        let (Some(attempt), Some(StepKind::Run)) = (unit.attempt, unit.step) else { return };
        self.scripts.entry(attempt).or_insert_with(|| Script {
            host: unit.host_name.clone(),
            unit: unit.id,
            attempt,
            step: None,
            offset: 0,
            rest: Vec::new(),
            is_over: false,
        });
    }

    /// Shows what was written since.
    pub(crate) async fn show(&mut self, client: &Client, reporter: &Reporter) {
        let running = self.scripts.values_mut().filter(|script| !script.is_over);
        let mut shown = futures::stream::iter(running.map(|script| script.ask(client))).buffer_unordered(AT_ONCE);
        while let Some(asked) = shown.next().await {
            match asked {
                Ok(lines) => lines.iter().for_each(|line| reporter.line(line)),
                // It is asked for again.
                Err(error) => tracing::debug!(%error, "the output of a script waits"),
            }
        }
    }

    /// Shows the rest when nothing more is run.
    pub(crate) async fn finish(&mut self, client: &Client, reporter: &Reporter) {
        for _ in 0..TRIES {
            self.show(client, reporter).await;
            if self.scripts.values().all(|script| script.is_over) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Script {
    /// Asks for what was written since, and gives it in lines.
    async fn ask(&mut self, client: &Client) -> Result<Vec<String>, ClientError> {
        let step = match self.step {
            Some(step) => step,
            None => {
                let attempts = client.unit(self.unit).await?.attempts;
                let steps = attempts.into_iter().find(|attempt| attempt.id == self.attempt).map(|found| found.steps);
                let run = steps.into_iter().flatten().find(|step| step.kind == StepKind::Run);
                let Some(run) = run else { return Ok(Vec::new()) };
                *self.step.insert(run.index)
            }
        };
        let chunk = client.step_output(self.attempt, step, self.offset).await?;
        self.offset = chunk.next;
        self.is_over = chunk.is_complete && chunk.bytes.is_empty();
        self.rest.extend_from_slice(&chunk.bytes);
        let whole = match self.rest.iter().rposition(|byte| *byte == b'\n') {
            _ if self.is_over => self.rest.len(),
            Some(end) => end + 1,
            None => 0,
        };
        let lines: Vec<u8> = self.rest.drain(..whole).collect();
        let lines = String::from_utf8_lossy(&lines);
        Ok(lines.lines().map(|line| format!("{} | {}", self.host, harmless(line.trim_end()))).collect())
    }
}
