//! The certificate of the agent listener. It covers the names that we know and every address of this machine at which an agent has
//! reached us, and is made anew well before its end.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::SanType;
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;
use rustls_pki_types::UnixTime;

use super::AgentVerifier;
use super::authority::SERVER_LIFE;
use crate::app::App;
use crate::clock::Clock;
use crate::start_error::StartError;

/// Addresses that we take up because connections came in at them. A machine has few; the bound keeps a strange network from
/// making the certificate grow without end.
const MOST_ADDRESSES: usize = 64;

/// Gives each connection a configuration whose certificate covers the address that it came in at.
pub(crate) struct ServerCertificate {
    app: App,
    names: Vec<String>,
    current: Mutex<Current>,
}

struct Current {
    addresses: BTreeSet<IpAddr>,
    config: Arc<ServerConfig>,
    renew_at: Timestamp,
}

impl ServerCertificate {
    /// Makes the certificate for a listener.
    pub(crate) fn new(app: &App, listen: SocketAddr) -> Result<Self, StartError> {
        let mut names = vec!["localhost".to_owned(), rustix::system::uname().nodename().to_string_lossy().into_owned()];
        let mut addresses = BTreeSet::from([IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]);
        if !listen.ip().is_unspecified() {
            addresses.insert(listen.ip());
        }
        for name in &app.config.agent_names {
            match name.parse::<IpAddr>() {
                Ok(address) => drop(addresses.insert(address)),
                Err(_) => names.push(name.clone()),
            }
        }
        let current = make(app, &names, addresses)?;
        Ok(Self { app: app.clone(), names, current: Mutex::new(current) })
    }

    /// The configuration for a connection that came in at this address of ours.
    pub(crate) fn config(&self, local: IpAddr) -> Arc<ServerConfig> {
        let local = local.to_canonical();
        // Signing takes less than a millisecond and happens a few times in the life of a server.
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !current.addresses.contains(&local) && current.addresses.len() < MOST_ADDRESSES;
        if is_new || current.renew_at <= self.app.clock.now() {
            let mut addresses = current.addresses.clone();
            addresses.insert(local);
            match make(&self.app, &self.names, addresses) {
                Ok(made) => *current = made,
                Err(error) => tracing::error!(%error, "the server's certificate could not be renewed"),
            }
        }
        Arc::clone(&current.config)
    }
}

fn make(app: &App, names: &[String], addresses: BTreeSet<IpAddr>) -> Result<Current, StartError> {
    let other = |error: &dyn std::fmt::Display| StartError::Other(format!("the agent listener's certificate: {error}"));
    let mut covered: Vec<SanType> = addresses.iter().copied().map(SanType::IpAddress).collect();
    for name in names {
        // A machine may have a name that no certificate can carry; agents reach it by another.
        if let Ok(name) = name.as_str().try_into() {
            covered.push(SanType::DnsName(name));
        }
    }
    let (certificate, key) = app.authority.sign_server(&covered).map_err(|error| other(&error))?;
    let mut roots = RootCertStore::empty();
    roots.add(app.authority.certificate().clone()).map_err(|error| other(&error))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .map_err(|error| other(&error))?;
    let mut config = ServerConfig::builder_with_details(provider, Arc::new(ClockTime(app.clock.clone())))
        .with_safe_default_protocol_versions()
        .map_err(|error| other(&error))?
        .with_client_cert_verifier(Arc::new(AgentVerifier(verifier)))
        .with_single_cert(vec![certificate], key)
        .map_err(|error| other(&error))?;
    // A resumed session would carry a certificate that nobody verifies again.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let life = SignedDuration::try_from(SERVER_LIFE.saturating_sub(Duration::from_secs(10 * 24 * 60 * 60)));
    let renew_at = life.ok().and_then(|life| app.clock.now().checked_add(life).ok()).unwrap_or(Timestamp::MAX);
    Ok(Current { addresses, config: Arc::new(config), renew_at })
}

#[derive(Debug)]
struct ClockTime(Clock);

impl TimeProvider for ClockTime {
    fn current_time(&self) -> Option<UnixTime> {
        u64::try_from(self.0.now().as_second())
            .ok()
            .map(|seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}
