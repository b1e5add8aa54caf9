use packhorse_model::step::{Phase, StepKind};

use super::*;

fn forth(order: &UnitOrder, installed: &Installed) -> String {
    line(&steps(order, installed).unwrap().steps)
}

#[test]
fn installs_for_the_first_time() {
    let order = order(UnitAction::Install, None, Some(release("1.0.0")));
    insta::assert_snapshot!(forth(&order, &Installed::nothing()), @"Preflight Fetch Stage Render Switch Install! Start! PostStart! Validate! Retire");
}

#[test]
fn upgrades_what_runs() {
    let order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.1")));
    insta::assert_snapshot!(forth(&order, &running("1.0.0")), @"Preflight Fetch Stage Render old:PreStop! old:Stop! Switch Update! Start! PostStart! Validate! Retire");
    let phases: Vec<Phase> =
        steps(&order, &running("1.0.0")).unwrap().steps.iter().map(|step| step.step.phase).collect();
    assert!(phases.is_sorted());
}

#[test]
fn upgrades_what_is_stopped_without_stopping_it() {
    let order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.1")));
    insta::assert_snapshot!(forth(&order, &stopped("1.0.0")), @"Preflight Fetch Stage Render Switch Update! Start! PostStart! Validate! Retire");
}

#[test]
fn leaves_out_what_the_package_has_no_command_for() {
    let order = order(UnitAction::Install, Some(bare("1.0.0")), Some(bare("1.0.1")));
    insta::assert_snapshot!(forth(&order, &running("1.0.0")), @"Preflight Fetch Stage old:Stop! Switch Start! Validate Retire");
}

#[test]
fn goes_to_a_version_that_is_there_without_fetching_it() {
    let order = order(UnitAction::Install, Some(release("1.0.1")), Some(release("1.0.0")));
    let there = Installed { previous: Some(installed("1.0.0")), ..running("1.0.1") };
    insta::assert_snapshot!(forth(&order, &there), @"Preflight old:PreStop! old:Stop! Switch Update! Start! PostStart! Validate! Retire");
    assert_eq!(steps(&order, &there).unwrap().new.unwrap().directory, "shop-web_1.0.0");

    let altered = InstalledVersion { condition: Condition::Altered, ..installed("1.0.0") };
    let plan = steps(&order, &Installed { previous: Some(altered), ..running("1.0.1") }).unwrap();
    assert!(plan.steps.iter().any(|step| step.step.kind == StepKind::Fetch));
    assert_eq!(plan.new.unwrap().directory, "shop-web_1.0.0_2", "what previous names is not written to");
}

#[test]
fn makes_an_altered_version_anew_beside_itself() {
    let order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.0")));
    let current = InstalledVersion { condition: Condition::Altered, ..installed("1.0.0") };
    let altered = Installed { current: Some(current), previous: Some(installed("0.9.0")), ..running("1.0.0") };
    let plan = steps(&order, &altered).unwrap();
    insta::assert_snapshot!(line(&plan.steps), @"Preflight Fetch Stage Render old:PreStop! old:Stop! Switch Update! Start! PostStart! Validate! Retire");
    assert_eq!(plan.old.unwrap().directory, "shop-web_1.0.0");
    assert_eq!(plan.new.unwrap().directory, "shop-web_1.0.0_2");
    assert_eq!(retirable(&order, &altered), ["shop-web_1.0.0"], "0.9.0 stays the version to go back to");
}

#[test]
fn starts_the_same_version_again() {
    let order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.0")));
    insta::assert_snapshot!(forth(&order, &running("1.0.0")), @"Preflight old:PreStop! old:Stop! Start! PostStart! Validate!");
    insta::assert_snapshot!(forth(&order, &stopped("1.0.0")), @"Preflight Start! PostStart! Validate!");
}

#[test]
fn brings_an_attempt_to_its_end_that_was_cut_short_behind_the_switch() {
    let order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.1")));
    let switched = Installed { previous: Some(installed("1.0.0")), ..running("1.0.1") };
    insta::assert_snapshot!(forth(&order, &switched), @"Preflight PreStop! Stop! Switch Update! Start! PostStart! Validate! Retire");
    assert_eq!(retirable(&order, &switched), Vec::<String>::new());
    let begun = [StepKind::Stop, StepKind::Switch, StepKind::Start];
    insta::assert_snapshot!(line(&restore(&order, &switched, &begun)), @"OnFailure! StopFailed! old:SwitchBack old:StartPrevious! old:ValidatePrevious! old:OnRollback!");
}

#[test]
fn starts_stops_restarts_and_uninstalls() {
    let same = |action| order(action, Some(release("1.0.0")), Some(release("1.0.0")));
    insta::assert_snapshot!(forth(&same(UnitAction::Start), &stopped("1.0.0")), @"Preflight Start! PostStart! Validate!");
    insta::assert_snapshot!(forth(&same(UnitAction::Stop), &running("1.0.0")), @"Preflight old:PreStop! old:Stop!");
    insta::assert_snapshot!(forth(&same(UnitAction::Restart), &running("1.0.0")), @"Preflight old:PreStop! old:Stop! Start! PostStart! Validate!");
    insta::assert_snapshot!(forth(&same(UnitAction::Restart), &stopped("1.0.0")), @"Preflight Start! PostStart! Validate!");
    let mut with_restart = same(UnitAction::Restart);
    with_restart.to.as_mut().unwrap().manifest.lifecycle.restart = Some(Command::of_file("scripts/restart.sh"));
    insta::assert_snapshot!(forth(&with_restart, &running("1.0.0")), @"Preflight Restart! PostStart! Validate!");
    let uninstall = order(UnitAction::Uninstall, Some(release("1.0.0")), None);
    insta::assert_snapshot!(forth(&uninstall, &running("1.0.0")), @"old:Preflight old:PreStop! old:Stop! old:Uninstall! old:Remove");
    insta::assert_snapshot!(forth(&uninstall, &stopped("1.0.0")), @"old:Preflight old:Uninstall! old:Remove");
    insta::assert_snapshot!(forth(&uninstall, &Installed::nothing()), @"old:Preflight");
}

#[test]
fn refuses_what_it_cannot_do() {
    let error = |order: &UnitOrder, installed: &Installed| steps(order, installed).unwrap_err().to_string();
    let upgrade = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.1")));
    insta::assert_snapshot!(error(&upgrade, &running("0.9.0")), @"the plan expects 1.0.0 (312e302e3000) of shop-web on this host, but it finds 0.9.0 (302e392e3000): make a new plan");
    insta::assert_snapshot!(error(&upgrade, &Installed::nothing()), @"the plan expects 1.0.0 (312e302e3000) of shop-web on this host, but it finds no version: make a new plan");
    let first = order(UnitAction::Install, None, Some(release("1.0.1")));
    insta::assert_snapshot!(error(&first, &running("1.0.0")), @"the plan expects no version of shop-web on this host, but it finds 1.0.0 (312e302e3000): make a new plan");
    let mut other_layout = upgrade;
    other_layout.to.as_mut().unwrap().manifest.layout = Some(Layout::Overwrite);
    insta::assert_snapshot!(error(&other_layout, &running("1.0.0")), @"shop-web lies here in the layout symlink, and 1.0.1 has the layout overwrite: uninstall it first");
    let mut no_start = order(UnitAction::Start, Some(bare("1.0.0")), Some(bare("1.0.0")));
    no_start.to.as_mut().unwrap().manifest.lifecycle.start = None;
    insta::assert_snapshot!(error(&no_start, &stopped("1.0.0")), @"shop-web 1.0.0 has no start command: add lifecycle.start to packhorse.toml or scripts/start.sh to the package");
    let nothing = order(UnitAction::Install, Some(release("1.0.0")), None);
    insta::assert_snapshot!(error(&nothing, &running("1.0.0")), @"the order for shop-web names no version: make a new plan");
}

#[test]
fn writes_config_between_its_commands() {
    let first = order(UnitAction::Install, None, Some(config("1.0.0")));
    insta::assert_snapshot!(forth(&first, &Installed::nothing()), @"Preflight Fetch Stage Render Pre! Switch Validate! Post! Retire");
    let next = order(UnitAction::Install, Some(config("1.0.0")), Some(config("1.0.1")));
    insta::assert_snapshot!(forth(&next, &running("1.0.0")), @"Preflight Fetch Stage Render Pre! Switch Validate! Post! Retire");
}

#[test]
fn lays_a_kept_version_anew_without_fetching_it() {
    let mut order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.0")));
    order.layout = Layout::Overwrite;
    let current = InstalledVersion { condition: Condition::Displaced, ..installed("1.0.0") };
    let displaced = Installed { current: Some(current), ..running("1.0.0") };
    insta::assert_snapshot!(forth(&order, &displaced), @"Preflight old:PreStop! old:Stop! Switch Update! Start! PostStart! Validate! Retire");
}

#[test]
fn retires_neither_current_nor_previous_nor_what_is_kept() {
    let mut order = order(UnitAction::Install, Some(release("1.10.0")), Some(release("1.11.0")));
    let host = Installed {
        previous: Some(installed("1.9.0")),
        others: vec![installed("1.2.0"), installed("1.8.0")],
        ..running("1.10.0")
    };
    assert_eq!(retirable(&order, &host), ["shop-web_1.9.0", "shop-web_1.8.0", "shop-web_1.2.0"]);
    order.to.as_mut().unwrap().manifest.keep = 2;
    assert_eq!(retirable(&order, &host), ["shop-web_1.2.0"]);
    let stop = UnitOrder { action: UnitAction::Stop, ..order };
    assert_eq!(retirable(&stop, &host), Vec::<String>::new());
}

#[test]
fn commands_find_their_version_and_place_in_the_environment() {
    let mut order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.1")));
    let start = order.to.as_mut().unwrap().manifest.lifecycle.start.as_mut().unwrap();
    start.env.insert("LISTEN".to_owned(), "[@packhorse.host.ip]:8080".to_owned());
    start.env.insert("APP_HOME".to_owned(), "/elsewhere".to_owned());
    let plan = steps(&order, &running("1.0.0")).unwrap();
    let at = jiff::Timestamp::UNIX_EPOCH;
    let around = Surroundings {
        install_root: "/srv/hosts/1/data/app/shop-web",
        deployment: packhorse_model::ids::Identifier::from_parts(at, 1),
        attempt: packhorse_model::ids::Identifier::from_parts(at, 2),
    };
    let shown = |kind| {
        let step = plan.steps.iter().find(|step| step.step.kind == kind).unwrap();
        let environment = environment(&order, &plan, step, &around).unwrap();
        environment.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(shown(StepKind::Start), @"
    APP_HOME=/srv/hosts/1/data/app/shop-web/shop-web_1.0.1
    LISTEN=10.0.0.7:8080
    PACKHORSE_ATTEMPT=00000000000000000000000002
    PACKHORSE_CURRENT=/srv/hosts/1/data/app/shop-web/current
    PACKHORSE_DEPLOYMENT=00000000000000000000000001
    PACKHORSE_HOME=/srv/hosts/1/data/app/shop-web/shop-web_1.0.1
    PACKHORSE_HOST_IP=10.0.0.7
    PACKHORSE_HOST_NAME=
    PACKHORSE_INSTALL_ROOT=/srv/hosts/1/data/app/shop-web
    PACKHORSE_PACKAGE=shop-web
    PACKHORSE_PREVIOUS_VERSION=1.0.0
    PACKHORSE_VERSION=1.0.1
    ");
    let current = |layout| {
        let order = UnitOrder { layout, ..order.clone() };
        let step = plan.steps.iter().find(|step| step.step.kind == StepKind::Start).unwrap();
        let environment = environment(&order, &plan, step, &around).unwrap();
        ["PACKHORSE_CURRENT", "APP_HOME"]
            .map(|name| environment[name].replace("/srv/hosts/1/data/app/shop-web", ""))
            .join(" ")
    };
    assert_eq!(current(Layout::Versioned), "/shop-web_1.0.1 /shop-web_1.0.1");
    assert_eq!(current(Layout::Overwrite), " ", "both are the install root");
    insta::assert_snapshot!(shown(StepKind::Stop).lines().filter(|l| l.contains("HOME") || l.contains("VERSION")).collect::<Vec<_>>().join("\n"), @"
    APP_HOME=/srv/hosts/1/data/app/shop-web/shop-web_1.0.0
    PACKHORSE_HOME=/srv/hosts/1/data/app/shop-web/shop-web_1.0.0
    PACKHORSE_PREVIOUS_VERSION=1.0.0
    PACKHORSE_VERSION=1.0.0
    ");
}
