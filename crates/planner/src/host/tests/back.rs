use packhorse_model::order::Aftermath;
use packhorse_model::step::StepKind::{self, *};

use super::*;

fn back(order: &UnitOrder, installed: &Installed, begun: &[StepKind]) -> String {
    line(&restore(order, installed, begun))
}

#[test]
fn nothing_is_undone_that_was_not_done() {
    let order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.1")));
    let begun = [Preflight, Fetch, Stage, Render];
    assert_eq!(restore(&order, &running("1.0.0"), &begun), []);
    assert_eq!(aftermath(&order, &running("1.0.0"), &begun, &[]), Aftermath::Untouched);
}

#[test]
fn an_upgrade_goes_back_from_wherever_it_is() {
    let order = order(UnitAction::Install, Some(release("1.0.0")), Some(release("1.0.1")));
    let old = running("1.0.0");
    insta::assert_snapshot!(back(&order, &old, &[PreStop]), @"old:ValidatePrevious! old:OnRollback!");
    insta::assert_snapshot!(back(&order, &old, &[PreStop, Stop]), @"old:StartPrevious! old:ValidatePrevious! old:OnRollback!");
    insta::assert_snapshot!(back(&order, &old, &[PreStop, Stop, Switch]), @"old:SwitchBack old:StartPrevious! old:ValidatePrevious! old:OnRollback!");
    insta::assert_snapshot!(back(&order, &old, &[PreStop, Stop, Switch, Update]), @"OnFailure! old:SwitchBack old:StartPrevious! old:ValidatePrevious! old:OnRollback!");
    insta::assert_snapshot!(back(&order, &old, &[PreStop, Stop, Switch, Update, Start]), @"OnFailure! StopFailed! old:SwitchBack old:StartPrevious! old:ValidatePrevious! old:OnRollback!");
    insta::assert_snapshot!(back(&order, &stopped("1.0.0"), &[Switch, Update, Start]), @"OnFailure! StopFailed! old:SwitchBack old:OnRollback!");
}

#[test]
fn config_is_put_back_and_whoever_reads_it_told_again() {
    let order = order(UnitAction::Install, Some(config("1.0.0")), Some(config("1.0.1")));
    let old = running("1.0.0");
    insta::assert_snapshot!(back(&order, &old, &[Pre]), @"old:ValidatePrevious!");
    insta::assert_snapshot!(back(&order, &old, &[Pre, Switch]), @"old:SwitchBack old:ValidatePrevious!");
    insta::assert_snapshot!(back(&order, &old, &[Pre, Switch, Validate]), @"old:SwitchBack old:ValidatePrevious!");
    insta::assert_snapshot!(back(&order, &old, &[Pre, Switch, Validate, Post]), @"old:SwitchBack old:ValidatePrevious! old:PostPrevious!");
    let run = |kind, succeeded| StepRun { kind, succeeded };
    let back = [run(SwitchBack, true), run(ValidatePrevious, true), run(PostPrevious, false)];
    assert_eq!(aftermath(&order, &old, &[Pre, Switch, Validate, Post], &back), Aftermath::Broken);
}

#[test]
fn a_first_config_is_taken_away_and_whoever_read_it_told_before_its_command_goes() {
    let order = order(UnitAction::Install, None, Some(config("1.0.0")));
    let nothing = Installed::nothing();
    insta::assert_snapshot!(back(&order, &nothing, &[Pre, Switch, Validate]), @"Remove");
    let begun = [Pre, Switch, Validate, Post];
    insta::assert_snapshot!(back(&order, &nothing, &begun), @"SwitchBack PostPrevious! Remove");
    let run = |kind, succeeded| StepRun { kind, succeeded };
    let told = [run(SwitchBack, true), run(PostPrevious, true), run(Remove, true)];
    assert_eq!(aftermath(&order, &nothing, &begun, &told), Aftermath::Removed);
    let untold = [run(SwitchBack, true), run(PostPrevious, false), run(Remove, true)];
    assert_eq!(aftermath(&order, &nothing, &begun, &untold), Aftermath::Broken);
    assert_eq!(aftermath(&order, &nothing, &begun, &[run(SwitchBack, false)]), Aftermath::Broken);
}

#[test]
fn a_first_installation_leaves_nothing() {
    let order = order(UnitAction::Install, None, Some(release("1.0.0")));
    insta::assert_snapshot!(back(&order, &Installed::nothing(), &[Switch]), @"Remove");
    insta::assert_snapshot!(back(&order, &Installed::nothing(), &[Switch, Install, Start, PostStart, Validate]), @"OnFailure! StopFailed! Remove");
}

#[test]
fn other_actions_go_back_as_far_as_they_can() {
    let same = |action| order(action, Some(release("1.0.0")), Some(release("1.0.0")));
    insta::assert_snapshot!(back(&same(UnitAction::Start), &stopped("1.0.0"), &[Start]), @"StopFailed!");
    insta::assert_snapshot!(back(&same(UnitAction::Stop), &running("1.0.0"), &[PreStop, Stop]), @"old:ValidatePrevious!");
    insta::assert_snapshot!(back(&same(UnitAction::Restart), &running("1.0.0"), &[PreStop, Stop]), @"old:StartPrevious! old:ValidatePrevious!");
    insta::assert_snapshot!(back(&same(UnitAction::Restart), &running("1.0.0"), &[PreStop, Stop, Start]), @"old:ValidatePrevious!");
    let uninstall = order(UnitAction::Uninstall, Some(release("1.0.0")), None);
    insta::assert_snapshot!(back(&uninstall, &running("1.0.0"), &[PreStop, Stop, Uninstall]), @"old:StartPrevious! old:ValidatePrevious! old:OnRollback!");
    insta::assert_snapshot!(back(&uninstall, &running("1.0.0"), &[PreStop, Stop, Uninstall, Remove]), @"");
}
