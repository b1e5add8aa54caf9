//! Which variables a version uses, and where: in the files that it wants rendered, in the places where its files go, and in what its manifest
//! says to hosts.

use std::collections::BTreeSet;

use packhorse_model::VersionNumber;
use packhorse_model::api::variable_values::{MOST_USES, VariableForm, VariableUse};
use packhorse_model::ids::{PackageId, VersionId};
use packhorse_model::manifest::{self, Manifest, Probe};
use packhorse_model::name::{VariableName, variable_key};
use packhorse_model::order::Release;
use packhorse_model::variables::{Prefixes, VariableKind, scan};
use packhorse_store::{Conn, releases, version_variables};

use crate::error::ApiError;

/// One use of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    /// Where, for people: `conf/shop.toml:3`.
    pub(crate) place: String,
    /// As it stands there: `[@db_host]`.
    pub(crate) token: String,
    /// Its name, as it is spelled there.
    pub(crate) name: String,
    /// What becomes of it.
    pub(crate) site: UseSite,
}

/// What becomes of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UseSite {
    /// It stands in a rendered file, and nobody need see it.
    SecretInFile,
    /// It stands in a rendered file, encrypted for the application and signed.
    Encrypted,
    /// It stands in a rendered file, encrypted for the application.
    SingleEncrypted,
    /// It is a file of the package.
    WholeFile,
    /// It stands in a rendered file.
    File,
    /// It stands in the path to which a rendered file goes, which can be seen.
    Target,
    /// It stands in an environment or an address, which can be seen.
    Open,
    /// It is the key for which values are encrypted.
    PublicKey,
    /// It is the key that signs what is encrypted.
    SigningKey,
}

/// Every use of a version.
pub(crate) async fn of_version(conn: &mut Conn, id: VersionId, release: &Release) -> Result<Vec<Use>, ApiError> {
    let mut uses = of_manifest(&release.manifest);
    let rules = &release.manifest.variables;
    // What stood in a file that is replaced as a whole is of no meaning.
    let rendered = release.manifest.rendered().into_iter().filter(|path| !rules.replaces(path));
    let rendered: Vec<String> = rendered.map(str::to_owned).collect();
    let mut replaced: BTreeSet<&str> = rules.files.iter().map(String::as_str).collect();
    for found in version_variables::in_files(conn, id, &rendered).await? {
        let site = match found.kind {
            VariableKind::Plain => UseSite::File,
            VariableKind::Encrypted if rules.public_key.is_some() => UseSite::Encrypted,
            VariableKind::SingleEncrypted if rules.public_key.is_some() => UseSite::SingleEncrypted,
            VariableKind::Encrypted | VariableKind::SingleEncrypted => UseSite::SecretInFile,
            VariableKind::File if rules.replaces(&found.name) => {
                replaced.remove(found.name.as_str());
                UseSite::WholeFile
            }
            // It names no file of the package, and stays as it is.
            VariableKind::File => continue,
        };
        uses.push(Use {
            place: format!("{}:{}", found.path, found.line),
            token: format!("[{}{}]", found.prefix, found.name),
            name: found.name,
            site,
        });
    }
    let said = |key: &str, token: String, name: &str, site| Use {
        place: format!("{}, variables.{key}", manifest::FILE_NAME),
        token,
        name: name.to_owned(),
        site,
    };
    uses.extend(replaced.into_iter().map(|path| said("files", format!("[^{path}]"), path, UseSite::WholeFile)));
    let has = |site| uses.iter().any(|used: &Use| used.site == site);
    let (is_signed, is_single) = (has(UseSite::Encrypted), has(UseSite::SingleEncrypted));
    let public_key = rules.public_key.as_ref().filter(|_| is_signed || is_single);
    let signing_key = rules.signing_key.as_ref().filter(|_| is_signed);
    let key = |key: &str, name: &VariableName, site| said(key, format!("[@{name}]"), name.as_str(), site);
    uses.extend(public_key.map(|name| key("public_key", name, UseSite::PublicKey)));
    uses.extend(signing_key.map(|name| key("signing_key", name, UseSite::SigningKey)));
    Ok(uses)
}

/// Where a version uses a variable, for people.
pub(crate) async fn of_name(
    conn: &mut Conn,
    package: PackageId,
    number: &VersionNumber,
    name: &str,
) -> Result<Vec<VariableUse>, ApiError> {
    let Some(found) = releases::find(conn, package, number).await? else { return Ok(Vec::new()) };
    let key = variable_key(name);
    let uses = of_version(conn, found.id, &found.release).await?.into_iter();
    let told = |used: Use| VariableUse {
        version: number.clone(),
        place: used.place,
        token: used.token,
        form: match used.site {
            UseSite::SecretInFile | UseSite::File | UseSite::Target | UseSite::Open => VariableForm::Clear,
            UseSite::Encrypted => VariableForm::Encrypted,
            UseSite::SingleEncrypted => VariableForm::SingleEncrypted,
            UseSite::WholeFile => VariableForm::File,
            UseSite::PublicKey | UseSite::SigningKey => VariableForm::Key,
        },
    };
    Ok(uses.filter(|used| variable_key(&used.name) == key).take(MOST_USES).map(told).collect())
}

/// The variables that a manifest itself uses, by their keys.
pub(crate) fn keys_of_manifest(manifest: &Manifest) -> BTreeSet<String> {
    let rules = &manifest.variables;
    let used = of_manifest(manifest).into_iter().map(|used| used.name);
    let keys = rules.public_key.iter().chain(&rules.signing_key).map(ToString::to_string);
    used.chain(keys).chain(rules.files.iter().cloned()).map(|name| variable_key(&name)).collect()
}

fn of_manifest(manifest: &Manifest) -> Vec<Use> {
    let mut uses = Vec::new();
    for (name, command) in manifest.lifecycle.named() {
        for (key, value) in &command.env {
            uses.extend(of_text(value, &format!("packhorse.toml, lifecycle.{name}.env.{key}"), UseSite::Open));
        }
    }
    for (index, check) in manifest.health.iter().enumerate() {
        if let Probe::Http(url) = &check.probe {
            uses.extend(of_text(url, &format!("packhorse.toml, health {}", index + 1), UseSite::Open));
        }
    }
    for file in &manifest.config {
        uses.extend(of_text(&file.target, &format!("packhorse.toml, config.{}.target", file.file), UseSite::Target));
    }
    uses
}

fn of_text(text: &str, place: &str, site: UseSite) -> Vec<Use> {
    scan(text.as_bytes(), &Prefixes::default())
        .filter(|token| token.doubt.is_none() && token.kind != VariableKind::File)
        .map(|token| Use {
            place: place.to_owned(),
            token: format!("[{}{}]", token.prefix, token.name()),
            name: token.name(),
            site,
        })
        .collect()
}
