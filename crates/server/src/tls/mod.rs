//! The server's own certificate authority, and what it signs: the certificate of the agent listener, and those of the agents.
//!
//! An agent's certificate names its host and the joining at which it was given out, lasts 24 hours, and is good for clients only; the server's is good for servers only.
//! So neither can be used in the place of the other. With a certificate that is over an agent can ask for a new one, and for nothing else.

mod agent_verifier;
mod authority;
mod identity;
mod server_certificate;

pub(crate) use agent_verifier::AgentVerifier;
pub use authority::Authority;
pub(crate) use authority::CertificateRequestError;
pub(crate) use identity::{PeerCertificate, peer};
pub(crate) use server_certificate::ServerCertificate;
