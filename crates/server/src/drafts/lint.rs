//! What lint says of a draft: all of it, and not only the first.

use packhorse_content::Tree;
use packhorse_content::archive::{Fault, Refused};
use packhorse_content::danger::RuleSet;
use packhorse_content::ingest::payload;
use packhorse_content::inspect::{Inspection, Subject, inspect};
use packhorse_model::VersionNumber;
use packhorse_model::api::drafts::Draft;
use packhorse_model::api::packages::Finding;
use packhorse_model::lint as rules_of;

use crate::error::ApiError;
use crate::objects::{Library, StoredFiles};

/// What was found in a draft.
pub(crate) struct Linted {
    /// Everything that is wrong or should be better.
    pub(crate) findings: Vec<Finding>,
    /// What the package says and has; none if its files can be no package at all.
    pub(crate) inspection: Option<Inspection>,
}

/// Looks at a draft that is to be published under `version`. On a blocking thread.
pub(crate) fn lint(
    draft: &Draft,
    version: Option<&VersionNumber>,
    tree: &Result<Tree, Refused>,
    library: &Library,
    rules: &RuleSet,
) -> Result<Linted, ApiError> {
    let mut findings: Vec<Finding> = version.map(rules_of::version).unwrap_or_default();
    let refused = |mut findings: Vec<Finding>, refused: &Refused| {
        findings.push(refused.into());
        Ok(Linted { findings, inspection: None })
    };
    let tree = match tree {
        Ok(tree) if tree.entries().is_empty() => return refused(findings, &Fault::Empty.into()),
        Ok(tree) => tree,
        Err(error) => return refused(findings, error),
    };
    let number = version.map(ToString::to_string).unwrap_or_default();
    // As a push would: a folder that is named after the package wraps it.
    let payload = payload::detect(tree, draft.package.as_str(), &number);
    let unwrapped = match payload.as_ref().map(|found| payload::unwrap(tree, found)).transpose() {
        Ok(unwrapped) => unwrapped,
        Err(error) => return refused(findings, &error.into()),
    };
    let subject = Subject {
        tree: unwrapped.as_ref().unwrap_or(tree),
        payload: payload.as_ref(),
        package: Some(&draft.package),
        version,
        kind: Some(draft.kind),
        format: None,
        jar_manifest: None,
    };
    let inspection = inspect(&subject, rules, &mut StoredFiles::new(library)).map_err(ApiError::content)?;
    findings.extend(inspection.findings.iter().cloned());
    Ok(Linted { findings, inspection: Some(inspection) })
}
