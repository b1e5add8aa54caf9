//! Runs of scripts: what a script is given, and whether it may be run by the danger rules as they are now.

use std::io::Read as _;

use packhorse_content::danger::check;
use packhorse_content::segment::FileRef;
use packhorse_content::{ContentSource as _, EntryKind};
use packhorse_model::api::plans::{Caution, CautionCode};
use packhorse_model::api::scripts::DangerFinding;
use packhorse_model::danger::DangerAction;
use packhorse_model::deployment::{Action, DeploymentSpec};
use packhorse_model::manifest::ScriptSpec;
use packhorse_model::name::SecretName;
use packhorse_model::order::Release;
use packhorse_model::run::Arguments;
use packhorse_model::strategy::OnFailure;
use packhorse_planner::fleet::{HostValues, InventoryHost, KnownVersion};
use packhorse_store::{Conn, packages, releases, vault};

use super::trees;
use crate::app::App;
use crate::danger;
use crate::error::ApiError;
use crate::objects::Library;

/// The largest script that is looked at.
const LARGEST: u64 = 1 << 20;
/// Findings that are told of one script.
const SHOWN: usize = 20;

/// Gives each host what the script gets that a spec runs. For other actions it is looked that nothing is asked that only a script can do.
pub(super) async fn give(
    conn: &mut Conn,
    spec: &DeploymentSpec,
    target: Option<&KnownVersion>,
    hosts: &mut [InventoryHost],
) -> Result<(), ApiError> {
    let Some(target) = target else { return nothing_given(spec) };
    let named = format!("{}@{}", spec.package, target.release.version);
    match (spec.action, &target.release.manifest.script) {
        (Action::Run, Some(script)) => {
            check_strategy(spec)?;
            let values = values(conn, spec, script, &named).await?;
            for host in hosts {
                host.values.insert(target.id, values.clone());
            }
            Ok(())
        }
        (Action::Run, None) => Err(ApiError::invalid("not_a_script", format!("{named} is no script"))
            .hint(format!("deploy it: `packhorse deploy {named}`"))),
        (Action::Deploy | Action::Upgrade, Some(_)) => Err(ApiError::invalid(
            "script_not_deployable",
            format!("{named} is a script, which is run and not installed"),
        )
        .hint(format!("`packhorse script run {named}`"))),
        _ => nothing_given(spec),
    }
}

fn nothing_given(spec: &DeploymentSpec) -> Result<(), ApiError> {
    if spec.action == Action::Run || spec.parameters.is_empty() {
        return Ok(());
    }
    let title = format!("{} takes no parameters", spec.action.as_str());
    Err(ApiError::invalid("parameters_not_wanted", title).hint("only scripts that are run take parameters"))
}

fn check_strategy(spec: &DeploymentSpec) -> Result<(), ApiError> {
    if spec.strategy.on_failure == OnFailure::Rollback {
        return Err(ApiError::invalid(
            "bad_strategy",
            "what a script did cannot be taken back, so on_failure cannot be rollback",
        )
        .hint("choose stop, ask or ignore"));
    }
    Ok(())
}

/// What the script gets: values, and which version of which secret.
async fn values(
    conn: &mut Conn,
    spec: &DeploymentSpec,
    script: &ScriptSpec,
    named: &str,
) -> Result<HostValues, ApiError> {
    let refused = |lines: Vec<String>| {
        ApiError::invalid("script_parameters", format!("{named} cannot be run with these parameters"))
            .detail(lines.join("\n"))
            .hint(format!("`packhorse package show {named}` says what it takes"))
    };
    let arguments = script.arguments(&spec.parameters);
    let Arguments { values, secrets } =
        arguments.map_err(|faults| refused(faults.iter().map(ToString::to_string).collect()))?;
    let names: Vec<SecretName> = secrets.values().cloned().collect();
    let current = vault::current(conn, &names).await?;
    let missing = secrets.iter().filter(|(_, secret)| !current.contains_key(*secret));
    let missing: Vec<String> = missing.map(|(name, secret)| format!("{name}: there is no secret {secret}")).collect();
    if !missing.is_empty() {
        return Err(refused(missing));
    }
    let secrets = secrets.into_iter().filter_map(|(name, secret)| Some((name, *current.get(&secret)?))).collect();
    Ok(HostValues { variables: values, secrets, ..HostValues::default() })
}

/// What the danger rules find in the script that a spec runs, for whoever looks at its plan. Reads content, so it is no work for a transaction.
///
/// # Errors
/// When a rule blocks it.
pub(crate) async fn dangers(app: &App, spec: &DeploymentSpec) -> Result<Vec<Caution>, ApiError> {
    // What there is not, planning finds out.
    let Some((release, script)) = find(app, spec).await? else { return Ok(Vec::new()) };
    let named = format!("{}@{}", spec.package, release.version);
    let Some(text) = read(app, &release, &script).await? else {
        let text = format!("{named}: {} was not looked at by the danger rules: it is too large", script.entry);
        return Ok(vec![caution(text)]);
    };
    let rules = danger::rule_set(app).await?;
    let language = script.interpreter.into();
    let checked = tokio::task::spawn_blocking(move || check(&rules, &text, language)).await;
    let checked = checked.map_err(ApiError::internal)?;
    let line = |found: &DangerFinding| {
        let (entry, at, rule) = (&script.entry, found.span.line, &found.rule);
        format!("{entry}:{at}: {}: this {} [{rule}]", found.text, found.message)
    };
    let of = |action| checked.findings.iter().filter(move |found| found.action == action).take(SHOWN).map(line);
    if checked.is_blocked {
        return Err(ApiError::conflict("script_blocked", format!("the danger rules do not let {named} be run"))
            .detail(of(DangerAction::Block).collect::<Vec<_>>().join("\n"))
            .hint("change the script, or let whoever keeps the danger rules decide: `packhorse danger-rule list`"));
    }
    Ok(of(DangerAction::Warn).map(caution).collect())
}

/// The words stand in `finding` as well, for clients that have words of their own around them.
fn caution(text: String) -> Caution {
    Caution::new(CautionCode::Danger, text.clone()).param("finding", text)
}

async fn find(app: &App, spec: &DeploymentSpec) -> Result<Option<(Release, ScriptSpec)>, ApiError> {
    let (Action::Run, Some(number)) = (spec.action, &spec.version) else { return Ok(None) };
    let mut reader = app.store.read().await?;
    let Some(package) = packages::by_name(&mut reader, &spec.package).await? else { return Ok(None) };
    let found = releases::find(&mut reader, package.id, number).await?;
    Ok(found.and_then(|found| found.release.manifest.script.clone().map(|script| (found.release, script))))
}

/// The text of a script, unless it is too large.
async fn read(app: &App, release: &Release, script: &ScriptSpec) -> Result<Option<String>, ApiError> {
    let tree = trees::read(app, release.tree).await?;
    let Some(EntryKind::File { size, digest }) = tree.get(&script.entry).map(|entry| entry.kind.clone()) else {
        return Ok(Some(String::new()));
    };
    if size > LARGEST {
        return Ok(None);
    }
    let library = Library::new(app.store.clone(), app.objects.clone());
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        if size > 0 {
            library.open([FileRef { digest, size }])?.read(&digest, size)?.take(size).read_to_end(&mut bytes)?;
        }
        Ok::<_, std::io::Error>(bytes)
    });
    let bytes = read.await.map_err(ApiError::internal)?.map_err(ApiError::content)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
