use packhorse_model::ids::{AttemptId, DeploymentId, Identifier as _};
use packhorse_model::order::Aftermath;
use packhorse_model::step::StepKind::*;

use super::*;

fn run() -> UnitOrder {
    let manifest = "[script]\nentry='clean.sh'\ninterpreter='sh'\ntimeout=60\nuser='shop'\n\
        [[script.parameter]]\nname='DAYS'\ntype='integer'\n[[script.parameter]]\nname='NOTE'\n";
    let to = Release { manifest: Manifest::parse(manifest).unwrap(), ..release("1.0.0") };
    let mut order = order(UnitAction::Run, None, Some(to));
    order.variables.insert("DAYS".to_owned(), "7".to_owned());
    order
}

#[test]
fn a_script_runs_whatever_is_installed_and_has_no_way_back() {
    for installed in [Installed::nothing(), running("0.9.0"), stopped("1.0.0")] {
        let plan = steps(&run(), &installed).unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(line(&plan.steps), @"Preflight Fetch Stage Run!");
        }
        let command = plan.steps[3].step.command.as_ref().unwrap();
        assert_eq!(
            (command.command.as_str(), command.timeout, command.user.as_deref()),
            ("clean.sh", Some(60), Some("shop"))
        );
        assert_eq!(restore(&run(), &installed, &[Preflight, Fetch, Stage, Run]), []);
        assert_eq!(aftermath(&run(), &installed, &[Preflight, Fetch, Stage, Run], &[]), Aftermath::Ran);
        assert_eq!(aftermath(&run(), &installed, &[Preflight, Fetch], &[]), Aftermath::Untouched);
    }
    // What the script says stands above what commands get that say nothing.
    let timeout = |order: &UnitOrder| {
        let plan = steps(order, &Installed::nothing()).unwrap();
        plan.steps[3].step.command.as_ref().unwrap().timeout
    };
    let mut bounded = UnitOrder { step_timeout_seconds: Some(30), ..run() };
    let mut said = |seconds| {
        bounded.to.as_mut().unwrap().manifest.script.as_mut().unwrap().timeout = seconds;
        timeout(&bounded)
    };
    assert_eq!((said(Some(60)), said(Some(3600)), said(None)), (Some(60), Some(3600), Some(30)));
    let none = order(UnitAction::Run, None, Some(release("1.0.0")));
    let refused = steps(&none, &Installed::nothing()).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"shop-web 1.0.0 is no script, so it cannot be run: deploy it");
}

#[test]
fn a_script_finds_its_parameters_by_both_names() {
    let zero = jiff::Timestamp::UNIX_EPOCH;
    let around = Surroundings {
        install_root: "/",
        deployment: DeploymentId::from_parts(zero, 1),
        attempt: AttemptId::from_parts(zero, 2),
    };
    let lines: Vec<String> =
        script_environment(&run(), &around).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    DAYS=7
    PACKHORSE_ATTEMPT=00000000000000000000000002
    PACKHORSE_DEPLOYMENT=00000000000000000000000001
    PACKHORSE_HOST_IP=10.0.0.7
    PACKHORSE_HOST_NAME=
    PACKHORSE_PACKAGE=shop-web
    PACKHORSE_PARAM_DAYS=7
    PACKHORSE_VERSION=1.0.0
    ");
}
