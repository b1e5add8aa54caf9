//! What every request and every background task shares.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use packhorse_store::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::access::{Passwords, Throttles, Usage};
use crate::clock::Clock;
use crate::config::Config;
use crate::drafts::Drafts;
use crate::engine::feed::Feeds;
use crate::jobs::Proofs;
use crate::objects::Objects;
use crate::presence::Presence;
use crate::random::Random;
use crate::start_error::StartError;
use crate::tls::Authority;
use crate::transfers::Transfers;
use crate::vault::{MasterKey, Vault};
use crate::wake::Wake;

/// How many packs or recipes from outside are unpacked at the same time.
const SLIM_TURNS: usize = 2;

/// The running server. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What an [`App`] holds.
pub struct Shared {
    /// How the server was started.
    pub config: Config,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where identifiers and secrets come from.
    pub random: Random,
    /// Where the rows are.
    pub store: Store,
    /// Signs the certificates of the server and of its agents.
    pub authority: Authority,
    /// When each host was last heard of.
    pub presence: Presence,
    /// Cancelled when the server stops: whatever holds a request open lets go of it.
    pub stopping: CancellationToken,
    /// Where content is.
    pub(crate) objects: Objects,
    pub(crate) transfers: Transfers,
    pub(crate) vault: Vault,
    pub(crate) proofs: Proofs,
    pub(crate) drafts: Drafts,
    /// Turns in which packs and recipes from outside are unpacked, which may take some memory.
    pub(crate) slim_turns: Semaphore,
    /// When this server started.
    pub(crate) started_at: Timestamp,
    pub(crate) wake: Wake,
    pub(crate) feeds: Feeds,
    pub(crate) passwords: Passwords,
    pub(crate) throttles: Throttles,
    pub(crate) usage: Usage,
    agent_address: OnceLock<SocketAddr>,
}

impl App {
    /// Opens everything that lies in the data directory, and makes it if this is the first start.
    ///
    /// # Errors
    /// If the directory cannot be used or another server uses it, or the database does not answer.
    pub async fn open(config: Config, clock: Clock, random: Random) -> Result<Self, StartError> {
        let store = Store::open(&config.database).await?;
        let vault_directory = config.data.join("vault");
        let vault = Vault::new(&MasterKey::open(&vault_directory, &random)?, random.clone())?;
        vault.check(&mut *store.read().await?).await?.map_err(|error| StartError::MasterKey {
            path: vault_directory.join("master.key"),
            reason: error.to_string(),
        })?;
        let authority = Authority::open(&config.data.join("ca"), &clock)?;
        let objects =
            Objects::open(&config.data.join("objects")).map_err(|error| StartError::Other(error.to_string()))?;
        let transfers = Transfers::new(config.data.join("cache/transfers"));
        let drafts = Drafts::new(config.data.join("uploads"));
        Ok(Self(Arc::new(Shared {
            config,
            started_at: clock.now(),
            clock,
            random,
            store,
            authority,
            presence: Presence::default(),
            stopping: CancellationToken::new(),
            objects,
            transfers,
            vault,
            proofs: Proofs::default(),
            drafts,
            slim_turns: Semaphore::new(SLIM_TURNS),
            wake: Wake::default(),
            feeds: Feeds::default(),
            passwords: Passwords::default(),
            throttles: Throttles::default(),
            usage: Usage::default(),
            agent_address: OnceLock::new(),
        })))
    }

    /// Where agents connect: what is bound, or what will be.
    #[must_use]
    pub fn agent_address(&self) -> SocketAddr {
        self.agent_address.get().copied().unwrap_or(self.config.agent_listen)
    }

    /// Notes where agents connect, for a configuration that left the port open.
    pub(crate) fn bound(&self, agents: SocketAddr) {
        // Bound once, at the start.
        let _ = self.agent_address.set(agents);
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
