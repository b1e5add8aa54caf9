//! How often someone may try and fail. A key that has failed too often within a window is refused until the window is over, whether the next try is right or not.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

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
    /// Of joining from one address.
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
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |entry: &Failures| entry.since.saturating_add(self.window).unwrap_or(Timestamp::MAX) <= now;
        let entry = match failures.get(key).copied() {
            Some(entry) if !over(&entry) => entry,
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
        if failures.len() >= MOST_KEYS && !failures.contains_key(key) {
            failures.retain(|_, entry| !over(entry));
            if failures.len() >= MOST_KEYS
                && let Some(oldest) = failures.iter().min_by_key(|(_, entry)| entry.since).map(|(key, _)| key.clone())
            {
                failures.remove(&oldest);
            }
        }
        failures.insert(key.clone(), Failures { count: entry.count + 1, ..entry });
        Ok(())
    }

    /// The try succeeded: it does not count.
    pub(crate) fn take_back(&self, key: &K) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = failures.get_mut(key) {
            entry.count = entry.count.saturating_sub(1);
        }
    }

    /// The try succeeded: the key starts anew.
    pub(crate) fn succeeded(&self, key: &K) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
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
    fn remembers_a_bounded_number_of_keys() {
        let throttle = Throttle::new(2, SignedDuration::from_secs(60));
        for key in 0..MOST_KEYS + 10 {
            throttle.attempt(&key, Timestamp::from_second(0).unwrap()).unwrap();
        }
        assert_eq!(throttle.failures.lock().unwrap().len(), MOST_KEYS);
    }
}
