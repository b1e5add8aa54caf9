//! A rendered file as a plan would change it, for people: secrets are masked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read as _;

use packhorse_content::segment::FileRef;
use packhorse_content::{ContentSource as _, EntryKind};
use packhorse_model::api::deployments::RenderedFile;
use packhorse_model::api::unresolved::{MOST_UNRESOLVED, UnresolvedInFile};
use packhorse_model::deployment::PlannedUnit;
use packhorse_model::ids::PackageId;
use packhorse_model::manifest::VariableRules;
use packhorse_model::order::{Particulars, Release};
use packhorse_planner::host::{Enveloped, Unresolved, Values, render, render_text};
use packhorse_store::units;

use super::trees;
use crate::app::App;
use crate::error::ApiError;
use crate::objects::Library;

/// The largest file that is shown.
const LARGEST: u64 = 1 << 20;
/// What stands where a secret would.
const MASK: &str = "••••••";

/// What a file of a version is on a host.
enum Shown {
    /// The version has no such file.
    Absent,
    /// This is in it.
    Text(String),
    /// It cannot be rendered; this is how it comes.
    Unresolved(String, Vec<UnresolvedInFile>),
}

/// A file of a unit, before and after. What it was rendered with before is what the last deployment brought there; if none did that is
/// remembered, the file is shown as it came.
pub(crate) async fn file(
    app: &App,
    package: PackageId,
    unit: &PlannedUnit,
    path: &str,
) -> Result<RenderedFile, ApiError> {
    let before = match &unit.order.from {
        None => Shown::Absent,
        Some(from) => text(app, from, &particulars_before(app, package, unit).await?, path).await?,
    };
    let after = match &unit.order.to {
        None => Shown::Absent,
        Some(to) => text(app, to, &unit.order.particulars(), path).await?,
    };
    let before = match before {
        Shown::Absent => None,
        Shown::Text(text) | Shown::Unresolved(text, _) => Some(text),
    };
    let (after, unresolved) = match after {
        Shown::Absent => (None, Vec::new()),
        Shown::Text(text) => (Some(text), Vec::new()),
        Shown::Unresolved(_, uses) => (None, uses),
    };
    if before.is_none() && after.is_none() && unresolved.is_empty() {
        return Err(ApiError::not_found("rendered file", path)
            .hint("a plan's `rendered` names the files whose variables are replaced"));
    }
    Ok(RenderedFile {
        host: unit.host_name.clone(),
        path: path.to_owned(),
        targets: targets(unit, path),
        before,
        after,
        unresolved,
    })
}

/// Where a file of a config package goes on the host of the unit.
fn targets(unit: &PlannedUnit, path: &str) -> Vec<String> {
    let release = unit.order.to.as_ref().or(unit.order.from.as_ref());
    let files = release.into_iter().flat_map(|release| &release.manifest.config).filter(|file| file.file == path);
    // What has no value is shown as it stands; a plan with such is never applied.
    files.map(|file| render_text(&file.target, &unit.order.variables).unwrap_or_else(|_| file.target.clone())).collect()
}

/// With what the version before was rendered, as far as that is remembered.
pub(super) async fn particulars_before(
    app: &App,
    package: PackageId,
    unit: &PlannedUnit,
) -> Result<Particulars, ApiError> {
    let Some(from) = &unit.order.from else { return Ok(Particulars::default()) };
    let mut reader = app.store.read().await?;
    Ok(units::last_particulars(&mut reader, package, unit.host, &from.version).await?.unwrap_or_default())
}

async fn text(app: &App, release: &Release, own: &Particulars, path: &str) -> Result<Shown, ApiError> {
    if !release.manifest.rendered().contains(path) {
        return Ok(Shown::Absent);
    }
    let tree = trees::read(app, release.tree).await?;
    let Some(EntryKind::File { size, digest }) = tree.get(path).map(|entry| entry.kind.clone()) else {
        return Ok(Shown::Absent);
    };
    if size > LARGEST {
        return Err(ApiError::invalid("file_too_large", format!("{path} has {size} bytes; up to {LARGEST} are shown"))
            .hint("download the version to look at it"));
    }
    let library = Library::new(app.store.clone(), app.objects.clone());
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        library.open([FileRef { digest, size }])?.read(&digest, size)?.take(size).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    });
    let bytes = read.await.map_err(ApiError::internal)?.map_err(ApiError::content)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(match masked(path, &bytes, &release.manifest.variables, own) {
        Ok(masked) => Shown::Text(text(&masked)),
        Err(uses) => Shown::Unresolved(text(&bytes), uses),
    })
}

/// A file as it is rendered, with a mask where secrets would stand, and what is encrypted; or the first uses for which there is no value.
pub(super) fn masked<'a>(
    path: &str,
    bytes: &'a [u8],
    rules: &VariableRules,
    own: &Particulars,
) -> Result<Cow<'a, [u8]>, Vec<UnresolvedInFile>> {
    fn masks<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<String, String> {
        names.map(|name| (name.clone(), MASK.to_owned())).collect()
    }
    let secrets = masks(own.secrets.keys());
    let enveloped = own.envelope.as_ref().map(|envelope| Enveloped {
        encrypted: masks(envelope.encrypted.iter()),
        single_encrypted: masks(envelope.single_encrypted.iter()),
    });
    let values = Values { variables: &own.variables, secrets: &secrets, enveloped: enveloped.as_ref() };
    if rules.replaces(path) {
        let whole = values.whole(path).map(|whole| Cow::Owned(whole.as_bytes().to_vec()));
        return whole.ok_or_else(|| vec![UnresolvedInFile { line: None, token: format!("[^{path}]") }]);
    }
    render(bytes, values, &rules.prefixes).map_err(|error| {
        let told = |found: Unresolved| UnresolvedInFile {
            line: Some(found.line as u64),
            token: format!("[{}{}]", found.prefix, found.name),
        };
        error.0.into_iter().take(MOST_UNRESOLVED).map(told).collect()
    })
}
