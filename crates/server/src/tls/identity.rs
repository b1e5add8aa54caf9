//! What a peer's certificate says. The TLS library has verified that our authority signed it, that it is a client's and not expired; this reads who
//! the client is, and refuses whatever is not exactly what we sign for agents.

use jiff::Timestamp;
use packhorse_model::ids::HostId;
use rustls_pki_types::CertificateDer;
use x509_parser::extensions::GeneralName;

use crate::access::AgentIdentity;

const PREFIX: &str = "spiffe://packhorse/agent/";

/// A verified agent's certificate. Connections outlive certificates, so its end is looked at with every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerCertificate {
    identity: AgentIdentity,
    expires_at: Timestamp,
}

impl PeerCertificate {
    /// Who the peer is, as long as the certificate is good.
    pub(crate) fn identity(&self, now: Timestamp) -> Option<AgentIdentity> {
        (now < self.expires_at).then_some(self.identity)
    }
}

/// Reads a verified certificate; `None` if it is not one that we gave to an agent.
pub(crate) fn peer(certificate: &CertificateDer<'_>) -> Option<PeerCertificate> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let usage = parsed.extended_key_usage().ok()??.value;
    if !usage.client_auth || usage.server_auth || usage.any {
        return None;
    }
    let [GeneralName::URI(uri)] = parsed.subject_alternative_name().ok()??.value.general_names[..] else {
        return None;
    };
    let (host, incarnation) = uri.strip_prefix(PREFIX)?.split_once('/')?;
    let host: HostId = host.parse().ok()?;
    let incarnation = incarnation.parse().ok()?;
    let name = parsed.subject().iter_common_name().next()?.as_str().ok()?;
    if name.parse() != Ok(host) {
        return None;
    }
    let expires_at = Timestamp::from_second(parsed.validity().not_after.timestamp()).ok()?;
    Some(PeerCertificate { identity: AgentIdentity { host, incarnation }, expires_at })
}
