//! A plan as people read it. Pure.

use std::fmt::Write as _;

use packhorse_model::api::database_targets::PlannedMigration;
use packhorse_model::api::deployments::{Change, HostChange, PlanPreview};
use packhorse_model::deployment::{DeploymentSpec, Targets};
use packhorse_model::order::UnitAction;
use packhorse_model::step::{Phase, Step};
use packhorse_model::strategy::{OnFailure, Pause};
use packhorse_model::variables::VariableValue;
use packhorse_model::{HostName, PackageName};

use super::effects;
use crate::output::{Printer, Style, bytes, count, harmless, list};
use crate::words;

/// As many paths as a person reads before asking for the rest.
const PATHS: usize = 12;
const HOSTS: usize = 8;
/// As many batches as are worth a line each.
const BATCHES: usize = 20;
/// As many hosts that are left out as are worth a line each.
const EXCLUDED: usize = 50;

/// The plan as text.
pub(crate) fn preview(plan: &PlanPreview, style: Style) -> String {
    let hosts: u64 = plan.changes.iter().map(|change| total(&change.hosts, change.host_count)).sum();
    let unchanged = total(&plan.unchanged, plan.unchanged_count);
    if hosts == 0 {
        return format!("Nothing to do: {} as wanted.\n", are(unchanged));
    }
    let is_several = plan.spec.has_several_parts();
    let hosts = match is_several {
        true => plan.batches.iter().map(|batch| total(&batch.hosts, batch.host_count)).sum(),
        false => hosts,
    };
    let title = format!("{} on {}", describe(&plan.spec), count(hosts, "host"));
    let mut text = style.bold(&title) + "\n";
    for (name, value) in &plan.spec.parameters {
        let _ = writeln!(text, "  {} = {}", harmless(name), parameter(value));
    }
    let batches: Vec<_> = plan.batches.iter().filter(|batch| total(&batch.hosts, batch.host_count) > 0).collect();
    for (number, batch) in batches.iter().take(BATCHES).enumerate() {
        let name = words::batch(number, batch.kind);
        let _ = writeln!(text, "  {name:<9} {}", named(&batch.hosts, batch.host_count));
    }
    if let Some(more) = batches.len().checked_sub(BATCHES + 1) {
        let _ = writeln!(text, "  and {} more", more + 1);
    }
    let strategy = &plan.spec.strategy;
    if let Some(name) = &plan.spec.strategy_name {
        let _ = writeln!(text, "  by the strategy {name}");
    }
    if let Some(at) = plan.spec.not_before {
        let _ = writeln!(text, "  not before {at}");
    }
    if let Some(limit) = strategy.max_unavailable {
        let _ = writeln!(text, "  at most {limit} down at the same time");
    }
    if strategy.bake_seconds > 0 {
        let _ = writeln!(text, "  each batch stays healthy for {} s before the next", strategy.bake_seconds);
    }
    match strategy.pause {
        Pause::None => {}
        Pause::AfterCanary => text.push_str("  someone promotes it behind the canary\n"),
        Pause::BetweenBatches => text.push_str("  someone promotes each batch but the first\n"),
    }
    if strategy.pause_seconds > 0 {
        let _ = writeln!(text, "  {} s pass between two batches", strategy.pause_seconds);
    }
    if let Some(percent) = strategy.success_threshold {
        let _ = writeln!(text, "  {percent} of a batch have to succeed");
    }
    if let Some(limit) = strategy.error_threshold {
        let _ = writeln!(text, "  at most {limit} may fail");
    }
    if is_several {
        text.push_str("  each host gets all of its packages, in the order in which they stand here, or none\n");
    }
    if is_several && strategy.on_failure == OnFailure::Rollback {
        text.push_str("  on a failure everything goes back, in reverse order\n");
    }
    for change in &plan.changes {
        text.push('\n');
        let package = change.package.as_ref().filter(|_| is_several);
        describe_change(&mut text, package, change, style);
    }
    if let Some(more) = plan.change_count.checked_sub(plan.changes.len() as u64 + 1) {
        let _ = writeln!(text, "\nand {} of hosts that change otherwise", count(more + 1, "more class"));
    }
    if unchanged > 0 {
        let _ = writeln!(text, "\n{} already as wanted: {}", are(unchanged), named(&plan.unchanged, unchanged));
    }
    text
}

/// How many hosts there are of which the first are named.
fn total(hosts: &[HostName], count: u64) -> u64 {
    count.max(hosts.len() as u64)
}

/// `web-1, web-2 and 9998 more`.
fn named(hosts: &[HostName], count: u64) -> String {
    let shown = hosts.len().min(HOSTS);
    let text = list(&hosts[..shown], HOSTS);
    match total(hosts, count) - shown as u64 {
        0 => text,
        more if shown == 0 => format!("{more} hosts"),
        more => format!("{text} and {more} more"),
    }
}

/// What a person should know of a plan beside what it does.
pub(crate) fn warn_of(plan: &PlanPreview, printer: &Printer) {
    for excluded in plan.excluded.iter().take(EXCLUDED) {
        printer.warn(&format!("{} is left out: {}", excluded.host, harmless(&excluded.reason)));
    }
    let excluded = plan.excluded_count.max(plan.excluded.len() as u64);
    if let Some(more) = excluded.checked_sub(EXCLUDED as u64 + 1) {
        printer.warn(&format!("{} left out, too", are(more + 1)));
    }
    if plan.changes.is_empty() {
        // That there is nothing to do is said by the plan itself.
        return;
    }
    for warning in &plan.warnings {
        printer.warn(&harmless(warning));
    }
}

/// `deploy shop-web 1.0.1 to Shop/Production/Web`.
fn describe(spec: &DeploymentSpec) -> String {
    let version = spec.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let also: String = spec.also.iter().map(|part| format!(", {part}")).collect();
    format!("{} {}{version}{also} {}", words::action(spec.action), spec.package, targets(&spec.targets))
}

fn parameter(value: &VariableValue) -> String {
    match value {
        VariableValue::Secret(secret) => format!("the secret {secret}"),
        value => harmless(&value.text().unwrap_or_default()),
    }
}

fn targets(targets: &Targets) -> String {
    match &targets.labels {
        _ if !targets.modules.is_empty() => format!("in {}", list(&targets.modules, 3)),
        Some(selector) => format!("where {selector}"),
        None => "by host".to_owned(),
    }
}

fn are(hosts: u64) -> String {
    format!("{} {}", count(hosts, "host"), if hosts == 1 { "is" } else { "are" })
}

fn describe_change(text: &mut String, package: Option<&PackageName>, change: &HostChange, style: Style) {
    let versions = match (&change.from, &change.to) {
        (Some(from), Some(to)) if from == to => to.to_string(),
        (Some(from), Some(to)) => format!("{from} → {to}"),
        (None, Some(to)) if change.action == UnitAction::Run => to.to_string(),
        (None, Some(to)) => format!("new, {to}"),
        (Some(from), None) => from.to_string(),
        (None, None) => String::new(),
    };
    let action = words::unit_action(change.action);
    let package = package.map(|package| format!("{package}: ")).unwrap_or_default();
    let title = format!("{package}{action} {versions}: {}", named(&change.hosts, change.host_count));
    let _ = writeln!(text, "{}", style.bold(&title));
    let files = change.files;
    if files.added + files.changed + files.removed > 0 {
        let (added, changed, removed) = (files.added, files.changed, files.removed);
        let _ = writeln!(text, "  files  {added} added, {changed} changed, {removed} removed");
        describe_paths(text, change, style);
    }
    change.migrations.iter().for_each(|migration| describe_migration(text, migration));
    if change.disk_bytes > 0 && matches!(change.action, UnitAction::Install | UnitAction::Run) {
        let _ = writeln!(text, "  disk   {} on each host{}", bytes(change.disk_bytes), effects::room(change));
    }
    for line in effects::lines(change) {
        let _ = writeln!(text, "  {line}");
    }
    let steps: Vec<String> =
        change.steps.iter().filter(|step| step.phase != Phase::Restore).map(describe_step).collect();
    if !steps.is_empty() {
        let _ = writeln!(text, "  steps  {}", steps.join(" → "));
    }
}

/// `shop (shop on db:5432): 1.0 → 1.2 by db-1`, and each of its scripts.
fn describe_migration(text: &mut String, migration: &PlannedMigration) {
    let end = |version: &Option<packhorse_model::VersionNumber>| {
        version.as_ref().map_or_else(|| "empty".to_owned(), ToString::to_string)
    };
    let PlannedMigration { host, target, database, from, to, steps, has_way_back } = migration;
    let database = harmless(database);
    let _ = writeln!(text, "  sql    {target} ({database}): {} → {} by {host}", end(from), end(to));
    for step in steps {
        for file in &step.files {
            let _ = writeln!(text, "         {}: {}", step.version, harmless(file));
        }
    }
    if !has_way_back && !steps.is_empty() {
        let _ = writeln!(text, "         nothing leads back to {}", end(from));
    }
}

fn describe_paths(text: &mut String, change: &HostChange, style: Style) {
    for path in change.paths.iter().take(PATHS) {
        let name = harmless(&path.path);
        let line = match path.change {
            Change::Added => style.green(&format!("+ {name}")),
            Change::Changed => style.yellow(&format!("~ {name}")),
            Change::Removed => style.red(&format!("- {name}")),
        };
        let _ = writeln!(text, "         {line}");
    }
    let all = change.files.added + change.files.changed + change.files.removed;
    let more = all.saturating_sub(change.paths.len().min(PATHS) as u64);
    if more > 0 {
        let _ = writeln!(text, "         {}", style.dim(&format!("and {more} more")));
    }
}

fn describe_step(step: &Step) -> String {
    let name = words::step(step.kind);
    match &step.command {
        Some(command) => {
            let words: Vec<&str> =
                [command.command.as_str()].into_iter().chain(command.args.iter().map(String::as_str)).collect();
            format!("{name} ({})", harmless(&words.join(" ")))
        }
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use packhorse_model::strategy::Strategy;
    use serde_json::json;

    use super::*;

    fn plan(changes: &serde_json::Value, unchanged: &[&str]) -> PlanPreview {
        serde_json::from_value(json!({
            "id": "0".repeat(26),
            "spec": {
                "action": "deploy", "package": "shop", "version": "1.0.1", "targets": {"modules": ["Shop/Production/Web"]},
                "strategy": {"canary": 1, "bake_seconds": 60, "max_unavailable": "25%"},
            },
            "batches": [{"kind": "canary", "hosts": ["web-1"]}, {"kind": "rolling", "hosts": ["web-2", "web-3"]}],
            "changes": changes, "unchanged": unchanged, "excluded": [], "warnings": [], "created_at": "1970-01-01T00:00:00Z",
        }))
        .unwrap()
    }

    #[test]
    fn says_what_happens_to_whom_in_which_order() {
        let paths: Vec<_> = (0..14).map(|n| json!({"path": format!("lib/{n}.jar"), "change": "changed"})).collect();
        let step = |kind: &str, phase: &str, command: serde_json::Value| json!({"kind": kind, "phase": phase, "nature": "opaque", "command": command});
        let plan = plan(
            &json!([{
                "hosts": ["web-1", "web-2", "web-3"], "action": "install", "from": "1.0.0", "to": "1.0.1",
                "files": {"added": 0, "changed": 40, "removed": 1}, "paths": paths, "disk_bytes": 3_200_000,
                "steps": [
                    step("fetch", "prepare", json!(null)),
                    step("start", "switch", json!({"command": "scripts/start.sh", "args": ["-v"]})),
                    step("switch_back", "restore", json!(null)),
                ],
            }]),
            &["web-4"],
        );
        insta::assert_snapshot!(preview(&plan, Style::Plain), @r"
        deploy shop 1.0.1 in Shop/Production/Web on 3 hosts
          canary    web-1
          batch 2   web-2, web-3
          at most 25% down at the same time
          each batch stays healthy for 60 s before the next

        install 1.0.0 → 1.0.1: web-1, web-2, web-3
          files  0 added, 40 changed, 1 removed
                 ~ lib/0.jar
                 ~ lib/1.jar
                 ~ lib/2.jar
                 ~ lib/3.jar
                 ~ lib/4.jar
                 ~ lib/5.jar
                 ~ lib/6.jar
                 ~ lib/7.jar
                 ~ lib/8.jar
                 ~ lib/9.jar
                 ~ lib/10.jar
                 ~ lib/11.jar
                 and 29 more
          disk   3.2 MB on each host
          steps  fetch → start (scripts/start.sh -v)

        1 host is already as wanted: web-4
        ");
    }

    #[test]
    fn says_which_package_changes_where_several_go_together() {
        let change = |package: &str, action: &str, hosts: &[&str]| {
            json!({
                "hosts": hosts, "package": package, "action": action, "from": "1.0.0", "to": "1.0.1",
                "files": {"added": 0, "changed": 0, "removed": 0}, "paths": [], "disk_bytes": 0, "steps": [],
            })
        };
        let changes = [
            change("shop-db", "migrate", &["db-1"]),
            change("shop-conf", "install", &["web-1", "web-2"]),
            change("shop", "install", &["web-1", "web-2"]),
        ];
        let mut plan = plan(&json!(changes), &[]);
        plan.spec.also = serde_json::from_value(json!([
            {"package": "shop-conf", "version": "1.0.1"}, {"package": "shop-db", "version": "1.0.1"},
        ]))
        .unwrap();
        plan.spec.strategy = Strategy { on_failure: OnFailure::Rollback, ..Strategy::default() };
        insta::assert_snapshot!(preview(&plan, Style::Plain), @r"
        deploy shop 1.0.1, shop-conf 1.0.1, shop-db 1.0.1 in Shop/Production/Web on 3 hosts
          canary    web-1
          batch 2   web-2, web-3
          each host gets all of its packages, in the order in which they stand here, or none
          on a failure everything goes back, in reverse order

        shop-db: migrate 1.0.0 → 1.0.1: db-1

        shop-conf: install 1.0.0 → 1.0.1: web-1, web-2

        shop: install 1.0.0 → 1.0.1: web-1, web-2
        ");
    }

    #[test]
    fn says_what_a_script_is_given() {
        let change = json!({
            "hosts": ["web-1"], "action": "run", "from": null, "to": "1.0.0", "disk_bytes": 120, "paths": [], "steps": [],
            "files": {"added": 0, "changed": 0, "removed": 0},
        });
        let mut plan = plan(&json!([change]), &[]);
        plan.spec.parameters = [
            ("DAYS".to_owned(), VariableValue::Integer(7)),
            ("PASSWORD".to_owned(), VariableValue::Secret("db-admin".parse().unwrap())),
        ]
        .into();
        plan.batches.truncate(1);
        plan.spec.strategy = Strategy::default();
        insta::assert_snapshot!(preview(&plan, Style::Plain), @r"
        deploy shop 1.0.1 in Shop/Production/Web on 1 host
          DAYS = 7
          PASSWORD = the secret db-admin
          canary    web-1

        run 1.0.0: web-1
          disk   120 B on each host
        ");
    }

    #[test]
    fn says_that_there_is_nothing_to_do() {
        insta::assert_snapshot!(preview(&plan(&json!([]), &["web-1", "web-2"]), Style::Plain), @"Nothing to do: 2 hosts are as wanted.");
    }
}
