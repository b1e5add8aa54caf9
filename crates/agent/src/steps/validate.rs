//! Validate: the proof that an instance does what it should. Its health checks must hold within their time, and then the package's own
//! command must agree.

use std::time::Duration;

use tokio::time::Instant;

use super::command::{is_begun, job, run};
use super::{Did, Host, StepError, Task};
use crate::health::{Subject, look};

/// The pause between the first two rounds; each further one is twice as long, up to [`SLOWEST`].
const FASTEST: Duration = Duration::from_millis(20);
const SLOWEST: Duration = Duration::from_secs(1);

pub(super) async fn validate(host: &Host, task: &Task) -> Result<Did, StepError> {
    let job = task.step.step.command.as_ref().map(|_| job(host, task));
    if let Some(job) = &job
        && is_begun(job, task)?
    {
        return run(host, task, job, true).await;
    }
    let note = match checks(host, task).await? {
        Ok(note) => note,
        Err(message) => return Ok(Did::failed(message)),
    };
    match &job {
        Some(job) => run(host, task, job, false).await,
        None => Ok(Did::done(note)),
    }
}

/// Waits until every check holds.
async fn checks(host: &Host, task: &Task) -> Result<Result<String, String>, StepError> {
    let site = task.site(host)?;
    let release = task.step.of.release(task.order());
    let release = release.ok_or_else(|| StepError::Other("the step is about no version".to_owned()))?;
    let subject = Subject::new(site.path(), task.home(&site)?, release, &task.order().variables);
    let begun = Instant::now();
    for check in &release.manifest.health {
        let deadline = begun + Duration::from_secs(u64::from(check.within));
        let mut pause = FASTEST;
        while let Err(reason) = look(check, &subject).await {
            if Instant::now() + pause > deadline {
                let within = check.within;
                return Ok(Err(format!("not healthy within {within} seconds: {reason}")));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(SLOWEST);
        }
    }
    Ok(Ok(match release.manifest.health.len() {
        0 => "the package has no health checks".to_owned(),
        1 => "healthy by its check".to_owned(),
        many => format!("healthy by {many} checks"),
    }))
}
