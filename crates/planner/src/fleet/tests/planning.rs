use packhorse_model::Digest;
use packhorse_model::api::exclusions::{ExclusionCause, ExclusionCode};
use packhorse_model::api::plans::CautionEffect;
use packhorse_model::api::unresolved::{NoValue, NoValueReason};
use packhorse_model::deployment::BatchKind;
use packhorse_model::ids::DeploymentId;
use packhorse_model::order::UnitAction;
use packhorse_model::step::StepKind;
use packhorse_model::strategy::Strategy;
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::*;

/// A plan in a few lines: batches, hosts by what happens to them, warnings.
fn shown(planned: &Planned) -> String {
    let names = |hosts: &mut dyn Iterator<Item = &HostName>| hosts.map(HostName::as_str).collect::<Vec<_>>().join(" ");
    let mut lines = Vec::new();
    for batch in &planned.batches {
        lines.push(format!("{:?}: {}", batch.kind, names(&mut batch.units.iter().map(|unit| &unit.host_name))));
    }
    for change in &planned.changes {
        let number = |release: &Option<Release>| release.as_ref().map_or("-".to_owned(), |r| r.version.to_string());
        let steps = change.steps.iter().map(|step| format!("{:?}", step.kind)).collect::<Vec<_>>().join(" ");
        lines.push(format!(
            "{:?} {} -> {} on {}: {steps}",
            change.action,
            number(&change.from),
            number(&change.to),
            names(&mut change.hosts.iter())
        ));
    }
    lines.extend(planned.unchanged.iter().map(|host| format!("{host} stays")));
    lines.extend(planned.excluded.iter().map(|excluded| format!("{} out: {}", excluded.host, excluded.reason)));
    lines.extend(planned.warnings.iter().map(|warning| format!("! {}", warning.text)));
    lines.join("\n")
}

fn planned(spec: &DeploymentSpec, target: Option<&str>, hosts: Vec<InventoryHost>) -> Result<Planned, PlanError> {
    plan(
        spec,
        &Inventory { target: target.map(version), availability: Availability::Everywhere, hosts },
        &mut numbered_units(),
    )
}

/// One host of every sort.
fn every_sort() -> Vec<InventoryHost> {
    let unknown = InstanceVersion { number: "0.9.9".parse().unwrap(), known: None };
    let with_previous = InventoryInstance {
        previous: Some(InstanceVersion { number: "1.0.0".parse().unwrap(), known: Some(version("1.0.0")) }),
        ..instance("1.0.1")
    };
    let lost_previous = InventoryInstance { previous: Some(unknown.clone()), ..instance("1.0.1") };
    vec![
        host(1, None),
        host(2, Some(instance("1.0.0"))),
        InventoryHost { state: HostState::Offline, ..host(3, Some(instance("1.0.0"))) },
        InventoryHost { busy: Some(id::<DeploymentId>(9)), ..host(4, Some(instance("1.0.0"))) },
        host(5, Some(InventoryInstance { current: unknown, ..instance("1.0.0") })),
        host(6, Some(with_previous)),
        host(7, Some(InventoryInstance { health: Health::Unhealthy, ..lost_previous })),
        host(8, Some(instance("1.1.0"))),
        host(9, Some(InventoryInstance { state: InstanceState::Stopped, ..instance("1.0.0") })),
        host(10, Some(InventoryInstance { install_root: "/opt/shop".to_owned(), ..instance("1.0.0") })),
    ]
}

fn every_sort_under(action: Action, number: Option<&str>) -> String {
    shown(&planned(&spec(action, number, Strategy::default()), number, every_sort()).unwrap())
}

#[test]
fn deploys_whatever_is_there() {
    insta::assert_snapshot!(every_sort_under(Action::Deploy, Some("1.0.1")), @"
    Rolling: web-1 web-2 web-7 web-8 web-9
    Install - -> 1.0.1 on web-1: Preflight Fetch Stage Switch Start Validate Retire
    Install 1.0.0 -> 1.0.1 on web-2: Preflight Fetch Stage Stop Switch Start Validate Retire
    Install 1.0.1 -> 1.0.1 on web-7: Preflight Stop Start Validate
    Install 1.1.0 -> 1.0.1 on web-8: Preflight Fetch Stage Stop Switch Start Validate Retire
    Install 1.0.0 -> 1.0.1 on web-9: Preflight Fetch Stage Switch Start Validate Retire
    web-6 stays
    web-3 out: it is offline: start its agent, or look whether it reaches the server
    web-4 out: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 out: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    web-10 out: its instance lies in /opt/shop, but 1.0.1 goes to /data/app/shop-web: uninstall it first
    ! 1.0.1 is older than 1.1.0, which is on web-8
    ! shop-web is not healthy now on web-7
    ! the registry does not know the version that runs on web-5
    ");
}

#[test]
fn upgrades_what_is_older() {
    insta::assert_snapshot!(every_sort_under(Action::Upgrade, Some("1.0.1")), @"
    Rolling: web-2 web-9
    Install 1.0.0 -> 1.0.1 on web-2: Preflight Fetch Stage Stop Switch Start Validate Retire
    Install 1.0.0 -> 1.0.1 on web-9: Preflight Fetch Stage Switch Start Validate Retire
    web-6 stays
    web-7 stays
    web-1 out: shop-web is not on it: deploy it there first
    web-3 out: it is offline: start its agent, or look whether it reaches the server
    web-4 out: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 out: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    web-8 out: it has 1.1.0, and 1.0.1 is older: deploy 1.0.1 if you mean it
    web-10 out: its instance lies in /opt/shop, but 1.0.1 goes to /data/app/shop-web: uninstall it first
    ! the registry does not know the version that runs on web-5
    ");
}

#[test]
fn downgrades_what_is_newer() {
    insta::assert_snapshot!(every_sort_under(Action::Downgrade, Some("1.0.1")), @"
    Rolling: web-8
    Install 1.1.0 -> 1.0.1 on web-8: Preflight Fetch Stage Stop Switch Start Validate Retire
    web-6 stays
    web-7 stays
    web-1 out: shop-web is not on it: deploy it there first
    web-2 out: it has 1.0.0, and 1.0.1 is not older: deploy 1.0.1 if you mean it
    web-3 out: it is offline: start its agent, or look whether it reaches the server
    web-4 out: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 out: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    web-9 out: it has 1.0.0, and 1.0.1 is not older: deploy 1.0.1 if you mean it
    web-10 out: it has 1.0.0, and 1.0.1 is not older: deploy 1.0.1 if you mean it
    ! the registry does not know the version that runs on web-5
    ");
}

/// A version of which instances keep data beside their versions.
fn with_data(number: &str) -> InventoryInstance {
    let mut known = version(number);
    known.release.manifest.data = vec!["data".to_owned(), "var/db".to_owned()];
    InventoryInstance {
        current: InstanceVersion { number: number.parse().unwrap(), known: Some(known) },
        ..instance(number)
    }
}

#[test]
fn data_goes_only_if_that_is_said() {
    let hosts = || vec![host(1, Some(with_data("1.0.0"))), host(2, Some(with_data("1.0.0")))];
    let keep = spec(Action::Uninstall, None, Strategy::default());
    let remove = DeploymentSpec { data: DataFate::Remove, ..keep.clone() };
    let kept = planned(&keep, None, hosts()).unwrap();
    assert!(kept.warnings.is_empty() && kept.batches[0].units[0].order.remove_data.is_empty());
    let removed = planned(&remove, None, hosts()).unwrap();
    assert_eq!(removed.batches[0].units[0].order.remove_data, ["data", "var/db"]);
    insta::assert_snapshot!(shown(&removed), @"
    Rolling: web-1 web-2
    Uninstall 1.0.0 -> - on web-1 web-2: Preflight Stop Remove
    ! /data/app/shop-web/data and all that is in it is removed on web-1, web-2
    ! /data/app/shop-web/var/db and all that is in it is removed on web-1, web-2
    ");
    let stop = DeploymentSpec { action: Action::Stop, ..remove };
    assert!(planned(&stop, None, hosts()).unwrap().batches[0].units[0].order.remove_data.is_empty());
}

#[test]
fn what_does_not_fit_is_left_out() {
    let with_room = |number, room: &[(&str, u64)]| InventoryHost {
        room: room.iter().map(|(directory, free)| ((*directory).to_owned(), *free)).collect(),
        ..host(number, Some(instance("1.0.0")))
    };
    let hosts = vec![
        with_room(1, &[("/data/app", 1 << 30)]),
        with_room(2, &[("/data/app", 12_000_000)]),
        with_room(3, &[("/data/app", 12_000_000), ("/data/app/shop-web", 1 << 29)]),
        with_room(4, &[("/opt", 0), ("/data/app/shop", 0)]),
    ];
    let deploy = spec(Action::Deploy, Some("1.0.1"), Strategy::default());
    let planned = planned(&deploy, Some("1.0.1"), hosts).unwrap();
    insta::assert_snapshot!(shown(&planned), @"
    Rolling: web-1 web-3 web-4
    Install 1.0.0 -> 1.0.1 on web-1 web-3 web-4: Preflight Fetch Stage Stop Switch Start Validate Retire
    web-2 out: shop-web needs 17 MB for /data/app/shop-web and there are 12 MB free: make room there; the host tells within ten minutes
    ");
    assert_eq!(planned.changes[0].tightest, Some((name(3), 1 << 29)));
}

#[test]
fn files_that_differ_are_told() {
    let drifted = |files| InventoryInstance { drift: Some(files), ..instance("1.0.0") };
    let hosts = vec![host(1, Some(drifted(0))), host(2, Some(drifted(3))), host(3, Some(drifted(1)))];
    let upgrade = spec(Action::Upgrade, Some("1.0.1"), Strategy::default());
    let planned = planned(&upgrade, Some("1.0.1"), hosts).unwrap();
    insta::assert_json_snapshot!(planned.warnings, @r#"
    [
      {
        "code": "drift",
        "text": "files of shop-web differ from what was deployed, 4 in all, on web-2, web-3",
        "params": {
          "files": "4"
        },
        "hosts": [
          "web-2",
          "web-3"
        ],
        "host_count": 2,
        "effect": "advises"
      }
    ]
    "#);
}

#[test]
fn rolls_back_to_the_previous_version_of_each_host() {
    insta::assert_snapshot!(every_sort_under(Action::Rollback, None), @"
    Rolling: web-6
    Install 1.0.1 -> 1.0.0 on web-6: Preflight Stop Switch Start Validate Retire
    web-1 out: shop-web is not on it
    web-2 out: no version before 1.0.0 is kept on it
    web-3 out: it is offline: start its agent, or look whether it reaches the server
    web-4 out: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 out: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    web-7 out: its previous version 0.9.9 is not in the registry any more: deploy another one
    web-8 out: no version before 1.1.0 is kept on it
    web-9 out: no version before 1.0.0 is kept on it
    web-10 out: no version before 1.0.0 is kept on it
    ! the registry does not know the version that runs on web-5
    ");
}

#[test]
fn starts_stops_restarts_and_uninstalls() {
    insta::assert_snapshot!(every_sort_under(Action::Start, None), @"
    Rolling: web-7 web-9
    Start 1.0.1 -> 1.0.1 on web-7: Preflight Start Validate
    Start 1.0.0 -> 1.0.0 on web-9: Preflight Start Validate
    web-2 stays
    web-6 stays
    web-8 stays
    web-10 stays
    web-1 out: shop-web is not on it
    web-3 out: it is offline: start its agent, or look whether it reaches the server
    web-4 out: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 out: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    ! shop-web is not healthy now on web-7
    ! the registry does not know the version that runs on web-5
    ");
    insta::assert_snapshot!(every_sort_under(Action::Stop, None), @"
    Rolling: web-2 web-6 web-7 web-8 web-10
    Stop 1.0.0 -> 1.0.0 on web-2: Preflight Stop
    Stop 1.0.1 -> 1.0.1 on web-6 web-7: Preflight Stop
    Stop 1.1.0 -> 1.1.0 on web-8: Preflight Stop
    Stop 1.0.0 -> 1.0.0 on web-10: Preflight Stop
    web-9 stays
    web-1 out: shop-web is not on it
    web-3 out: it is offline: start its agent, or look whether it reaches the server
    web-4 out: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 out: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    ! shop-web is not healthy now on web-7
    ! the registry does not know the version that runs on web-5
    ");
    insta::assert_snapshot!(every_sort_under(Action::Restart, None), @"
    Rolling: web-2 web-6 web-7 web-8 web-9 web-10
    Restart 1.0.0 -> 1.0.0 on web-2: Preflight Stop Start Validate
    Restart 1.0.1 -> 1.0.1 on web-6 web-7: Preflight Stop Start Validate
    Restart 1.1.0 -> 1.1.0 on web-8: Preflight Stop Start Validate
    Restart 1.0.0 -> 1.0.0 on web-9: Preflight Start Validate
    Restart 1.0.0 -> 1.0.0 on web-10: Preflight Stop Start Validate
    web-1 out: shop-web is not on it
    web-3 out: it is offline: start its agent, or look whether it reaches the server
    web-4 out: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 out: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    ! shop-web is not healthy now on web-7
    ! the registry does not know the version that runs on web-5
    ");
    insta::assert_snapshot!(every_sort_under(Action::Uninstall, None), @"
    Rolling: web-2 web-6 web-7 web-8 web-9 web-10
    Uninstall 1.0.0 -> - on web-2: Preflight Stop Remove
    Uninstall 1.0.1 -> - on web-6 web-7: Preflight Stop Remove
    Uninstall 1.1.0 -> - on web-8: Preflight Stop Remove
    Uninstall 1.0.0 -> - on web-9: Preflight Remove
    Uninstall 1.0.0 -> - on web-10: Preflight Stop Remove
    web-1 out: shop-web is not on it
    web-3 out: it is offline: start its agent, or look whether it reaches the server
    web-4 out: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 out: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    ! shop-web is not healthy now on web-7
    ! the registry does not know the version that runs on web-5
    ");
}

fn running(count: usize) -> Vec<InventoryHost> {
    (1..=count).map(|number| host(number, Some(instance("1.0.0")))).collect()
}

fn strategy(canary: u32, batch: &str) -> Strategy {
    Strategy { canary, batch: batch.parse().unwrap(), ..Strategy::default() }
}

#[test]
fn canary_goes_first_and_names_are_in_natural_order() {
    let mut hosts = running(12);
    hosts.reverse();
    let batches = |canary, batch: &str| {
        let spec = spec(Action::Deploy, Some("1.0.1"), strategy(canary, batch));
        let planned = planned(&spec, Some("1.0.1"), hosts.clone()).unwrap();
        shown(&Planned { changes: Vec::new(), ..planned })
    };
    insta::assert_snapshot!(batches(2, "3 *2"), @"
    Canary: web-1 web-2
    Rolling: web-3 web-4 web-5
    Rolling: web-6 web-7 web-8 web-9 web-10 web-11
    Rolling: web-12
    ");
    insta::assert_snapshot!(batches(20, "1"), @"Canary: web-1 web-2 web-3 web-4 web-5 web-6 web-7 web-8 web-9 web-10 web-11 web-12");
}

#[test]
fn a_rollback_skips_the_canary() {
    let with_previous = InventoryInstance {
        previous: Some(InstanceVersion { number: "1.0.0".parse().unwrap(), known: Some(version("1.0.0")) }),
        ..instance("1.0.1")
    };
    let hosts = (1..=3).map(|number| host(number, Some(with_previous.clone()))).collect();
    let planned = planned(&spec(Action::Rollback, None, strategy(1, "100%")), None, hosts).unwrap();
    assert_eq!(planned.batches.iter().map(|batch| batch.kind).collect::<Vec<_>>(), [BatchKind::Rolling]);
    assert!(!planned.changes[0].steps.iter().any(|step| step.kind == StepKind::Fetch), "it needs no download");
}

#[test]
fn an_order_is_complete() {
    let mut one = host(1, None);
    let variables =
        [("db_ip".to_owned(), "10.1.1.1".to_owned()), ("packhorse.host.ip".to_owned(), "lie".to_owned())].into();
    one.values.insert(version("1.0.1").id, HostValues { variables, ..HostValues::default() });
    let planned = planned(&spec(Action::Deploy, Some("1.0.1"), Strategy::default()), Some("1.0.1"), vec![one]).unwrap();
    let unit = &planned.batches[0].units[0];
    assert_eq!((unit.order.action, unit.from, unit.to), (UnitAction::Install, None, Some(version("1.0.1").id)));
    assert_eq!(unit.order.install_root, "/data/app/shop-web");
    let variables: Vec<String> = unit.order.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    insta::assert_snapshot!(variables.join("\n"), @"
    db_ip=10.1.1.1
    packhorse.host.ip=10.0.0.1
    packhorse.host.name=web-1
    packhorse.install_root=/data/app/shop-web
    packhorse.package=shop-web
    packhorse.version=1.0.1
    ");
}

fn digest(byte: u8) -> Digest {
    Digest::new([byte; 32])
}

/// A host on which 1.0.0 is rendered with the values of `has`, and would be with those of `gets`.
fn rendered(number: usize, has: u8, gets: u8) -> InventoryHost {
    let instance = InventoryInstance { rendering: Some(digest(has)), ..instance("1.0.0") };
    let mut host = host(number, Some(instance));
    for version in ["1.0.0", "1.0.1"] {
        let values = HostValues { digest: Some(digest(gets)), ..HostValues::default() };
        host.values.insert(self::version(version).id, values);
    }
    host
}

#[test]
fn a_change_of_values_goes_out_like_a_version() {
    let same = spec(Action::Deploy, Some("1.0.0"), Strategy::default());
    let hosts = vec![rendered(1, 1, 1), rendered(2, 1, 2), rendered(3, 1, 3)];
    let planned = planned(&same, Some("1.0.0"), hosts).unwrap();
    assert_eq!(planned.unchanged, ["web-1".parse().unwrap()]);
    assert_eq!(planned.changes.len(), 1, "hosts whose values alone differ change alike");
    assert!(planned.changes[0].changes_values);
    let order = &planned.batches[0].units[0].order;
    let renderings = [&order.from, &order.to].map(|release| release.as_ref().unwrap().rendering);
    assert_eq!(renderings, [Some(digest(1)), Some(digest(2))]);
    assert_eq!(order.values, Some(digest(2)));
}

#[test]
fn going_back_needs_no_values() {
    let instance = InventoryInstance {
        previous: Some(InstanceVersion { number: "1.0.0".parse().unwrap(), known: Some(version("1.0.0")) }),
        rendering: Some(digest(2)),
        previous_rendering: Some(digest(1)),
        ..instance("1.0.1")
    };
    let mut host = host(1, Some(instance));
    let unresolved = vec![UnresolvedUse {
        place: "conf/shop.toml:3".to_owned(),
        token: "[@db_host]".to_owned(),
        name: "db_host".to_owned(),
        why: NoValue::new(NoValueReason::Undefined, "has no value"),
    }];
    host.values.insert(version("1.0.0").id, HostValues { unresolved, ..HostValues::default() });
    let back = planned(&spec(Action::Rollback, None, Strategy::default()), None, vec![host.clone()]).unwrap();
    assert_eq!(back.batches[0].units[0].order.to.as_ref().unwrap().rendering, Some(digest(1)));
    let deploy = spec(Action::Deploy, Some("1.0.0"), Strategy::default());
    let lacking = planned(&deploy, Some("1.0.0"), vec![host]).unwrap();
    assert_eq!(lacking.batches[0].units.len(), 1, "all else is shown");
    let (uses, caution) = (&lacking.unresolved[0], &lacking.warnings[0]);
    assert_eq!((caution.effect, caution.host_count), (CautionEffect::Blocks, 1));
    assert_eq!(caution.unresolved, uses.told().next());
    insta::assert_snapshot!(uses.lines().collect::<String>(), @"conf/shop.toml:3: [@db_host] has no value on web-1");
    assert_eq!(
        uses.told().map(|told| (told.name, told.hosts.len(), told.hosts_more)).collect::<Vec<_>>(),
        [("db_host".to_owned(), 1, 0)]
    );
}

#[test]
fn hosts_go_in_the_order_of_a_label() {
    let labelled = |number: usize, zone: Option<&str>| {
        let labels = zone.map(|zone| ("zone".parse().unwrap(), zone.parse().unwrap())).into_iter().collect();
        InventoryHost { labels, ..host(number, Some(instance("1.0.0"))) }
    };
    let hosts = vec![
        labelled(1, None),
        labelled(2, Some("z10")),
        labelled(3, Some("z2")),
        labelled(10, Some("z2")),
        labelled(4, Some("z2")),
    ];
    let strategy = Strategy { order: "label:zone".parse().unwrap(), ..Strategy::default() };
    let planned = planned(&spec(Action::Deploy, Some("1.0.1"), strategy), Some("1.0.1"), hosts).unwrap();
    let names: Vec<&str> = planned.batches[0].units.iter().map(|unit| unit.host_name.as_str()).collect();
    assert_eq!(names, ["web-3", "web-4", "web-10", "web-2", "web-1"]);
}

#[test]
fn says_what_would_become_of_each_host() {
    let spec = spec(Action::Upgrade, Some("1.0.1"), Strategy::default());
    let inventory = Inventory {
        target: Some(version("1.0.1")),
        availability: Availability::Everywhere,
        hosts: every_sort().into_iter().take(6).collect(),
    };
    let outcomes = prospects(&spec, &inventory).unwrap();
    let causes: Vec<ExclusionCause> =
        outcomes.iter().filter_map(|outcome| Some(outcome.exclusion.as_ref()?.cause.clone())).collect();
    let of = |code| ExclusionCause::new(code).param("package", "shop-web");
    assert_eq!(
        causes,
        [
            of(ExclusionCode::NotInstalled),
            ExclusionCause::new(ExclusionCode::Offline),
            of(ExclusionCode::Busy).param("deployment", "00000000000000000000000009"),
            of(ExclusionCode::VersionUnknown).param("version", "0.9.9"),
        ]
    );
    let lines = outcomes.into_iter().map(|Outcome { host, prospect, exclusion }| {
        let reason = exclusion.map(|exclusion| format!(": {}", exclusion.reason)).unwrap_or_default();
        format!("{host} {prospect:?}{reason}")
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    web-1 Excluded: shop-web is not on it: deploy it there first
    web-2 Changes
    web-3 Excluded: it is offline: start its agent, or look whether it reaches the server
    web-4 Excluded: deployment 00000000000000000000000009 of shop-web is open on it: wait for its end, or abort it
    web-5 Excluded: it has shop-web 0.9.9, which the registry does not know: push this version, or remove the instance by hand
    web-6 Unchanged
    ");
}

#[test]
fn says_what_cannot_be_planned() {
    let error = |spec: &DeploymentSpec, target, hosts| planned(spec, target, hosts).unwrap_err().to_string();
    let deploy = spec(Action::Deploy, Some("1.0.1"), Strategy::default());
    let targets = |modules: &[&str], hosts: &[&str]| DeploymentSpec {
        targets: Targets {
            modules: modules.iter().map(|module| module.parse().unwrap()).collect(),
            hosts: hosts.iter().map(|host| host.parse().unwrap()).collect(),
            ..Targets::default()
        },
        ..deploy.clone()
    };
    insta::assert_snapshot!(error(&deploy, None, running(1)), @"deploy needs a version: write shop-web@VERSION");
    insta::assert_snapshot!(error(&spec(Action::Stop, Some("1.0.1"), Strategy::default()), None, running(1)), @"stop takes no version: each host has its own");
    insta::assert_snapshot!(error(&targets(&[], &[]), Some("1.0.1"), running(1)), @"the deployment has no targets: name modules (BUSINESS/SYSTEM/MODULE), hosts or labels");
    insta::assert_snapshot!(error(&targets(&["Shop/Test/Web"], &[]), Some("1.0.1"), running(1)), @"no host belongs to Shop/Test/Web: let hosts join it first");
    insta::assert_snapshot!(error(&targets(&["Shop/Production/Web"], &["web-1", "web-7"]), Some("1.0.1"), running(1)), @"no such hosts among the targets: web-7");
    let many = spec(Action::Deploy, Some("1.0.1"), strategy(0, "1"));
    insta::assert_snapshot!(error(&many, Some("1.0.1"), running(501)), @r#""1" makes more than 500 batches of 501 hosts: use larger batches"#);
}

#[test]
fn a_host_on_which_another_package_has_the_place_is_left_out() {
    let deploy = spec(Action::Deploy, Some("1.0.1"), Strategy::default());
    let occupied = InventoryHost { occupant: Some("cart".parse().unwrap()), ..host(1, None) };
    insta::assert_snapshot!(shown(&planned(&deploy, Some("1.0.1"), vec![occupied, host(2, None)]).unwrap()), @"
    Rolling: web-2
    Install - -> 1.0.1 on web-2: Preflight Fetch Stage Switch Start Validate Retire
    web-1 out: cart lies in /data/app/shop-web, around it or inside it: give one of them another install_root
    ");
}

#[test]
fn a_host_with_another_layout_is_left_out() {
    let deploy = spec(Action::Deploy, Some("1.0.1"), Strategy::default());
    let mut overwrite = version("1.0.1");
    overwrite.release.manifest.layout = Some(packhorse_model::Layout::Overwrite);
    let hosts = vec![host(1, None), host(2, Some(instance("1.0.0")))];
    let inventory = Inventory { target: Some(overwrite), availability: Availability::Everywhere, hosts };
    insta::assert_snapshot!(shown(&plan(&deploy, &inventory, &mut numbered_units()).unwrap()), @"
    Rolling: web-1
    Install - -> 1.0.1 on web-1: Preflight Fetch Stage Switch Start Validate Retire
    web-2 out: shop-web lies here in the layout symlink, and 1.0.1 has the layout overwrite: uninstall it first
    ");
}

#[test]
fn plans_agree_if_they_do_the_same() {
    let spec = spec(Action::Deploy, Some("1.0.1"), Strategy::default());
    let first = planned(&spec, Some("1.0.1"), running(3)).unwrap();
    let mut later = numbered_units();
    later();
    let inventory =
        Inventory { target: Some(version("1.0.1")), availability: Availability::Everywhere, hosts: running(3) };
    let again = plan(&spec, &inventory, &mut later).unwrap();
    assert_ne!(first.batches, again.batches);
    assert!(agrees(&first.batches, &again.batches));
    let mut moved = running(3);
    moved[1].instance = Some(instance("1.0.2"));
    assert!(!agrees(&first.batches, &planned(&spec, Some("1.0.1"), moved).unwrap().batches));
}

#[test]
fn orders_names_by_their_numbers() {
    let mut names = ["web-10", "web-2", "web-02", "web", "Web-1", "web-2a", "web-2-1", "a10b2", "a10b10", "a9"];
    names.sort_by(|a, b| natural(a, b));
    insta::assert_snapshot!(names.join(" "), @"Web-1 a9 a10b2 a10b10 web web-02 web-2 web-2-1 web-2a web-10");
}

proptest! {
    #[test]
    fn natural_order_is_an_order(a in "[a0-9.]{0,6}", b in "[a0-9.]{0,6}", c in "[a0-9.]{0,6}") {
        prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
        prop_assert_eq!(natural(&a, &b).is_eq(), a == b);
        if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
            prop_assert!(natural(&a, &c).is_le());
        }
    }

    #[test]
    fn every_host_is_in_one_place(canary in 0u32..5, batch in "[1-9]%?( [*+][1-3])?", sorts in prop::collection::vec(0usize..10, 1..40)) {
        let every = every_sort();
        let hosts: Vec<InventoryHost> =
            sorts.iter().enumerate().map(|(number, sort)| InventoryHost { name: name(number), ..every[*sort].clone() }).collect();
        let planned = planned(&spec(Action::Deploy, Some("1.0.1"), strategy(canary, &batch)), Some("1.0.1"), hosts).unwrap();
        let units = planned.batches.iter().flat_map(|batch| &batch.units).map(|unit| &unit.host_name);
        let mut names: Vec<&HostName> =
            units.chain(&planned.unchanged).chain(planned.excluded.iter().map(|excluded| &excluded.host)).collect();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), sorts.len());
        prop_assert!(planned.batches.iter().all(|batch| !batch.units.is_empty()));
    }
}

#[test]
fn a_yanked_version_stays_with_those_who_have_it() {
    let stopped = InventoryInstance { state: InstanceState::Stopped, ..instance("1.0.1") };
    let before = InstanceVersion { number: "1.0.1".parse().unwrap(), known: Some(version("1.0.1")) };
    let upgraded = InventoryInstance { previous: Some(before), ..instance("1.0.2") };
    let hosts = vec![host(1, Some(stopped)), host(2, Some(upgraded)), host(3, Some(instance("1.0.0"))), host(4, None)];
    let target = || Some(version("1.0.1"));
    let yanked = Inventory { target: target(), availability: Availability::WhereItIs, hosts: hosts.clone() };
    let spec = spec(Action::Deploy, Some("1.0.1"), Strategy::default());
    let planned = plan(&spec, &yanked, &mut numbered_units()).unwrap();
    let changes: Vec<_> = planned.changes.iter().flat_map(|change| &change.hosts).map(ToString::to_string).collect();
    assert_eq!(changes, ["web-1", "web-2"]);
    insta::assert_debug_snapshot!(planned.excluded.iter().map(|host| &host.reason).collect::<Vec<_>>(), @r#"
    [
        "shop-web 1.0.1 was yanked, and is not on it: choose another version",
        "shop-web 1.0.1 was yanked, and is not on it: choose another version",
    ]
    "#);
    let nobody = Inventory { target: target(), availability: Availability::WhereItIs, hosts: hosts[2..].to_vec() };
    let error = plan(&spec, &nobody, &mut numbered_units()).unwrap_err();
    insta::assert_snapshot!(error, @"shop-web@1.0.1 was yanked, and none of the hosts has it");
}
