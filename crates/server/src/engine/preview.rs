//! A plan as a person is shown it, with the files that change. Nothing of it is stored but the plan: trees never change, so the same
//! question has the same answer at any time, but for transfers that were made meanwhile.
//!
//! It does not grow with the fleet: classes, and the hosts that are named in each, are the first of them, beside how many there are.

use std::sync::Arc;

use packhorse_content::tree::Tree;
use packhorse_model::HostName;
use packhorse_model::api::deployments::{HostChange, PlanPreview, PlannedBinding, PreviewBatch};
use packhorse_model::api::plans::{
    DataPlan, DiskRoom, FetchCertainty, FetchSize, Interruption, InterruptionCause, InterruptionKind, NAMED_HOSTS,
};
use packhorse_model::deployment::{DeploymentSpec, Plan, PlannedBatch};
use packhorse_model::order::UnitAction;
use packhorse_model::step::{Phase, StepKind};
use packhorse_model::topology::ModulePath;

use super::diff::{Diff, diff};
use super::planning::{Content, Findings, FoundChange};
use super::trees;
use crate::app::App;
use crate::error::ApiError;

/// So many classes of equal change are shown.
const SHOWN_CLASSES: usize = 100;
/// So many hosts are named in all batches together.
const NAMED_IN_BATCHES: usize = 1_000;

/// Puts a preview together. Reads trees, so it is no work for a transaction.
pub(crate) async fn preview(
    app: &App,
    plan: &Plan,
    spec: &DeploymentSpec,
    findings: Findings,
    created_at: jiff::Timestamp,
) -> Result<PlanPreview, ApiError> {
    let Findings { changes: found, mut unchanged, mut excluded, mut warnings, cautions, binds, mut bindings } =
        findings;
    let change_count = found.len() as u64;
    let mut targets = LastTree { app, tree: None };
    let mut changes = Vec::with_capacity(found.len().min(SHOWN_CLASSES));
    for change in found.into_iter().take(SHOWN_CLASSES) {
        changes.push(host_change(&mut targets, spec, change).await?);
    }
    let (unchanged_count, excluded_count) = (unchanged.len() as u64, excluded.len() as u64);
    unchanged.truncate(NAMED_HOSTS);
    excluded.truncate(NAMED_HOSTS);
    if bindings.is_empty() {
        let of_only = |module: &ModulePath| PlannedBinding { package: spec.package.clone(), module: module.clone() };
        bindings = binds.iter().map(of_only).collect();
    }
    warnings.extend(cautions.iter().map(|caution| caution.text.clone()));
    Ok(PlanPreview {
        id: plan.id,
        spec: spec.clone(),
        batches: batches(&plan.batches),
        changes,
        unchanged,
        excluded,
        warnings,
        cautions,
        change_count,
        unchanged_count,
        excluded_count,
        binds,
        bindings,
        created_at,
    })
}

fn batches(planned: &[PlannedBatch]) -> Vec<PreviewBatch> {
    let mut left = NAMED_IN_BATCHES;
    let batch = |batch: &PlannedBatch| {
        let of_host = || batch.units.chunk_by(|a, b| a.host == b.host);
        let count = of_host().count();
        let named = count.min(NAMED_HOSTS).min(left);
        left -= named;
        let hosts = of_host().take(named).filter_map(|units| Some(units.first()?.host_name.clone())).collect();
        PreviewBatch { kind: batch.kind, hosts, host_count: count as u64 }
    };
    planned.iter().map(batch).collect()
}

async fn host_change(
    targets: &mut LastTree<'_>,
    spec: &DeploymentSpec,
    change: FoundChange,
) -> Result<HostChange, ApiError> {
    // What is on the host already, intact, is not brought there again.
    let fetched = change.to.as_ref().filter(|_| change.steps.iter().any(|step| step.kind == StepKind::Fetch));
    let touches_files = matches!(change.action, UnitAction::Install | UnitAction::Uninstall) || fetched.is_some();
    let files = if touches_files { files(targets, &change).await? } else { Diff::default() };
    let fetch = match fetched {
        None => None,
        Some(to) => Some(fetch_size(targets.app, change.from.as_ref(), to, &files).await),
    };
    let (disk_bytes, needed) = fetched.map_or((0, None), |to| (to.size, Some(change.needed)));
    let interruption = interruption(&change);
    let data = data(spec, &change);
    let (least_free, tightest) = change.tightest.map(|(host, free)| (free, host)).unzip();
    Ok(HostChange {
        host_count: change.hosts.len() as u64,
        hosts: named(change.hosts),
        package: Some(change.package.unwrap_or_else(|| spec.package.clone())),
        action: change.action,
        from: change.from.map(|from| from.version),
        to: change.to.map(|to| to.version),
        files: files.counts,
        paths: files.paths,
        rendered: change.rendered,
        config: change.config,
        migrations: change.migrations,
        changes_values: change.changes_values,
        disk_bytes,
        room: needed.map(|needed| DiskRoom { needed, least_free, tightest }),
        fetch,
        install_root: change.install_root,
        interruption,
        data,
        steps: change.steps,
    })
}

fn named(mut hosts: Vec<HostName>) -> Vec<HostName> {
    hosts.truncate(NAMED_HOSTS);
    hosts
}

/// What is started, restarted or stopped, by the steps that say so.
fn interruption(change: &FoundChange) -> Option<Interruption> {
    let runs =
        |kinds: &[StepKind]| change.steps.iter().any(|step| step.phase == Phase::Switch && kinds.contains(&step.kind));
    let is_stopped = runs(&[StepKind::PreStop, StepKind::Stop, StepKind::Restart]);
    let is_started = runs(&[StepKind::Start, StepKind::PostStart, StepKind::Restart]);
    let kind = match (is_stopped, is_started) {
        (true, true) => InterruptionKind::Restart,
        (true, false) => InterruptionKind::Stop,
        (false, true) => InterruptionKind::Start,
        (false, false) => return None,
    };
    let identity = |content: &Option<Content>| content.as_ref().map(|content| (content.version.clone(), content.tree));
    let cause = match change.action {
        UnitAction::Install if identity(&change.from) != identity(&change.to) => InterruptionCause::Version,
        UnitAction::Install if change.changes_values => InterruptionCause::Values,
        UnitAction::Install => InterruptionCause::Repair,
        UnitAction::Start
        | UnitAction::Stop
        | UnitAction::Restart
        | UnitAction::Uninstall
        | UnitAction::Migrate
        | UnitAction::Run => InterruptionCause::Order,
    };
    Some(Interruption { kind, cause })
}

fn data(spec: &DeploymentSpec, change: &FoundChange) -> Option<DataPlan> {
    if change.action != UnitAction::Uninstall || change.data.is_empty() {
        return None;
    }
    let directories = change.data.iter().map(|directory| format!("{}/{directory}", change.install_root)).collect();
    Some(DataPlan { fate: spec.data, directories })
}

/// What a host of the class fetches: the transfer, if there is one, or else what an estimate can be made of without making it.
async fn fetch_size(app: &App, from: Option<&Content>, to: &Content, files: &Diff) -> FetchSize {
    match app.transfers.kept_size(from.map(|from| &from.tree), &to.tree).await {
        Some(bytes) => FetchSize { bytes, certainty: FetchCertainty::Known },
        None => FetchSize { bytes: files.new_bytes, certainty: FetchCertainty::Estimate },
    }
}

async fn files(targets: &mut LastTree<'_>, change: &FoundChange) -> Result<Diff, ApiError> {
    let (from, to) = (change.from.as_ref(), change.to.as_ref());
    if from.map(|from| from.tree) == to.map(|to| to.tree) {
        return Ok(Diff::default());
    }
    let new = targets.read(to).await?;
    let old = match from {
        None => Tree::default(),
        Some(from) => trees::read(targets.app, from.tree).await?,
    };
    let compared = tokio::task::spawn_blocking(move || diff(&old, &new));
    compared.await.map_err(ApiError::internal)
}

/// The tree that was read last: most classes lead to the same one.
struct LastTree<'a> {
    app: &'a App,
    tree: Option<(packhorse_model::Digest, Arc<Tree>)>,
}

impl LastTree<'_> {
    async fn read(&mut self, content: Option<&Content>) -> Result<Arc<Tree>, ApiError> {
        let Some(content) = content else { return Ok(Arc::default()) };
        if let Some((digest, tree)) = &self.tree
            && *digest == content.tree
        {
            return Ok(Arc::clone(tree));
        }
        let tree = Arc::new(trees::read(self.app, content.tree).await?);
        self.tree = Some((content.tree, Arc::clone(&tree)));
        Ok(tree)
    }
}
