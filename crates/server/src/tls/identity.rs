//! What a peer's certificate says. The handshake has verified that our authority signed it, that it is a client's and that its time has come; this
//! reads who the client is and when the certificate ends, and refuses whatever is not exactly what we sign for agents.

use jiff::Timestamp;
use packhorse_model::ids::HostId;
use rustls_pki_types::CertificateDer;
use x509_parser::extensions::GeneralName;

use crate::access::{AgentIdentity, ExpiredIdentity};

const PREFIX: &str = "spiffe://packhorse/agent/";

/// A verified agent's certificate. Connections outlive certificates, so its end is looked at with every request.
#[derive(Debug, Clone)]
pub(crate) struct PeerCertificate {
    identity: AgentIdentity,
    serial: String,
    expires_at: Timestamp,
}

impl PeerCertificate {
    /// Who the peer is, as long as the certificate is good; then who it was.
    pub(crate) fn identity(&self, now: Timestamp) -> Result<AgentIdentity, ExpiredIdentity> {
        let Self { identity, expires_at, .. } = *self;
        if now < expires_at {
            return Ok(identity);
        }
        Err(ExpiredIdentity { identity, serial: self.serial.clone(), expired_at: expires_at })
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
    let serial = hex::encode(parsed.raw_serial());
    Some(PeerCertificate { identity: AgentIdentity { host, incarnation }, serial, expires_at })
}

/// The serial number of a certificate, in hexadecimal.
pub(crate) fn serial(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(hex::encode(parsed.raw_serial()))
}
