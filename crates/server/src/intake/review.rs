//! Looking into what came in: scripts by the danger rules, SQL by its own. What refuses a version is said all at once.

use std::io::{self, Read as _};

use packhorse_content::ContentSource as _;
use packhorse_content::danger::RuleSet;
use packhorse_content::ingest::Ingested;
use packhorse_content::review::Subject;
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::manifest::Manifest;
use packhorse_model::{PackageKind, VersionNumber};

use crate::error::ApiError;
use crate::objects::{Library, content_of};

/// Lines of a refusal.
const MOST_LINES: usize = 50;

/// What should be better about the scripts and the SQL of a version.
///
/// On a blocking thread.
///
/// # Errors
/// If something in them refuses the version.
pub(crate) fn review(
    library: &Library,
    ingested: &Ingested,
    kind: PackageKind,
    version: &VersionNumber,
    manifest: &Manifest,
    rules: &RuleSet,
) -> Result<Vec<Finding>, ApiError> {
    let subject = Subject { kind, version, manifest, tree: &ingested.tree };
    let files = subject.wanted().into_iter().filter_map(|wanted| content_of(wanted.entry));
    let source = library.open_ingested(ingested, files).map_err(ApiError::internal)?;
    let findings = subject.review(rules, |entry| {
        let Some(file) = content_of(entry) else { return Ok(Vec::new()) };
        let mut bytes = Vec::new();
        source.read(&file.digest, file.size).map_err(io::Error::other)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    let findings = findings.map_err(ApiError::internal)?;
    let (refusals, warnings): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|finding| finding.severity == Severity::Error);
    if refusals.is_empty() { Ok(warnings) } else { Err(refusal(kind, &refusals)) }
}

fn refusal(kind: PackageKind, refusals: &[Finding]) -> ApiError {
    let (code, what) = match kind {
        PackageKind::Database => ("DATABASE", "the database package"),
        _ => ("DANGER", "the script"),
    };
    let lines = refusals.iter().take(MOST_LINES).map(|finding| {
        let place = if finding.place.is_empty() { "the package" } else { &finding.place };
        format!("{place} {} {}", finding.rule, finding.message)
    });
    let mut detail: Vec<String> = lines.collect();
    if refusals.len() > MOST_LINES {
        detail.push(format!("and {} more", refusals.len() - MOST_LINES));
    }
    let things = if refusals.len() == 1 { "thing that refuses" } else { "things that refuse" };
    ApiError::invalid(code, format!("{what} holds {} {things} it", refusals.len()))
        .detail(detail.join("\n"))
        .hint(refusals[0].hint.clone())
}
