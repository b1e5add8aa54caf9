//! Where the server takes randomness from: identifiers and secrets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use packhorse_model::ids::Identifier;

/// A source of randomness. Whoever needs some gets it from the one in [`crate::App`], so that tests can repeat it.
#[derive(Debug, Clone)]
pub struct Random(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Seeded { seed: [u8; 32], drawn: Arc<AtomicU64> },
}

impl Random {
    /// The operating system's.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The same sequence for the same seed. For tests: its secrets can be guessed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let seed = *blake3::hash(&seed.to_be_bytes()).as_bytes();
        Self(Source::Seeded { seed, drawn: Arc::new(AtomicU64::new(0)) })
    }

    /// 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        match &self.0 {
            Source::System => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).expect("the operating system gives randomness once it has booted");
                bytes
            }
            Source::Seeded { seed, drawn } => {
                let number = drawn.fetch_add(1, Ordering::SeqCst);
                *blake3::keyed_hash(seed, &number.to_be_bytes()).as_bytes()
            }
        }
    }

    /// A new identifier, made at `now`.
    #[must_use]
    pub fn id<T: Identifier>(&self, now: Timestamp) -> T {
        let bytes = self.bytes();
        let half: [u8; 16] = std::array::from_fn(|index| bytes[index]);
        T::from_parts(now, u128::from_be_bytes(half))
    }
}
