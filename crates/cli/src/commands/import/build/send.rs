//! One file on its way: looked for on the server first, so that what is there is not sent again.

use packhorse_client::{Client, ClientError, Progress, Push, PushAttributes, file_sha256};
use packhorse_model::api::packages::{Finding, PushOutcome};
use packhorse_model::project::attributes::subtype;

use super::folder::Candidate;
use super::names::Named;
use super::report::{FileReport, Outcome};
use crate::clock;
use crate::error::CommandError;

/// Imports a file, or says what would become of it.
pub(super) async fn send(client: &Client, file: &Candidate, said: &PushAttributes, is_dry_run: bool) -> FileReport {
    let mut report = FileReport {
        path: file.path.display().to_string(),
        package: None,
        version: None,
        buildstamp: None,
        subtype: None,
        installrank: said.installrank,
        outcome: Outcome::Failed,
        warnings: Vec::new(),
        problem: None,
    };
    let done = match &file.named {
        Ok(named) => {
            report.package = Some(named.package.clone());
            report.version = Some(named.version.clone());
            report.buildstamp.clone_from(&named.buildstamp);
            report.subtype = Some(subtype(named.format));
            import(client, file, named, said, is_dry_run).await
        }
        Err((why, hint)) => Err(CommandError::failed(why.clone()).hinted(*hint)),
    };
    match done {
        Ok((outcome, warnings)) => {
            report.outcome = outcome;
            report.warnings = warnings;
        }
        Err(error) => report.problem = Some(error.into()),
    }
    report
}

async fn import(
    client: &Client,
    file: &Candidate,
    named: &Named,
    said: &PushAttributes,
    is_dry_run: bool,
) -> Result<(Outcome, Vec<Finding>), CommandError> {
    let is_there = match client.version(&named.package, &named.version).await {
        Ok(found) => {
            let sha256 = file_sha256(&file.path).await?;
            if found.archive.size != file.size || found.archive.sha256 != sha256 {
                let title = format!("{}@{} is there already, with other content", named.package, named.version);
                let detail = format!("the one that is there has SHA-256 {}, the file {sha256}", found.archive.sha256);
                return Err(CommandError::failed(title)
                    .detailed(detail)
                    .hinted("a version never changes: give the file a new version number"));
            }
            if is_described(client, named, said).await? {
                return Ok((Outcome::Unchanged, Vec::new()));
            }
            true
        }
        Err(ClientError::Problem(problem)) if problem.status == 404 => false,
        Err(error) => return Err(error.into()),
    };
    if is_dry_run {
        return Ok((if is_there { Outcome::Updated } else { Outcome::Imported }, Vec::new()));
    }
    let push = Push {
        file: file.path.clone(),
        package: Some(named.package.clone()),
        version: Some(named.version.clone()),
        build: named.buildstamp.clone(),
        description: None,
        attributes: PushAttributes { subtype: Some(subtype(named.format).to_owned()), ..said.clone() },
    };
    let reply = client.upload(&push, &clock::new_key()?, &Progress::new(|_| {})).await?;
    let outcome = match reply.outcome {
        PushOutcome::Created => Outcome::Imported,
        PushOutcome::AlreadyThere if is_there => Outcome::Updated,
        PushOutcome::AlreadyThere => Outcome::Unchanged,
    };
    Ok((outcome, reply.warnings))
}

/// Whether the version has the attributes that are said. When it was built is the file's, and may differ from copy to copy.
async fn is_described(client: &Client, named: &Named, said: &PushAttributes) -> Result<bool, ClientError> {
    let wanted = [
        ("installrank", said.installrank.map(|rank| rank.to_string())),
        ("vendor", said.vendor.clone()),
        ("repoUrl", said.repo_url.clone()),
    ];
    if wanted.iter().all(|(_, value)| value.is_none()) {
        return Ok(true);
    }
    let known = client.version_metadata(&named.package, &named.version).await?.attributes;
    let is_so =
        |name: &str, value: &str| known.iter().any(|attribute| attribute.name == name && attribute.value == value);
    Ok(wanted.iter().all(|(name, value)| value.as_deref().is_none_or(|value| is_so(name, value))))
}
