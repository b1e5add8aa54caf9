//! What the uses of a version come to on one host: values, secrets, what is encrypted, and the digest of what stands in its files.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_content::digest_of;
use packhorse_model::Digest;
use packhorse_model::api::unresolved::{NoValue, NoValueReason};
use packhorse_model::order::{Envelope, SecretVersion};
use packhorse_model::variables::Scope;
use packhorse_planner::fleet::{HostValues, UnresolvedUse};
use serde::Serialize;

use super::uses::{Use, UseSite};
use super::values::{Found, Known};
use crate::envelope::PublicKey;

/// What stands in the rendered files, as it goes into their digest. What is encrypted is known by its value and its keys: the texts that come
/// of it are other ones each time, and are no change.
#[derive(Default, Serialize)]
struct Rendered<'a> {
    variables: BTreeMap<&'a str, &'a str>,
    secrets: BTreeMap<&'a str, SecretVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    envelope: Option<&'a Envelope>,
}

impl Rendered<'_> {
    fn digest(&self) -> Option<Digest> {
        if self.variables.is_empty() && self.secrets.is_empty() && self.envelope.is_none() {
            return None;
        }
        // Maps of texts and numbers can always be written.
        serde_json::to_vec(self).ok().map(|bytes| digest_of(&bytes))
    }
}

/// What public keys turned out to be. Most hosts have the same one, and reading a key takes its time.
#[derive(Default)]
pub(super) struct Keys(BTreeMap<String, Result<(), String>>);

impl Keys {
    fn check(&mut self, text: &str) -> Result<(), String> {
        let read = || PublicKey::read(text).map(drop).map_err(|error| error.to_string());
        self.0.entry(text.to_owned()).or_insert_with(read).clone()
    }
}

/// What a version comes to on a host.
pub(super) fn values(
    uses: &[Use],
    known: &Known,
    scopes: &[BTreeSet<Scope>],
    own: &BTreeMap<String, String>,
    keys: &mut Keys,
) -> HostValues {
    let mut values = HostValues::default();
    let mut envelope = Envelope::default();
    let mut seen: BTreeMap<&str, Found> = BTreeMap::new();
    let mut rendered: BTreeSet<&str> = BTreeSet::new();
    for used in uses {
        let found = seen.entry(used.name.as_str()).or_insert_with(|| known.find(&used.name, scopes, own));
        let name = || used.name.clone();
        let settled = match (used.site, &*found) {
            (UseSite::PublicKey, Found::Text(text)) => match keys.check(text) {
                Ok(()) => {
                    envelope.public_key.clone_from(text);
                    Ok(())
                }
                Err(error) => Err(NoValue::new(NoValueReason::KeyUnusable, error)),
            },
            (UseSite::PublicKey, Found::Secret(..)) => {
                let words = "is a secret: a public key is none, so set it as a text";
                Err(NoValue::new(NoValueReason::KeyUnusable, words))
            }
            (UseSite::SigningKey, Found::Secret(_, version)) => {
                envelope.signing_key = Some(*version);
                Ok(())
            }
            (UseSite::SigningKey, Found::Text(_)) => {
                let words = "is a private key for everybody to see: put it into the vault, and lead the variable there";
                Err(NoValue::new(NoValueReason::KeyUnusable, words))
            }
            (site, Found::Text(text)) => {
                if site == UseSite::Encrypted {
                    envelope.encrypted.insert(name());
                }
                if site == UseSite::SingleEncrypted {
                    envelope.single_encrypted.insert(name());
                }
                if site != UseSite::Open {
                    rendered.insert(used.name.as_str());
                }
                values.variables.insert(name(), text.clone());
                Ok(())
            }
            (UseSite::SecretInFile | UseSite::WholeFile, Found::Secret(_, version)) => {
                rendered.insert(used.name.as_str());
                values.secrets.insert(name(), *version);
                Ok(())
            }
            (UseSite::Encrypted, Found::Secret(_, version)) => {
                envelope.encrypted.insert(name());
                envelope.secrets.insert(name(), *version);
                Ok(())
            }
            (UseSite::SingleEncrypted, Found::Secret(_, version)) => {
                envelope.single_encrypted.insert(name());
                envelope.secrets.insert(name(), *version);
                Ok(())
            }
            (UseSite::File, Found::Secret(..)) => {
                Err(NoValue::new(NoValueReason::SecretSeen, format!("is a secret: write [!{}]", used.name)))
            }
            (UseSite::Open | UseSite::Target, Found::Secret(..)) => {
                let words = "is a secret, which stands in rendered files only";
                Err(NoValue::new(NoValueReason::SecretSeen, words))
            }
            (_, Found::Nothing(why)) => Err(why.clone()),
        };
        if let Err(why) = settled {
            values.unresolved.push(UnresolvedUse {
                place: used.place.clone(),
                token: used.token.clone(),
                name: name(),
                why,
            });
        }
    }
    values.envelope = Some(envelope).filter(|envelope| *envelope != Envelope::default());
    let is_rendered = |name: &&String| rendered.contains(name.as_str());
    let variables = values.variables.iter().filter(|(name, _)| is_rendered(name));
    let secrets = values.secrets.iter().filter(|(name, _)| is_rendered(name));
    values.digest = Rendered {
        variables: variables.map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        secrets: secrets.map(|(name, version)| (name.as_str(), *version)).collect(),
        envelope: values.envelope.as_ref(),
    }
    .digest();
    values
}
