//! Renewal: a new key and certificate when half the life of the old one is over. A host that was off until all of it was over asks at once when it
//! starts; the server decides whether it is too late.

use std::time::Duration;

use packhorse_client::agent_api::AgentApi;
use packhorse_model::order::RenewRequest;
use tokio::sync::watch;

use super::{Identity, IdentityError, new_key};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::paths::Paths;

/// The longest sleep: timers stand still while a machine is suspended, and certificates do not.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);
const SHORTEST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Renews the identity in time, for ever, and gives the new way to the server to all who use it.
pub async fn keep_fresh(paths: Paths, clock: Clock, mut identity: Identity, api: watch::Sender<AgentApi>) {
    let mut backoff = Backoff::new(&identity.host.to_string(), SHORTEST_PAUSE, LONGEST_PAUSE);
    loop {
        let now = clock.now();
        let (half, end) = identity.validity().unwrap_or((now, now));
        let left = Duration::try_from(half.duration_since(now)).unwrap_or_default();
        if !left.is_zero() {
            tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
            continue;
        }
        let old = api.borrow().clone();
        match renew(&paths, &identity, &old).await {
            Ok((renewed, new)) => {
                tracing::info!("the certificate of this host was renewed");
                identity = renewed;
                api.send_replace(new);
                backoff.reset();
            }
            Err(error) => {
                let pause = backoff.pause();
                let hint = error.problem().and_then(|problem| problem.hint.as_deref()).unwrap_or_default();
                if end <= now {
                    tracing::error!(%end, hint, "the certificate of this host is over, and it cannot work until it is renewed");
                }
                tracing::warn!(%error, again_in_s = pause.as_secs(), "the certificate of this host could not be renewed");
                tokio::time::sleep(pause).await;
            }
        }
    }
}

async fn renew(paths: &Paths, identity: &Identity, api: &AgentApi) -> Result<(Identity, AgentApi), IdentityError> {
    let (key, certificate_request) = new_key()?;
    let reply = api.renew(&RenewRequest { certificate_request }).await?;
    let renewed = Identity { certificate: reply.certificate, key, ..identity.clone() };
    // What cannot be used must not replace what can.
    let api = renewed.connect()?;
    renewed.validity()?;
    renewed.save(paths)?;
    Ok((renewed, api))
}
