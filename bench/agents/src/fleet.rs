//! The fleet: how its hosts join, and the threads that their agents live on.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use packhorse_agent::clock::Clock;
use packhorse_agent::identity::JoinToken;
use packhorse_client::agent_api::{AgentApi, Endpoint};
use packhorse_model::HostName;
use packhorse_model::api::hosts::CreateJoinToken;
use packhorse_model::order::{Health, HostFacts, InstanceReport, InstanceState, JoinRequest};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use tokio::runtime::Handle;

use crate::agent::{Agent, Counts};
use crate::machine::Machine;
use crate::site::{Failure, MODULE, PACKAGE, Site};

/// Hosts that join at the same time.
const AT_ONCE: usize = 64;
/// How long the server may take until it has every host's inventory.
const PATIENCE: Duration = Duration::from_secs(600);
const AGENT_VERSION: &str = "0.0.0-simulated";

/// What it took until all agents were there, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gathering {
    /// To make the join tokens.
    pub(crate) tokens: f64,
    /// To join.
    pub(crate) joins: f64,
    /// To connect and to tell what is on the hosts, until all of it is in the database.
    pub(crate) inventories: f64,
}

/// All agents.
pub(crate) struct Fleet {
    /// What they have counted.
    pub(crate) counts: Arc<Counts>,
    step: Duration,
    threads: Handle,
}

impl Fleet {
    /// No agents yet; they will live on these threads and take `step` for each step.
    pub(crate) fn new(threads: Handle, step: Duration) -> Self {
        Self { counts: Arc::default(), step, threads }
    }

    /// Lets hosts join, and waits until all are known to the server with what is on them.
    pub(crate) async fn gather(&self, site: &Site, agents: u32) -> Result<Gathering, Failure> {
        let begin = Instant::now();
        let tokens: Vec<(u32, JoinToken)> =
            stream::iter((0..agents).map(|number| token(site, number))).buffer_unordered(AT_ONCE).try_collect().await?;
        let tokens_made = begin.elapsed();

        let joining = Arc::new(Joining::at(site).await?);
        let joins = tokens.into_iter().map(|(number, token)| {
            let joining = Arc::clone(&joining);
            let joined = self.threads.spawn(async move { joining.join(number, &token).await });
            async move { joined.await? }
        });
        let mut joins = stream::iter(joins).buffer_unordered(AT_ONCE);
        while let Some(host) = joins.try_next().await? {
            self.start(site, host)?;
        }
        let all_joined = begin.elapsed();

        while site.client.package(&PACKAGE.parse()?).await?.instances < u64::from(agents) {
            if begin.elapsed() > all_joined + PATIENCE {
                let reason = self.counts.last_failure().unwrap_or_default();
                return Err(format!("not all agents are known to the server after {PATIENCE:?}: {reason}").into());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(Gathering {
            tokens: tokens_made.as_secs_f64(),
            joins: (all_joined - tokens_made).as_secs_f64(),
            inventories: (begin.elapsed() - all_joined).as_secs_f64(),
        })
    }

    /// Starts the agent of a host that has joined.
    fn start(&self, site: &Site, host: Host) -> Result<(), Failure> {
        let instance = InstanceReport {
            package: PACKAGE.parse()?,
            version: site.installed.version.clone(),
            tree: site.installed.tree,
            install_root: format!("/data/app/{PACKAGE}"),
            state: InstanceState::Running,
            health: Health::Healthy,
            reason: None,
            previous: None,
            rendering: None,
            previous_rendering: None,
            drift: None,
        };
        let machine = Machine::new(Clock::System, instance, Arc::clone(&self.counts.transitions));
        let Host { name, api, facts } = host;
        let agent = Agent::new(name, api, facts, self.step, machine, Arc::clone(&self.counts));
        self.threads.spawn(Arc::clone(&agent).poll());
        self.threads.spawn(agent.report());
        Ok(())
    }
}

/// A host that has joined.
struct Host {
    name: String,
    api: AgentApi,
    facts: HostFacts,
}

fn name(number: u32) -> String {
    format!("agent-{number:05}")
}

/// An address of its own for each host, all of them on this machine: otherwise the connections would have to share the ports of one.
fn address(number: u32) -> IpAddr {
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 1)) + number).into()
}

async fn token(site: &Site, number: u32) -> Result<(u32, JoinToken), Failure> {
    let host: HostName = name(number).parse()?;
    let wanted = CreateJoinToken { host, modules: vec![MODULE.parse()?], expires_in_minutes: None };
    let created = site.client.create_join_token(&wanted, &site.key()).await?;
    Ok((number, created.token.parse()?))
}

/// What all hosts know of the server before they join.
struct Joining {
    url: String,
    authority: String,
}

impl Joining {
    async fn at(site: &Site) -> Result<Self, Failure> {
        let authority = Endpoint::new(&site.agent_url, None)?.authority_unverified().await?;
        Ok(Self { url: site.agent_url.clone(), authority })
    }

    async fn join(&self, number: u32, token: &JoinToken) -> Result<Host, Failure> {
        if !token.vouches_for(&self.authority) {
            return Err("the token is of another server".into());
        }
        let (name, address) = (name(number), address(number));
        let endpoint = Endpoint::new(&self.url, Some(address))?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let facts = HostFacts {
            address: address.to_string(),
            os: "Simulated".to_owned(),
            arch: "x86_64".to_owned(),
            agent_version: AGENT_VERSION.to_owned(),
            ..HostFacts::default()
        };
        let request = JoinRequest {
            token: token.secret().to_owned(),
            certificate_request: CertificateParams::default().serialize_request(&key)?.pem()?,
            facts: facts.clone(),
            agent_version: AGENT_VERSION.to_owned(),
        };
        let reply = endpoint.trusting(&self.authority)?.join(&request).await?;
        let api = endpoint.with_identity(&self.authority, &reply.certificate, &key.serialize_pem())?;
        Ok(Host { name, api, facts })
    }
}
