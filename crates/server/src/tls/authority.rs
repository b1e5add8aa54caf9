//! The certificate authority: a P-256 key and a certificate under `DATA/ca`, made at the first start, never replaced by itself.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use packhorse_model::ids::HostId;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ED25519,
    PublicKeyData as _, SanType,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};

use crate::clock::Clock;
use crate::start_error::StartError;

const KEY: &str = "authority.key";
const CERTIFICATE: &str = "authority.pem";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the authority itself is good for.
const AUTHORITY_LIFE: Duration = Duration::from_secs(20 * 365 * 24 * 60 * 60);
/// How long an agent's certificate is good for.
pub(crate) const AGENT_LIFE: Duration = DAY;
/// How long the server's certificate is good for.
pub(crate) const SERVER_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Clocks of hosts differ: a certificate is good from so long before it was made.
const BACKDATE: Duration = Duration::from_secs(60 * 60);

/// The authority. Its key never leaves this type.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
    clock: Clock,
}

/// A certificate that an agent gets.
pub(crate) struct AgentCertificate {
    /// In PEM.
    pub(crate) pem: String,
    /// Its serial number, as [`PeerCertificate`](super::PeerCertificate) reads it.
    pub(crate) serial: String,
}

/// Why an agent's certificate request was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateRequestError {
    /// It is no signed PKCS#10 request.
    #[error("the certificate request cannot be read, or its signature does not fit its key")]
    Form,
    /// Its key is of a kind that we do not sign.
    #[error("the key of the certificate request must be ECDSA P-256 or Ed25519")]
    Key,
    /// We could not sign.
    #[error("the certificate could not be made: {0}")]
    Sign(#[from] rcgen::Error),
}

impl Authority {
    /// Reads the authority, or makes it if there is none.
    pub(crate) fn open(directory: &Path, clock: &Clock) -> Result<Self, StartError> {
        let (key_path, certificate_path) = (directory.join(KEY), directory.join(CERTIFICATE));
        let broken = |reason: String| StartError::Authority { path: directory.to_owned(), reason };
        let (key_pem, pem) = match (read(&key_path)?, read(&certificate_path)?) {
            (Some(key), Some(certificate)) => (key, certificate),
            // A start that was cut off before the certificate was in place has given none out.
            (_, None) => {
                let made = generate(clock).map_err(|error| StartError::Other(error.to_string()))?;
                create(directory, &key_path, &certificate_path, &made)?;
                made
            }
            (None, Some(_)) => return Err(broken(format!("{KEY} is missing"))),
        };
        let key = KeyPair::from_pem(&key_pem).map_err(|error| broken(format!("{KEY}: {error}")))?;
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| broken(format!("{CERTIFICATE}: {error}")))?;
        if !belongs(&key, &certificate) {
            return Err(broken(format!("{KEY} is not the key of {CERTIFICATE}")));
        }
        let issuer =
            Issuer::from_ca_cert_der(&certificate, key).map_err(|error| broken(format!("{CERTIFICATE}: {error}")))?;
        Ok(Self { issuer, certificate, pem, clock: clock.clone() })
    }

    /// The authority's certificate in PEM.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The authority's certificate.
    pub(crate) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// SHA-256 of the authority's certificate (DER), by which agents know it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(&self.certificate))
    }

    /// A client certificate for the key of `request`. Nothing else that the request asks for is looked at.
    pub(crate) fn sign_agent(
        &self,
        request: &str,
        host: HostId,
        incarnation: u32,
    ) -> Result<AgentCertificate, CertificateRequestError> {
        let request = CertificateSigningRequestParams::from_pem(request).map_err(|_| CertificateRequestError::Form)?;
        let algorithm = request.public_key.algorithm();
        if algorithm != &PKCS_ECDSA_P256_SHA256 && algorithm != &PKCS_ED25519 {
            return Err(CertificateRequestError::Key);
        }
        let mut params = self.params(AGENT_LIFE, ExtendedKeyUsagePurpose::ClientAuth);
        params.distinguished_name.push(DnType::CommonName, host.to_string());
        let uri = format!("spiffe://packhorse/agent/{host}/{incarnation}");
        params.subject_alt_names = vec![SanType::URI(uri.try_into()?)];
        let certificate = params.signed_by(&request.public_key, &self.issuer)?;
        let serial = super::identity::serial(certificate.der()).ok_or(CertificateRequestError::Form)?;
        Ok(AgentCertificate { pem: certificate.pem(), serial })
    }

    /// A server certificate for these names and addresses, and its key.
    pub(crate) fn sign_server(
        &self,
        names: &[SanType],
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = self.params(SERVER_LIFE, ExtendedKeyUsagePurpose::ServerAuth);
        params.distinguished_name.push(DnType::CommonName, "Packhorse server");
        params.subject_alt_names = names.to_vec();
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok((certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }

    fn params(&self, life: Duration, purpose: ExtendedKeyUsagePurpose) -> CertificateParams {
        let mut params = CertificateParams::default();
        set_validity(&mut params, self.clock.now(), life);
        params.distinguished_name = DistinguishedName::new();
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        params
    }
}

fn set_validity(params: &mut CertificateParams, now: Timestamp, life: Duration) {
    let since_epoch = Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0));
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + since_epoch.saturating_sub(BACKDATE);
    params.not_after = epoch + since_epoch + life;
}

fn generate(clock: &Clock) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::default();
    set_validity(&mut params, clock.now(), AUTHORITY_LIFE);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Packhorse authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key)?;
    Ok((key.serialize_pem(), certificate.pem()))
}

fn belongs(key: &KeyPair, certificate: &CertificateDer<'_>) -> bool {
    x509_parser::parse_x509_certificate(certificate)
        .is_ok_and(|(_, parsed)| parsed.public_key().subject_public_key.data.as_ref() == key.der_bytes())
}

fn read(path: &Path) -> Result<Option<String>, StartError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StartError::File { path: path.to_owned(), source }),
    }
}

/// Writes the key, then the certificate, whose presence says that the authority is whole.
fn create(
    directory: &Path,
    key_path: &Path,
    certificate_path: &Path,
    (key, certificate): &(String, String),
) -> Result<(), StartError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|source| StartError::File { path: directory.to_owned(), source })?;
    for (path, text) in [(key_path, key), (certificate_path, certificate)] {
        write(path, text).map_err(|source| StartError::File { path: path.to_owned(), source })?;
    }
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|source| StartError::File { path: directory.to_owned(), source })
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, path)
}
