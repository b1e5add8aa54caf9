//! A plan as a person is shown it, with the files that change. Nothing of it is stored but the plan: trees never change, so the same
//! question has the same answer at any time.

use packhorse_content::tree::Tree;
use packhorse_model::api::deployments::{HostChange, PlanPreview, PreviewBatch};
use packhorse_model::deployment::{DeploymentSpec, Plan};
use packhorse_model::order::UnitAction;
use packhorse_model::step::StepKind;

use super::diff::{Diff, diff};
use super::planning::{Content, Findings, FoundChange};
use super::trees;
use crate::app::App;
use crate::error::ApiError;

/// Puts a preview together. Reads trees, so it is no work for a transaction.
pub(crate) async fn preview(
    app: &App,
    plan: &Plan,
    spec: &DeploymentSpec,
    findings: Findings,
    created_at: jiff::Timestamp,
) -> Result<PlanPreview, ApiError> {
    let mut changes = Vec::with_capacity(findings.changes.len());
    for change in findings.changes {
        changes.push(host_change(app, change).await?);
    }
    let batch = |batch: &packhorse_model::deployment::PlannedBatch| PreviewBatch {
        kind: batch.kind,
        hosts: batch.units.iter().map(|unit| unit.host_name.clone()).collect(),
    };
    Ok(PlanPreview {
        id: plan.id,
        spec: spec.clone(),
        batches: plan.batches.iter().map(batch).collect(),
        changes,
        unchanged: findings.unchanged,
        excluded: findings.excluded,
        warnings: findings.warnings,
        created_at,
    })
}

async fn host_change(app: &App, change: FoundChange) -> Result<HostChange, ApiError> {
    let touches_files = matches!(change.action, UnitAction::Install | UnitAction::Uninstall);
    let files =
        if touches_files { files(app, change.from.as_ref(), change.to.as_ref()).await? } else { Diff::default() };
    // What is on the host already, intact, is not brought there again.
    let is_fetched = change.steps.iter().any(|step| step.kind == StepKind::Fetch);
    let disk_bytes = change.to.as_ref().filter(|_| is_fetched).map_or(0, |to| to.size);
    Ok(HostChange {
        hosts: change.hosts,
        action: change.action,
        from: change.from.map(|from| from.version),
        to: change.to.map(|to| to.version),
        files: files.counts,
        paths: files.paths,
        rendered: change.rendered,
        migrations: change.migrations,
        changes_values: change.changes_values,
        disk_bytes,
        steps: change.steps,
    })
}

async fn files(app: &App, from: Option<&Content>, to: Option<&Content>) -> Result<Diff, ApiError> {
    if from.map(|from| from.tree) == to.map(|to| to.tree) {
        return Ok(Diff::default());
    }
    let (old, new) = (tree(app, from).await?, tree(app, to).await?);
    Ok(diff(&old, &new))
}

async fn tree(app: &App, content: Option<&Content>) -> Result<Tree, ApiError> {
    match content {
        None => Ok(Tree::default()),
        Some(content) => trees::read(app, content.tree).await,
    }
}
