//! Wake-ups inside this server: hints that something changed, sent after the commit that changed it.
//!
//! Nothing depends on them. Whoever waits for one looks again after a while in any case, so that what another server changed is seen, and a
//! lost hint costs time and nothing else.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use packhorse_model::ids::{DeploymentId, HostId};
use tokio::sync::{Notify, watch};

/// The wake-ups of this server.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    reconciler: Notify,
    hosts: Channels<HostId>,
    deployments: Channels<DeploymentId>,
}

/// What happened in a transaction that somebody may wait for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Deployments and the revision that they have now.
    pub(crate) deployments: Vec<(DeploymentId, u64)>,
    /// Hosts and the generation of their assignment.
    pub(crate) hosts: Vec<(HostId, u64)>,
}

impl Changes {
    /// Whether nothing happened.
    pub(crate) fn is_empty(&self) -> bool {
        self.deployments.is_empty() && self.hosts.is_empty()
    }
}

impl Wake {
    /// Wakes whoever waits for one of these. To be called after the commit.
    pub(crate) fn tell(&self, changes: &Changes) {
        for (host, generation) in &changes.hosts {
            self.hosts.raise(host, *generation);
        }
        for (deployment, revision) in &changes.deployments {
            self.deployments.raise(deployment, *revision);
        }
        if !changes.deployments.is_empty() {
            self.reconciler.notify_one();
        }
    }

    /// Wakes the reconciler.
    pub(crate) fn reconcile(&self) {
        self.reconciler.notify_one();
    }

    /// Waits until the reconciler is wanted.
    pub(crate) async fn reconciler_wanted(&self) {
        self.reconciler.notified().await;
    }

    /// Follows the generation of a host. Subscribe before looking at the database: what changes afterwards is then not missed.
    pub(crate) fn follow_host(&self, host: HostId) -> watch::Receiver<u64> {
        self.hosts.follow(host)
    }

    /// Follows the revision of a deployment, in the same way.
    pub(crate) fn follow_deployment(&self, deployment: DeploymentId) -> watch::Receiver<u64> {
        self.deployments.follow(deployment)
    }
}

/// A number for each key that only rises, and those who wait for it.
#[derive(Debug)]
struct Channels<K>(Mutex<HashMap<K, Arc<watch::Sender<u64>>>>);

impl<K> Default for Channels<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq> Channels<K> {
    fn follow(&self, key: K) -> watch::Receiver<u64> {
        let mut channels = self.lock();
        // Those that nobody follows any more are dropped here and there, so that they do not pile up.
        if channels.len().is_power_of_two() {
            channels.retain(|_, sender| sender.receiver_count() > 0);
        }
        channels.entry(key).or_insert_with(|| Arc::new(watch::Sender::new(0))).subscribe()
    }

    fn raise(&self, key: &K, to: u64) {
        let sender = self.lock().get(key).cloned();
        if let Some(sender) = sender {
            sender.send_if_modified(|number| {
                let rises = to > *number;
                *number = to.max(*number);
                rises
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<watch::Sender<u64>>>> {
        // Nothing can panic while it is held, and a map of channels is whole at any moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use packhorse_model::ids::Identifier as _;

    use super::*;

    #[test]
    fn only_what_rises_wakes() {
        let wake = Wake::default();
        let host = HostId::from_parts(Timestamp::UNIX_EPOCH, 1);
        let mut follower = wake.follow_host(host);
        let tell = |generation| wake.tell(&Changes { hosts: vec![(host, generation)], ..Changes::default() });
        tell(3);
        assert!(follower.has_changed().unwrap());
        assert_eq!(*follower.borrow_and_update(), 3);
        tell(2);
        assert!(!follower.has_changed().unwrap());
    }

    #[test]
    fn channels_that_nobody_follows_go() {
        let wake = Wake::default();
        for number in 0..100 {
            drop(wake.follow_host(HostId::from_parts(Timestamp::UNIX_EPOCH, number)));
        }
        assert!(wake.hosts.lock().len() < 40);
    }
}
