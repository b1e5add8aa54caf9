//! How often someone may try and fail. A key that has failed too often within a window is refused until the window is over, whether the next try is right or not.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::error::ApiError;

/// Keys that are remembered at most; when there are more, those whose window is over go first, then the oldest.
const MOST_KEYS: usize = 10_000;

/// The throttles of the server.
pub(crate) struct Throttles {
    /// Of signing in to one account from one address.
    pub(crate) account: Throttle<(String, IpAddr)>,
    /// Of signing in at all from one address.
    pub(crate) sign_in: Throttle<IpAddr>,
    /// Of joining from one address with tokens that are none. Those that are do not count: a whole site may join from behind one address.
    pub(crate) join: Throttle<IpAddr>,
}

impl Default for Throttles {
    fn default() -> Self {
        Self {
            account: Throttle::new(5, SignedDuration::from_mins(5)),
            sign_in: Throttle::new(30, SignedDuration::from_mins(5)),
            join: Throttle::new(20, SignedDuration::from_mins(5)),
        }
    }
}

/// Counts failures by key.
pub(crate) struct Throttle<K> {
    most: u32,
    window: SignedDuration,
    failures: Mutex<BTreeMap<K, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    since: Timestamp,
    count: u32,
}

impl<K: Ord + Clone> Throttle<K> {
    fn new(most: u32, window: SignedDuration) -> Self {
        Self { most, window, failures: Mutex::new(BTreeMap::new()) }
    }

    /// Counts a try before it is made, so that many at once cannot pass together. [`Throttle::take_back`] and
    /// [`Throttle::succeeded`] undo it.
    ///
    /// # Errors
    /// 429 if this key has failed too often.
    pub(crate) fn attempt(&self, key: &K, now: Timestamp) -> Result<(), ApiError> {
        let mut failures = self.lock();
        let entry = self.admitted(&failures, key, now)?;
        self.count(&mut failures, key, entry, now);
        Ok(())
    }

    /// Whether a try may be made, without counting it: for what many rightly do at once, and what cannot be guessed in a few tries more.
    /// [`Throttle::failed`] counts those that fail.
    ///
    /// # Errors
    /// 429 if this key has failed too often.
    pub(crate) fn admit(&self, key: &K, now: Timestamp) -> Result<(), ApiError> {
        self.admitted(&self.lock(), key, now).map(drop)
    }

    /// Counts a try that failed.
    pub(crate) fn failed(&self, key: &K, now: Timestamp) {
        let mut failures = self.lock();
        // Of those that were at it together, more may fail than there should have been.
        if let Ok(entry) = self.admitted(&failures, key, now) {
            self.count(&mut failures, key, entry, now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self, entry: &Failures, now: Timestamp) -> bool {
        entry.since.saturating_add(self.window).unwrap_or(Timestamp::MAX) <= now
    }

    /// What is known of a key that may try.
    fn admitted(&self, failures: &BTreeMap<K, Failures>, key: &K, now: Timestamp) -> Result<Failures, ApiError> {
        let entry = match failures.get(key).copied() {
            Some(entry) if !self.is_over(&entry, now) => entry,
            _ => Failures { since: now, count: 0 },
        };
        if entry.count >= self.most {
            let end = entry.since.saturating_add(self.window).unwrap_or(Timestamp::MAX);
            let seconds = u32::try_from(end.duration_since(now).as_secs()).unwrap_or(u32::MAX).max(1);
            return Err(ApiError::new(
                http::StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "there were too many failed attempts",
            )
            .hint(format!("try again in {seconds} s"))
            .retry_after(seconds));
        }
        Ok(entry)
    }

    fn count(&self, failures: &mut BTreeMap<K, Failures>, key: &K, entry: Failures, now: Timestamp) {
        if failures.len() >= MOST_KEYS && !failures.contains_key(key) {
            failures.retain(|_, entry| !self.is_over(entry, now));
            if failures.len() >= MOST_KEYS
                && let Some(oldest) = failures.iter().min_by_key(|(_, entry)| entry.since).map(|(key, _)| key.clone())
            {
                failures.remove(&oldest);
            }
        }
        failures.insert(key.clone(), Failures { count: entry.count + 1, ..entry });
    }

    /// The try succeeded: it does not count.
    pub(crate) fn take_back(&self, key: &K) {
        if let Some(entry) = self.lock().get_mut(key) {
            entry.count = entry.count.saturating_sub(1);
        }
    }

    /// The try succeeded: the key starts anew.
    pub(crate) fn succeeded(&self, key: &K) {
        self.lock().remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_after_too_many_and_forgives_after_the_window() {
        let throttle = Throttle::new(2, SignedDuration::from_secs(60));
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(throttle.attempt(&"a", at(0)).is_ok() && throttle.attempt(&"a", at(1)).is_ok());
        assert_eq!(throttle.attempt(&"a", at(59)).unwrap_err().problem().code, "too_many_attempts");
        assert!(throttle.attempt(&"b", at(59)).is_ok(), "another key is not touched");
        assert!(throttle.attempt(&"a", at(60)).is_ok());
        throttle.take_back(&"a");
        assert!(throttle.attempt(&"a", at(60)).is_ok() && throttle.attempt(&"a", at(60)).is_ok());
        throttle.succeeded(&"a");
        assert!(throttle.attempt(&"a", at(61)).is_ok() && throttle.attempt(&"a", at(61)).is_ok());
    }

    #[test]
    fn what_is_admitted_counts_once_it_failed() {
        let throttle = Throttle::new(2, SignedDuration::from_secs(60));
        let now = Timestamp::from_second(0).unwrap();
        for _ in 0..100 {
            throttle.admit(&"a", now).unwrap();
        }
        throttle.failed(&"a", now);
        assert!(throttle.admit(&"a", now).is_ok());
        throttle.failed(&"a", now);
        throttle.failed(&"a", now);
        assert_eq!(throttle.admit(&"a", now).unwrap_err().problem().code, "too_many_attempts");
        assert!(throttle.admit(&"a", Timestamp::from_second(60).unwrap()).is_ok());
    }

    #[test]
    fn remembers_a_bounded_number_of_keys() {
        let throttle = Throttle::new(2, SignedDuration::from_secs(60));
        for key in 0..MOST_KEYS + 10 {
            throttle.attempt(&key, Timestamp::from_second(0).unwrap()).unwrap();
        }
        assert_eq!(throttle.failures.lock().unwrap().len(), MOST_KEYS);
    }
}
