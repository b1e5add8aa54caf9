//! Whether values can be encrypted with the keys that they are for: found out when a plan is made, and not first when a host prepares.
//!
//! Secrets are opened to be measured; what is told of them is what their key could encrypt, and never how long they are.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::api::unresolved::{NoValue, NoValueReason};
use packhorse_model::order::{Envelope, SecretVersion};
use packhorse_planner::fleet::{HostValues, InventoryHost, KnownVersion, UnresolvedUse};
use packhorse_store::{Conn, vault};

use super::uses::{self, Use, UseSite};
use crate::app::App;
use crate::envelope::{KeyError, PublicKey, SigningKey};
use crate::error::ApiError;

/// Adds to what is unresolved on each host the uses of values that its keys cannot encrypt.
pub(crate) async fn check(
    app: &App,
    conn: &mut Conn,
    versions: &[KnownVersion],
    hosts: &mut [InventoryHost],
) -> Result<(), ApiError> {
    for version in versions {
        let envelopes: Vec<&Envelope> =
            hosts.iter().filter_map(|host| host.values.get(&version.id)?.envelope.as_ref()).collect();
        if envelopes.is_empty() {
            continue;
        }
        let measures = Measures::take(app, conn, &envelopes).await?;
        let uses = uses::of_version(conn, version.id, &version.release).await?;
        for values in hosts.iter_mut().filter_map(|host| host.values.get_mut(&version.id)) {
            let unsealable = unsealable(&uses, values, &measures);
            values.unresolved.extend(unsealable);
        }
    }
    Ok(())
}

/// What keys and secrets turned out to be. Most hosts have the same ones, and reading a key takes its time.
#[derive(Default)]
struct Measures {
    public: BTreeMap<String, PublicKey>,
    /// Bits of signing keys.
    signing: BTreeMap<SecretVersion, Result<usize, KeyError>>,
    /// Bytes of secrets.
    lengths: BTreeMap<SecretVersion, usize>,
}

impl Measures {
    async fn take(app: &App, conn: &mut Conn, envelopes: &[&Envelope]) -> Result<Self, ApiError> {
        let mut measures = Self::default();
        for text in envelopes.iter().map(|envelope| envelope.public_key.as_str()).collect::<BTreeSet<_>>() {
            // One that cannot be read is told of where the variables are looked at.
            if let Ok(key) = PublicKey::read(text) {
                measures.public.insert(text.to_owned(), key);
            }
        }
        for version in envelopes.iter().filter_map(|envelope| envelope.signing_key).collect::<BTreeSet<_>>() {
            let text = open(app, conn, version).await?;
            measures.signing.insert(version, SigningKey::read(&text).map(|key| key.bits()));
        }
        let secrets = envelopes.iter().flat_map(|envelope| envelope.secrets.values().copied());
        for version in secrets.collect::<BTreeSet<_>>() {
            let text = open(app, conn, version).await?;
            measures.lengths.insert(version, text.len());
        }
        Ok(measures)
    }
}

async fn open(app: &App, conn: &mut Conn, version: SecretVersion) -> Result<String, ApiError> {
    let sealed = vault::sealed(conn, version.secret, version.version).await?;
    let sealed = sealed.ok_or_else(|| ApiError::internal("a secret that a variable leads to is not in the vault"))?;
    app.vault.open(version.secret, version.version, &sealed).map_err(ApiError::internal)
}

/// The uses whose values cannot be encrypted on a host.
fn unsealable(uses: &[Use], values: &HostValues, measures: &Measures) -> Vec<UnresolvedUse> {
    let Some(envelope) = &values.envelope else { return Vec::new() };
    let public = measures.public.get(&envelope.public_key);
    let reason = |used: &Use| match used.site {
        UseSite::SigningKey => signing_key(public, measures.signing.get(&envelope.signing_key?)?),
        UseSite::Encrypted | UseSite::SingleEncrypted => {
            let length = match envelope.secrets.get(&used.name) {
                Some(version) => *measures.lengths.get(version)?,
                None => values.variables.get(&used.name)?.len(),
            };
            too_long(public?, length)
        }
        _ => None,
    };
    let told = |used: &Use| {
        let (place, token, name) = (used.place.clone(), used.token.clone(), used.name.clone());
        Some(UnresolvedUse { place, token, name, why: reason(used)? })
    };
    uses.iter().filter_map(told).collect()
}

fn too_long(public: &PublicKey, length: usize) -> Option<NoValue> {
    let (bits, longest) = (public.bits(), public.longest());
    (length > longest).then(|| {
        let words = format!("is longer than the {longest} bytes that the public key of {bits} bits encrypts");
        NoValue::new(NoValueReason::TooLong, words)
    })
}

fn signing_key(public: Option<&PublicKey>, found: &Result<usize, KeyError>) -> Option<NoValue> {
    let words = match (found, public) {
        (Err(error), _) => error.to_string(),
        (Ok(bits), Some(public)) if *bits < public.least_signing_bits() => {
            let (of, least) = (public.bits(), public.least_signing_bits());
            format!("has {bits} bits, and for the public key of {of} bits it must have {least} at least")
        }
        (Ok(_), _) => return None,
    };
    Some(NoValue::new(NoValueReason::KeyUnusable, words))
}
