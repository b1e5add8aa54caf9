//! Which variables a version uses, and where: in the files that it wants rendered, in the places where its files go, and in what its manifest
//! says to hosts.

use packhorse_model::ids::VersionId;
use packhorse_model::manifest::{Manifest, Probe};
use packhorse_model::order::Release;
use packhorse_model::variables::{Prefixes, VariableKind, scan};
use packhorse_store::{Conn, version_variables};

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
    /// It stands in a rendered file.
    File,
    /// It stands in the path to which a rendered file goes, which can be seen.
    Target,
    /// It stands in an environment or an address, which can be seen.
    Open,
}

/// Every use of a version.
pub(crate) async fn of_version(conn: &mut Conn, id: VersionId, release: &Release) -> Result<Vec<Use>, ApiError> {
    let mut uses = of_manifest(&release.manifest);
    let rendered: Vec<String> = release.manifest.rendered().into_iter().map(str::to_owned).collect();
    for found in version_variables::in_files(conn, id, &rendered).await? {
        let site = match found.kind {
            VariableKind::Plain => UseSite::File,
            VariableKind::Encrypted | VariableKind::SingleEncrypted => UseSite::SecretInFile,
            // It names a file of the package, and stays as it is.
            VariableKind::File => continue,
        };
        uses.push(Use {
            place: format!("{}:{}", found.path, found.line),
            token: format!("[{}{}]", found.prefix, found.name),
            name: found.name,
            site,
        });
    }
    Ok(uses)
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
