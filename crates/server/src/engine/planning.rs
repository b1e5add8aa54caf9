//! Making a plan, storing it, and seeing later whether it still holds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use packhorse_model::api::config_targets::PlannedConfigFile;
use packhorse_model::api::database_targets::PlannedMigration;
use packhorse_model::api::deployments::{ExcludedHost, PlannedBinding};
use packhorse_model::api::plans::Caution;
use packhorse_model::api::unresolved::MOST_UNRESOLVED;
use packhorse_model::deployment::{DeploymentSpec, Direction, Plan, PlannedUnit};
use packhorse_model::ids::{DeploymentId, HostId, ModuleId, PackageId, PlanId};
use packhorse_model::name::HostName;
use packhorse_model::order::{Release, UnitAction};
use packhorse_model::step::{Step, StepKind};
use packhorse_model::strategy::Strategy;
use packhorse_model::topology::ModulePath;
use packhorse_model::{Digest, PackageName, VersionNumber};
use packhorse_planner::fleet::{PlanError, Planned, Unresolved, agrees};
use packhorse_planner::host::room_needed;
use packhorse_store::Conn;
use packhorse_store::plans::{self, NewPlan, StoredPlan};
use serde::{Deserialize, Serialize};

use super::inventory::{Asker, Gathered};
use super::{binding, config_targets, parts};
use crate::app::App;
use crate::error::ApiError;

/// Seconds that a unit may take at most: a day.
const LONGEST_UNIT: u32 = 24 * 60 * 60;
/// Seconds that a bake may take at most: a week.
const LONGEST_BAKE: u32 = 7 * LONGEST_UNIT;
/// How long a plan is remembered that nobody applies.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How many differences a refusal names.
const NAMED: usize = 5;

/// A plan that was just made, and what it was made from.
pub(crate) struct Made {
    /// The plan.
    pub(crate) plan: Plan,
    /// What there was, for each of its packages as they are named.
    pub(crate) parts: Vec<Gathered>,
    /// What a person is told beside the units.
    pub(crate) findings: Findings,
    /// Modules that applying it binds packages to.
    pub(crate) binds: BTreeMap<PackageId, Vec<ModuleId>>,
    unresolved: Vec<Unresolved>,
    basis: Basis,
    bystanders: Vec<HostId>,
}

impl Made {
    /// The package that is named first.
    pub(crate) fn package(&self) -> Result<PackageId, ApiError> {
        self.parts.first().map(|part| part.package).ok_or_else(|| ApiError::internal("a deployment of no package"))
    }

    /// Itself, if every variable has a value that the plan needs.
    pub(crate) fn with_values(self) -> Result<Self, ApiError> {
        need_values(&self.unresolved)?;
        Ok(self)
    }

    /// The hosts that get a package.
    pub(crate) fn hosts_of(&self, package: &PackageName) -> Vec<HostId> {
        self.plan.units().filter(|unit| unit.order.package == *package).map(|unit| unit.host).collect()
    }
}

/// What a plan rests on beside what planning again would show.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Basis {
    /// How often each host of the plan had joined.
    incarnations: BTreeMap<HostId, u32>,
}

/// What a person is told about a plan beside its units.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Findings {
    /// Hosts of equal change together.
    pub(crate) changes: Vec<FoundChange>,
    /// Hosts at which nothing would change.
    pub(crate) unchanged: Vec<HostName>,
    /// Targets that cannot be chosen, and why.
    pub(crate) excluded: Vec<ExcludedHost>,
    /// What plans of before have in place of cautions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    /// What a person should know before applying.
    #[serde(default)]
    pub(crate) cautions: Vec<Caution>,
    /// Modules that a package is not bound to.
    #[serde(default)]
    pub(crate) binds: Vec<ModulePath>,
    /// The same, package by package; plans of before do not say it.
    #[serde(default)]
    pub(crate) bindings: Vec<PlannedBinding>,
}

impl Findings {
    /// What applying the plan binds, and that a person should know it.
    fn take_bindings(&mut self, bindings: Vec<PlannedBinding>) {
        self.cautions.extend(bindings.iter().map(binding::caution));
        let modules: BTreeSet<&ModulePath> = bindings.iter().map(|binding| &binding.module).collect();
        self.binds = modules.into_iter().cloned().collect();
        self.bindings = bindings;
    }
}

/// Hosts at which the same happens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FoundChange {
    /// The hosts.
    pub(crate) hosts: Vec<HostName>,
    /// The package.
    #[serde(default)]
    pub(crate) package: Option<PackageName>,
    /// What happens.
    pub(crate) action: UnitAction,
    /// The version before.
    pub(crate) from: Option<Content>,
    /// The version after.
    pub(crate) to: Option<Content>,
    /// The steps, in order.
    pub(crate) steps: Vec<Step>,
    /// Whether rendered files get other values than they have.
    #[serde(default)]
    pub(crate) changes_values: bool,
    /// Files whose variables are replaced.
    #[serde(default)]
    pub(crate) rendered: Vec<String>,
    /// Of a config package, where its files go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) config: Vec<PlannedConfigFile>,
    /// What is done to databases.
    #[serde(default)]
    pub(crate) migrations: Vec<PlannedMigration>,
    /// Where the instances lie.
    #[serde(default)]
    pub(crate) install_root: String,
    /// Directories with data, relative to the install root.
    #[serde(default)]
    pub(crate) data: Vec<String>,
    /// Bytes that must be free on each host.
    #[serde(default)]
    pub(crate) needed: u64,
    /// The host with the least room, and how much that is.
    #[serde(default)]
    pub(crate) tightest: Option<(HostName, u64)>,
}

/// A version by its content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    /// Its number.
    pub(crate) version: VersionNumber,
    /// Its content.
    pub(crate) tree: Digest,
    /// Bytes of its files.
    pub(crate) size: u64,
}

impl From<Release> for Content {
    fn from(release: Release) -> Self {
        Self { version: release.version, tree: release.tree, size: release.size }
    }
}

/// Plans what a spec asks for, from what there is now.
pub(crate) async fn make(app: &App, conn: &mut Conn, spec: &DeploymentSpec, now: Timestamp) -> Result<Made, ApiError> {
    make_for(app, conn, spec, Asker::Person, now).await
}

async fn make_for(
    app: &App,
    conn: &mut Conn,
    spec: &DeploymentSpec,
    asker: Asker,
    now: Timestamp,
) -> Result<Made, ApiError> {
    check_strategy(&spec.strategy)?;
    let mut parts = parts::gather_all(app, conn, spec, asker, now).await?;
    let mut planned = parts::plan(&mut parts, &mut || app.random.id(now)).map_err(|error| refused(&error))?;
    let units: Vec<&PlannedUnit> = planned.batches.iter().flat_map(|batch| &batch.units).collect();
    let joined = |host| parts.iter().find_map(|part| part.incarnations.get(&host).copied());
    let incarnations = units.iter().filter_map(|unit| Some((unit.host, joined(unit.host)?))).collect();
    let by_name: BTreeMap<&HostName, HostId> =
        parts.iter().flat_map(|part| &part.inventory.hosts).map(|host| (&host.name, host.id)).collect();
    let bystanders = planned.unchanged.iter().filter_map(|name| by_name.get(name).copied()).collect();

    let plan =
        Plan { id: app.random.id(now), parent: None, direction: Direction::Forward, batches: planned.batches.clone() };
    let unresolved = std::mem::take(&mut planned.unresolved);
    let mut findings = findings(planned);
    let (binds, told) = binding::of(conn, &parts, &plan).await?;
    findings.take_bindings(told);
    Ok(Made { plan, parts, findings, binds, unresolved, basis: Basis { incarnations }, bystanders })
}

/// What a strategy may say beyond what its types let it.
pub(crate) fn check_strategy(strategy: &Strategy) -> Result<(), ApiError> {
    if !(1..=LONGEST_UNIT).contains(&strategy.unit_timeout_seconds) {
        return Err(ApiError::invalid(
            "bad_strategy",
            format!("unit_timeout_seconds must be from 1 to {LONGEST_UNIT}"),
        ));
    }
    for (name, seconds) in [("bake_seconds", strategy.bake_seconds), ("pause_seconds", strategy.pause_seconds)] {
        if seconds > LONGEST_BAKE {
            return Err(ApiError::invalid("bad_strategy", format!("{name} must be at most {LONGEST_BAKE}")));
        }
    }
    let bounds = [
        ("step_timeout_seconds", strategy.step_timeout_seconds, LONGEST_UNIT),
        ("progress_seconds", strategy.progress_seconds, LONGEST_BAKE),
    ];
    for (name, seconds, longest) in bounds {
        if seconds.is_some_and(|seconds| !(1..=longest).contains(&seconds)) {
            return Err(ApiError::invalid("bad_strategy", format!("{name} must be from 1 to {longest}")));
        }
    }
    Ok(())
}

fn findings(planned: Planned) -> Findings {
    let config = config_targets::of(&planned);
    let changes = planned
        .changes
        .into_iter()
        .zip(config)
        .map(|(change, config)| FoundChange {
            config,
            hosts: change.hosts,
            package: Some(change.package),
            action: change.action,
            install_root: change.install_root,
            data: change.from.as_ref().map(data_of).unwrap_or_default(),
            needed: change.to.as_ref().map_or(0, room_needed),
            tightest: change.tightest,
            rendered: change
                .to
                .as_ref()
                .filter(|_| change.changes_values || renders(&change.steps))
                .map(rendered)
                .unwrap_or_default(),
            from: change.from.map(Content::from),
            to: change.to.map(Content::from),
            steps: change.steps,
            migrations: change
                .migrations
                .iter()
                .map(|(host, migration)| PlannedMigration::of(host, migration))
                .collect(),
            changes_values: change.changes_values,
        })
        .collect();
    let (unchanged, excluded) = (planned.unchanged, planned.excluded);
    Findings { changes, unchanged, excluded, cautions: planned.warnings, ..Findings::default() }
}

/// Whether files are written with their variables replaced. What lies on a host already is not.
fn renders(steps: &[Step]) -> bool {
    steps.iter().any(|step| step.kind == StepKind::Render)
}

fn rendered(release: &Release) -> Vec<String> {
    release.manifest.rendered().into_iter().map(str::to_owned).collect()
}

fn data_of(release: &Release) -> Vec<String> {
    release.manifest.data_directories().map(str::to_owned).collect()
}

/// Why nothing can be planned, as clients are told.
pub(crate) fn refused(error: &PlanError) -> ApiError {
    let code = match error {
        PlanError::NoWayBack { .. } => {
            return ApiError::conflict("no_way_back", error.to_string())
                .hint("let it stop on failures, `--on-failure stop`, or choose a version with a rollback");
        }
        PlanError::DatabaseLeftOut { package, host, .. } => {
            return ApiError::conflict("database_left_out", error.to_string())
                .param("package", package)
                .param("host", host)
                .hint("what comes behind it rests on it: mend that, or deploy the others by themselves");
        }
        PlanError::Circle(_) => {
            return ApiError::invalid("parts_need_one_another", error.to_string())
                .hint("take one of them out of the other's [[needs]], or deploy them one after the other");
        }
        PlanError::NoVersion { .. } => "version_missing",
        PlanError::VersionNotWanted { .. } => "version_not_wanted",
        PlanError::Yanked { .. } => {
            return ApiError::conflict("version_yanked", error.to_string())
                .hint("choose another version; instances that run it may go on");
        }
        PlanError::NoTargets => "no_targets",
        PlanError::UnknownHosts(_) => "unknown_hosts",
        PlanError::NoHosts(_) => "no_hosts",
        PlanError::NoneMeant => "no_host_meant",
        PlanError::Strategy(_) => "bad_strategy",
    };
    ApiError::invalid(code, error.to_string())
}

/// Refuses to apply what variables are missing for, and names the first few of them.
pub(crate) fn need_values(unresolved: &[Unresolved]) -> Result<(), ApiError> {
    const SHOWN: usize = 20;
    if unresolved.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<String> = unresolved.iter().flat_map(Unresolved::lines).take(SHOWN + 1).collect();
    if lines.len() > SHOWN {
        lines.truncate(SHOWN);
        lines.push("and more".to_owned());
    }
    let packages: Vec<&str> = unresolved.iter().map(|uses| uses.package.as_str()).collect();
    let title = format!("variables of {} have no value", packages.join(", "));
    Err(ApiError::invalid("variables_unresolved", title)
        .detail(lines.join("\n"))
        .unresolved(unresolved.iter().flat_map(Unresolved::told).take(MOST_UNRESOLVED).collect())
        .hint("give them values with `packhorse variable set NAME VALUE --scope SCOPE`; `packhorse variable explain` shows where a value comes from"))
}

/// Stores a plan; of a deployment, or for somebody to look at.
pub(crate) async fn store(
    conn: &mut Conn,
    made: &Made,
    spec: &DeploymentSpec,
    deployment: Option<DeploymentId>,
    now: Timestamp,
) -> Result<(), ApiError> {
    let new = NewPlan {
        plan: &made.plan,
        package: made.package()?,
        deployment,
        spec,
        strategy: None,
        basis: &serde_json::to_string(&made.basis).map_err(ApiError::internal)?,
        bystanders: &made.bystanders,
        findings: &serde_json::to_string(&made.findings).map_err(ApiError::internal)?,
        created_at: now,
    };
    Ok(plans::insert(conn, &new).await?)
}

/// The time before which plans were made that nobody applied and that are forgotten.
pub(crate) fn forgotten_before(now: Timestamp) -> Result<Timestamp, ApiError> {
    now.saturating_sub(REMEMBERED).map_err(ApiError::internal)
}

/// A stored plan.
pub(crate) async fn find(conn: &mut Conn, id: PlanId) -> Result<StoredPlan, ApiError> {
    plans::find(conn, id).await?.ok_or_else(|| unknown(id))
}

/// There is no such plan, or not any more.
pub(crate) fn unknown(id: PlanId) -> ApiError {
    ApiError::not_found("plan", id).hint("plans that are not applied are forgotten after a week: make a new one")
}

/// Plans again what a stored plan was made for, and refuses the plan if that leads somewhere else now.
pub(crate) async fn check(app: &App, conn: &mut Conn, stored: &StoredPlan, now: Timestamp) -> Result<Made, ApiError> {
    let fresh = make(app, conn, &stored.spec, now).await?.with_values()?;
    let mut moved = differences(&stored.plan, &fresh.plan);
    moved.extend(additions(&stored.plan, &fresh.plan));
    moved.extend(joined_anew(stored, &fresh)?);
    if moved.is_empty() && !agrees(&stored.plan.batches, &fresh.plan.batches) {
        moved.push("the hosts are in other batches".to_owned());
    }
    match named(moved) {
        None => Ok(fresh),
        Some(detail) => {
            Err(ApiError::conflict("plan_outdated", "what the plan rests on has changed since it was made")
                .detail(detail)
                .hint("make a new plan, look at it, and apply that one"))
        }
    }
}

/// What has moved of what the plan of a deployment rests on that has not begun; `None` if it still holds. Hosts that have come to the targets
/// since are not in the plan, and are left alone.
pub(crate) async fn moved(
    app: &App,
    conn: &mut Conn,
    id: DeploymentId,
    stored: &StoredPlan,
    now: Timestamp,
) -> Result<Option<String>, ApiError> {
    let fresh = make_for(app, conn, &stored.spec, Asker::Deployment(id), now).await;
    let fresh = match fresh.and_then(Made::with_values) {
        Ok(fresh) => fresh,
        Err(error) if error.problem().status >= 500 => return Err(error),
        Err(error) => return Ok(Some(error.problem().title.clone())),
    };
    let mut moved = differences(&stored.plan, &fresh.plan);
    moved.extend(joined_anew(stored, &fresh)?);
    Ok(named(moved))
}

/// The first few differences in a line; none if there are none.
fn named(mut moved: Vec<String>) -> Option<String> {
    let more = moved.len().saturating_sub(NAMED);
    moved.truncate(NAMED);
    if more > 0 {
        moved.push(format!("and {more} more"));
    }
    (!moved.is_empty()).then(|| moved.join("; "))
}

/// Hosts of a plan that have joined anew since it was made.
fn joined_anew(stored: &StoredPlan, fresh: &Made) -> Result<Vec<String>, ApiError> {
    let basis: Basis = serde_json::from_str(&stored.basis).map_err(ApiError::internal)?;
    let is_other = |(host, joined): &(&HostId, &u32)| {
        let now = fresh.parts.iter().find_map(|part| part.incarnations.get(*host));
        now.is_some_and(|now| now != *joined)
    };
    let told = |(host, _): (&HostId, &u32)| {
        let known = fresh.parts.iter().flat_map(|part| &part.inventory.hosts).find(|known| known.id == *host);
        format!("{} has joined anew", known.map_or("a host", |host| host.name.as_str()))
    };
    Ok(basis.incarnations.iter().filter(is_other).map(told).collect())
}

/// The units of a plan by instance: its host, and its package if there are several.
fn by_instance(plan: &Plan) -> BTreeMap<(&HostName, &PackageName), &PlannedUnit> {
    let units = plan.batches.iter().flat_map(|batch| &batch.units);
    units.map(|unit| ((&unit.host_name, &unit.order.package), unit)).collect()
}

/// Hosts that a plan has and another has not.
fn additions(old: &Plan, new: &Plan) -> Vec<String> {
    let old = by_instance(old);
    let added = by_instance(new).into_keys().filter(|instance| !old.contains_key(instance));
    added.map(|(host, _)| format!("{host} would be changed as well")).collect()
}

/// What is different at which host of the old plan.
fn differences(old: &Plan, new: &Plan) -> Vec<String> {
    let version = |release: &Option<Release>| {
        release.as_ref().map_or("nothing".to_owned(), |release| release.version.to_string())
    };
    let (old, new) = (by_instance(old), by_instance(new));
    let packages: BTreeSet<&PackageName> = old.keys().map(|(_, package)| *package).collect();
    let mut moved = Vec::new();
    for (instance, unit) in &old {
        let (host, package) = instance;
        let of = if packages.len() > 1 { format!(" of {package}") } else { String::new() };
        match new.get(instance) {
            None => moved.push(format!("{host} would not be changed any more")),
            Some(now) if now.order.from != unit.order.from => moved.push(format!(
                "{host} has {}{of} now, the plan found {}",
                version(&now.order.from),
                version(&unit.order.from)
            )),
            Some(now) if now.order != unit.order || now.host != unit.host => {
                moved.push(format!("{host} would be told something else"));
            }
            Some(_) => {}
        }
    }
    moved
}
