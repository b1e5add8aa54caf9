use packhorse_model::order::Aftermath;
use packhorse_model::step::StepKind;

use super::*;

fn forth(from: Option<&str>, to: Option<&str>, installed: &Installed) -> String {
    let order = order(UnitAction::Migrate, from.map(bare), to.map(bare));
    line(&steps(&order, installed).unwrap().steps)
}

#[test]
fn a_database_is_changed_before_its_version_is_the_current_one() {
    insta::assert_snapshot!(forth(None, Some("1.0.0"), &Installed::nothing()), @"Preflight Fetch Stage Scripts Migrate! Switch Retire");
    insta::assert_snapshot!(forth(Some("1.0.0"), Some("1.0.1"), &running("1.0.0")), @"Preflight Fetch Stage Scripts Migrate! Switch Retire");
    let there = Installed { previous: Some(installed("1.0.0")), ..running("1.0.1") };
    insta::assert_snapshot!(forth(Some("1.0.1"), Some("1.0.0"), &there), @"Preflight Scripts Migrate! Switch Retire");
    insta::assert_snapshot!(forth(Some("1.0.0"), None, &running("1.0.0")), @"old:Preflight old:Scripts old:Migrate! old:Remove");
}

#[test]
fn nothing_but_scripts_leads_a_database_back() {
    let order = order(UnitAction::Migrate, Some(bare("1.0.0")), Some(bare("1.0.1")));
    let installed = running("1.0.0");
    let before = [StepKind::Preflight, StepKind::Fetch, StepKind::Stage, StepKind::Scripts];
    assert_eq!(aftermath(&order, &installed, &before, &[]), Aftermath::Untouched);
    let begun = [&before[..], &[StepKind::Migrate]].concat();
    assert_eq!(line(&restore(&order, &installed, &begun)), "");
    assert_eq!(aftermath(&order, &installed, &begun, &[]), Aftermath::Broken);
}
