//! Looking into what came in. What refuses a version is said all at once.

use packhorse_content::danger::RuleSet;
use packhorse_content::ingest::Ingested;
use packhorse_content::inspect::{self, Inspection, Subject};
use packhorse_model::PackageKind;
use packhorse_model::api::packages::{Finding, Severity};

use super::Intake;
use super::header::take_header;
use crate::error::ApiError;
use crate::objects::{Library, StoredFiles};

/// Lines of a refusal.
const MOST_LINES: usize = 50;

/// What a package says about itself, and what should be better about it.
///
/// On a blocking thread.
///
/// # Errors
/// If something in it refuses the version.
pub(crate) fn inspect(
    library: &Library,
    ingested: &Ingested,
    intake: &Intake,
    rules: &RuleSet,
) -> Result<Inspection, ApiError> {
    let subject = Subject {
        tree: &ingested.tree,
        payload: ingested.payload.as_ref(),
        package: Some(&intake.package),
        version: Some(&intake.version),
        kind: None,
        format: Some(intake.format),
        jar_manifest: ingested.jar_manifest.as_deref(),
    };
    let mut files = StoredFiles::brought(library, ingested);
    let mut inspection = inspect::inspect(&subject, rules, &mut files).map_err(ApiError::content)?;
    let named = (&intake.package, &intake.version);
    let differs = take_header(library, ingested, intake.format, named, &mut inspection.manifest)?;
    inspection.findings.extend(differs);
    let refusals = inspection.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let refusals: Vec<&Finding> = refusals.collect();
    match refusals.first() {
        None => Ok(inspection),
        Some(first) => Err(refusal(inspection.kind, first, &refusals)),
    }
}

fn refusal(kind: PackageKind, first: &Finding, refusals: &[&Finding]) -> ApiError {
    let (code, what) = match (first.rule.as_str(), kind) {
        ("COMMAND_MODE", _) => ("COMMAND_MODE", "the package"),
        ("MANIFEST_SYNTAX" | "MANIFEST_SIZE" | "MANIFEST_VALUE", _)
        | ("COMMAND_MISSING" | "RENDER_MISSING" | "CONFIG_MISSING", _) => ("MANIFEST", "the package"),
        (_, PackageKind::Database) => ("DATABASE", "the database package"),
        (_, PackageKind::Script) => ("DANGER", "the script"),
        _ => ("PACKAGE", "the package"),
    };
    let lines = refusals.iter().take(MOST_LINES).map(|finding| {
        let place = finding.place.as_ref().map_or("the package".to_owned(), ToString::to_string);
        format!("{place} {} {}", finding.rule, finding.message)
    });
    let mut detail: Vec<String> = lines.collect();
    if refusals.len() > MOST_LINES {
        detail.push(format!("and {} more", refusals.len() - MOST_LINES));
    }
    let things = if refusals.len() == 1 { "thing that refuses" } else { "things that refuse" };
    ApiError::invalid(code, format!("{what} holds {} {things} it", refusals.len()))
        .detail(detail.join("\n"))
        .hint(first.hint.clone())
}
