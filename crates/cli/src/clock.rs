//! The only place of the command line that looks at the clock and takes randomness.

use packhorse_client::IdempotencyKey;

use crate::error::CommandError;

/// The time of day.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A key for one thing that shall be done once.
pub(crate) fn new_key() -> Result<IdempotencyKey, CommandError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| CommandError::failed("the system gives no randomness").detailed(error.to_string()))?;
    Ok(IdempotencyKey::from_random(u128::from_be_bytes(bytes)))
}
