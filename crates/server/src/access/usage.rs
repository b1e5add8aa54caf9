//! When sessions and tokens were last used. Every request uses one, so it is noted in memory and written in batches, to the minute.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use packhorse_model::ids::{SessionId, TokenId};
use packhorse_store::{StoreError, sessions, tokens};

use crate::app::App;

/// What is not older than this need not be written again.
const GRAIN: SignedDuration = SignedDuration::from_secs(60);

/// What was used since the last flush.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    sessions: BTreeMap<SessionId, Timestamp>,
    tokens: BTreeMap<TokenId, Timestamp>,
}

impl Usage {
    /// Notes that a session was used.
    pub(crate) fn session(&self, id: SessionId, stored: Timestamp, now: Timestamp) {
        if is_old(Some(stored), now) {
            self.lock().sessions.insert(id, now);
        }
    }

    /// Notes that a token was used.
    pub(crate) fn token(&self, id: TokenId, stored: Option<Timestamp>, now: Timestamp) {
        if is_old(stored, now) {
            self.lock().tokens.insert(id, now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_old(stored: Option<Timestamp>, now: Timestamp) -> bool {
    stored.is_none_or(|stored| stored.saturating_add(GRAIN).unwrap_or(Timestamp::MAX) <= now)
}

/// Writes what was noted.
pub(crate) async fn flush(app: &App) -> Result<(), StoreError> {
    let noted = std::mem::take(&mut *app.usage.lock());
    if noted.sessions.is_empty() && noted.tokens.is_empty() {
        return Ok(());
    }
    let mut tx = app.store.write().await?;
    for (id, at) in noted.sessions {
        sessions::touch(&mut tx, id, at).await?;
    }
    for (id, at) in noted.tokens {
        tokens::touch(&mut tx, id, at).await?;
    }
    tx.commit().await
}
