//! When each host was last heard of. Polls come by the hundred each second, so they are noted in memory and written in batches.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::api::hosts::HostState;
use packhorse_model::ids::HostId;
use packhorse_store::{StoreError, hosts};

use crate::access::flush_usage;
use crate::app::App;

/// How often what was noted is written.
const FLUSH: Duration = Duration::from_secs(3);

/// What was noted since the last flush, and before.
#[derive(Debug, Default)]
pub struct Presence {
    hosts: Mutex<BTreeMap<HostId, Seen>>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Timestamp,
    written: bool,
}

impl Presence {
    /// Notes that a host was heard of.
    pub fn note(&self, host: HostId, now: Timestamp) {
        self.lock().insert(host, Seen { at: now, written: false });
    }

    /// When a host was last heard of: the later of what is stored and what was noted since.
    #[must_use]
    pub fn last_seen(&self, host: HostId, stored: Option<Timestamp>) -> Option<Timestamp> {
        self.lock().get(&host).map(|seen| seen.at).max(stored)
    }

    /// Forgets a host that was removed.
    pub fn forget(&self, host: HostId) {
        self.lock().remove(&host);
    }

    fn take_unwritten(&self) -> Vec<(HostId, Timestamp)> {
        let mut hosts = self.lock();
        hosts
            .iter_mut()
            .filter(|(_, seen)| !seen.written)
            .map(|(host, seen)| {
                seen.written = true;
                (*host, seen.at)
            })
            .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<HostId, Seen>> {
        // Nothing can panic while it is held, and a map of times is whole at any moment.
        self.hosts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Whether a host that was last heard of at `last_seen` is online after `offline_after` of silence at most.
#[must_use]
pub(crate) fn state(last_seen: Option<Timestamp>, now: Timestamp, offline_after: Duration) -> HostState {
    match last_seen {
        Some(at) if at >= cutoff(now, offline_after) => HostState::Online,
        _ => HostState::Offline,
    }
}

/// Hosts that were last heard of before this are offline.
#[must_use]
pub(crate) fn cutoff(now: Timestamp, offline_after: Duration) -> Timestamp {
    let silence = SignedDuration::try_from(offline_after).unwrap_or(SignedDuration::MAX);
    now.saturating_sub(silence).unwrap_or(Timestamp::MIN)
}

/// Writes when hosts were heard of, and when sessions and tokens were used.
pub async fn flush(app: &App) -> Result<(), StoreError> {
    flush_hosts(app).await?;
    flush_usage(app).await
}

async fn flush_hosts(app: &App) -> Result<(), StoreError> {
    let hosts = app.presence.take_unwritten();
    if hosts.is_empty() {
        return Ok(());
    }
    let mut tx = app.store.write().await?;
    hosts::seen(&mut tx, &hosts).await?;
    tx.commit().await
}

/// Flushes until the server stops, and once more then.
pub(crate) async fn keep(app: App) {
    loop {
        let stopping = tokio::time::timeout(FLUSH, app.stopping.cancelled()).await.is_ok();
        if let Err(error) = flush(&app).await {
            tracing::warn!(%error, "the times at which hosts and tokens were last heard of could not be written; later ones will be");
        }
        if stopping {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use packhorse_model::ids::Identifier as _;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_note_is_written_once_and_the_later_time_counts() {
        let presence = Presence::default();
        let host = HostId::from_parts(at(0), 1);
        assert_eq!(presence.last_seen(host, Some(at(5))), Some(at(5)));
        presence.note(host, at(9));
        assert_eq!(presence.last_seen(host, Some(at(5))), Some(at(9)));
        assert_eq!(presence.take_unwritten(), [(host, at(9))]);
        assert!(presence.take_unwritten().is_empty());
    }

    #[test]
    fn silence_makes_offline() {
        let after = Duration::from_secs(90);
        assert_eq!(state(Some(at(10)), at(100), after), HostState::Online);
        assert_eq!(state(Some(at(9)), at(100), after), HostState::Offline);
        assert_eq!(state(None, at(100), after), HostState::Offline);
    }
}
