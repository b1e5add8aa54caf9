//! Looking again and again at instances that are meant to run, and telling when their health changes.

use std::collections::BTreeMap;
use std::time::Duration;

use packhorse_model::PackageName;
use packhorse_model::manifest::HealthCheck;
use packhorse_model::order::Health;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::{Subject, look};

/// One failed look may be chance: it is repeated after this before anybody is told.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// What a look has found, when it differs from the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The package.
    pub package: PackageName,
    /// Which watch of it this is; a finding of an earlier one does not count any more.
    pub watch: u64,
    /// How it is.
    pub health: Health,
    /// Why it is not healthy.
    pub reason: Option<String>,
}

/// Watches instances, each in a task of its own that sleeps between its looks.
#[derive(Debug)]
pub struct Monitor {
    findings: mpsc::UnboundedSender<Finding>,
    watched: BTreeMap<PackageName, Watched>,
    watches: u64,
}

#[derive(Debug)]
struct Watched {
    watch: u64,
    subject: Subject,
    task: AbortHandle,
}

impl Monitor {
    /// A monitor that watches nothing yet, and where it tells what it finds.
    #[must_use]
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Finding>) {
        let (findings, receiver) = mpsc::unbounded_channel();
        (Self { findings, watched: BTreeMap::new(), watches: 0 }, receiver)
    }

    /// Watches this instance of a package from now on, or none. If it is the one that is watched already, that goes on.
    pub fn watch(&mut self, package: &PackageName, subject: Option<Subject>) {
        let subject = subject.filter(|subject| !subject.release.manifest.health.is_empty());
        if self.watched.get(package).map(|watched| &watched.subject) == subject.as_ref() {
            return;
        }
        if let Some(watched) = self.watched.remove(package) {
            watched.task.abort();
        }
        let Some(subject) = subject else { return };
        self.watches += 1;
        let watch = self.watches;
        let task = tokio::spawn(observe(package.clone(), watch, subject.clone(), self.findings.clone())).abort_handle();
        self.watched.insert(package.clone(), Watched { watch, subject, task });
    }

    /// Whether a finding is of the present watch.
    #[must_use]
    pub fn is_current(&self, finding: &Finding) -> bool {
        self.watched.get(&finding.package).is_some_and(|watched| watched.watch == finding.watch)
    }
}

async fn observe(package: PackageName, watch: u64, subject: Subject, findings: mpsc::UnboundedSender<Finding>) {
    let checks = subject.release.manifest.health.clone();
    let mut due = vec![Instant::now(); checks.len()];
    let mut reasons: Vec<Option<String>> = vec![None; checks.len()];
    let mut told: Option<Option<String>> = None;
    while let Some((at, time)) = due.iter().copied().enumerate().min_by_key(|(_, time)| *time) {
        tokio::time::sleep_until(time).await;
        reasons[at] = look_twice(&checks[at], &subject).await.err();
        due[at] = Instant::now() + Duration::from_secs(u64::from(checks[at].interval.max(1)));
        let reason = reasons.iter().flatten().next().cloned();
        if told.as_ref() == Some(&reason) {
            continue;
        }
        told = Some(reason.clone());
        let health = if reason.is_some() { Health::Unhealthy } else { Health::Healthy };
        if findings.send(Finding { package: package.clone(), watch, health, reason }).is_err() {
            return;
        }
    }
}

async fn look_twice(check: &HealthCheck, subject: &Subject) -> Result<(), String> {
    if look(check, subject).await.is_ok() {
        return Ok(());
    }
    tokio::time::sleep(SECOND_LOOK).await;
    look(check, subject).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use packhorse_model::Digest;
    use packhorse_model::manifest::{Manifest, Probe};
    use packhorse_model::order::Release;

    #[tokio::test]
    async fn tells_of_changes_only() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let check = HealthCheck { probe: Probe::Port(port), interval: 1, timeout: 1, within: 1 };
        let manifest = Manifest { health: vec![check], ..Manifest::default() };
        let release =
            Release { version: "1".parse().unwrap(), tree: Digest::new([0; 32]), size: 0, manifest, rendering: None };
        let subject = Subject::new(std::path::Path::new("/"), "/x".into(), &release, &BTreeMap::new());
        let (mut monitor, mut findings) = Monitor::new();
        let package: PackageName = "shop".parse().unwrap();
        monitor.watch(&package, Some(subject.clone()));
        let found = findings.recv().await.unwrap();
        assert_eq!((found.health, monitor.is_current(&found)), (Health::Healthy, true));
        drop(listener);
        let found = findings.recv().await.unwrap();
        assert_eq!(found.health, Health::Unhealthy);
        assert!(found.reason.unwrap().starts_with("nothing accepts connections at port "));
        monitor.watch(&package, None);
        monitor.watch(&package, Some(subject));
        let again = findings.recv().await.unwrap();
        assert!(monitor.is_current(&again) && !monitor.is_current(&Finding { watch: found.watch, ..again.clone() }));
    }
}
