//! Pauses between tries: longer each time, up to a bound, and different on each host, so that a server that comes back is not met by
//! all of them at once.

use std::time::Duration;

/// The pauses of one thing that is tried again.
#[derive(Debug, Clone)]
pub struct Backoff {
    seed: [u8; 32],
    shortest: Duration,
    longest: Duration,
    tries: u32,
}

impl Backoff {
    /// Pauses from `shortest` to `longest`; `who` makes them differ.
    #[must_use]
    pub fn new(who: &str, shortest: Duration, longest: Duration) -> Self {
        Self { seed: *blake3::hash(who.as_bytes()).as_bytes(), shortest, longest, tries: 0 }
    }

    /// The next pause: between half and all of twice the one before.
    pub fn pause(&mut self) -> Duration {
        let whole = self.shortest.saturating_mul(1 << self.tries.min(16)).min(self.longest);
        self.tries = self.tries.saturating_add(1);
        let mut hasher = blake3::Hasher::new_keyed(&self.seed);
        hasher.update(&self.tries.to_le_bytes());
        let share = f64::from(hasher.finalize().as_bytes()[0]) / 255.0;
        whole.mul_f64(0.5 + share / 2.0)
    }

    /// It worked: the next pause is a short one.
    pub fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_up_to_its_bound_and_differs_from_host_to_host() {
        let (shortest, longest) = (Duration::from_millis(200), Duration::from_secs(30));
        let pauses = |who: &str| {
            let mut backoff = Backoff::new(who, shortest, longest);
            (0..100).map(|_| backoff.pause()).collect::<Vec<_>>()
        };
        for (tries, pause) in pauses("a").into_iter().enumerate() {
            let whole = shortest.saturating_mul(1 << tries.min(16)).min(longest);
            assert!(pause >= whole / 2 && pause <= whole, "{tries}: {pause:?}");
        }
        assert_ne!(pauses("a"), pauses("b"));
    }
}
