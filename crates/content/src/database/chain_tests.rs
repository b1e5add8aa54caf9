use proptest::prelude::*;

use super::*;

fn number(text: &str) -> VersionNumber {
    text.parse().unwrap()
}

/// A version with a full load (`*`) and increments from others.
fn stocked(version: &str, has_load: bool, from: &[&str]) -> Stocked {
    let increments = from.iter().map(|from| Increment {
        from: Some(number(from)),
        to: number(version),
        upgrade: vec![format!("{from}_increment.sql")],
        rollback: vec![format!("{from}_rollback.sql")],
    });
    let structure = DatabaseStructure {
        layout: Some(DatabaseLayout::FullAndIncrement),
        full_load: has_load.then(|| "1_fullload.sql".to_owned()),
        increments: increments.collect(),
    };
    Stocked { version: number(version), structure }
}

fn shown(steps: &[ChainStep]) -> String {
    let end = |version: &Option<VersionNumber>| version.as_ref().map_or("empty".to_owned(), ToString::to_string);
    let steps = steps.iter().map(|step| format!("{}>{} in {}", end(&step.from), end(&step.to), step.version));
    steps.collect::<Vec<_>>().join(", ")
}

fn show(stock: &[Stocked], from: &str, to: &str) -> String {
    let from = (!from.is_empty()).then(|| number(from));
    match chain(stock, from.as_ref(), &number(to)) {
        Err(gap) => gap.to_string(),
        Ok((steps, back)) => format!("{} | {}", shown(&steps), back.map_or("none".to_owned(), |back| shown(&back))),
    }
}

#[test]
fn increments_lead_from_version_to_version_and_back() {
    let stock = [
        stocked("1.0", true, &[]),
        stocked("1.1", false, &["1.0"]),
        stocked("1.2", false, &["1.1"]),
        stocked("1.3", true, &["1.1"]),
    ];
    assert_eq!(show(&stock, "1.0", "1.2"), "1.0>1.1 in 1.1, 1.1>1.2 in 1.2 | 1.2>1.1 in 1.2, 1.1>1.0 in 1.1");
    assert_eq!(show(&stock, "1.2", "1.0"), "1.2>1.1 in 1.2, 1.1>1.0 in 1.1 | 1.0>1.1 in 1.1, 1.1>1.2 in 1.2");
    assert_eq!(show(&stock, "", "1.2"), "empty>1.0 in 1.0, 1.0>1.1 in 1.1, 1.1>1.2 in 1.2 | none");
    assert_eq!(show(&stock, "", "1.3"), "empty>1.3 in 1.3 | none");
    assert_eq!(show(&stock, "1.1", "1.1"), " | ");
}

#[test]
fn gaps_are_named() {
    let stock = [stocked("1.1", false, &["1.0"]), stocked("1.3", false, &["1.2"]), stocked("1.4", false, &["1.3"])];
    assert_eq!(show(&stock, "1.0", "1.4"), "no increment leads from 1.1 to 1.2");
    assert_eq!(show(&stock, "0.9", "1.1"), "no increment leads from 0.9 to 1.0");
    assert_eq!(show(&stock, "1.4", "1.0"), "no increment leads from 1.1 to 1.2");
    assert_eq!(
        show(&stock, "", "1.4"),
        "nothing makes an empty database of 1.4: neither a full load of it, nor one before it with increments"
    );
    let mut one_way = stocked("1.1", false, &["1.0"]);
    one_way.structure.increments[0].rollback.clear();
    assert_eq!(show(&[one_way.clone()], "1.0", "1.1"), "1.0>1.1 in 1.1 | none");
    assert_eq!(show(&[one_way], "1.1", "1.0"), "nothing leads back from 1.1 to 1.0: the increment has no rollback");
}

#[test]
fn a_version_with_all_steps_needs_no_other() {
    let step = |from: Option<&str>, to: &str| Increment {
        from: from.map(number),
        to: number(to),
        upgrade: vec![format!("{to}.sql")],
        rollback: vec![format!("{to}.sql")],
    };
    let structure = DatabaseStructure {
        layout: Some(DatabaseLayout::UpgradeAndDowngrade),
        full_load: None,
        increments: vec![step(None, "1.0"), step(Some("1.0"), "1.2"), step(Some("1.2"), "1.4")],
    };
    let stock = [Stocked { version: number("1.3"), structure }];
    assert_eq!(show(&stock, "1.1", "1.3"), "1.0>1.2 in 1.3 | 1.2>1.0 in 1.3");
    assert_eq!(show(&stock, "", "1.3"), "empty>1.0 in 1.3, 1.0>1.2 in 1.3 | 1.2>1.0 in 1.3, 1.0>empty in 1.3");
}

#[test]
fn the_shortest_way_is_taken() {
    let stock = [stocked("1.1", false, &["1.0"]), stocked("1.2", false, &["1.1", "1.0"])];
    assert_eq!(show(&stock, "1.0", "1.2"), "1.0>1.2 in 1.2 | 1.2>1.0 in 1.2");
}

proptest! {
    /// Whatever is there, a chain begins and ends where it should, without a gap between its steps.
    #[test]
    fn chains_hang_together(edges in prop::collection::vec((0_u8..8, 1_u8..8), 0..16), from in 0_u8..8, to in 0_u8..8) {
        let stock: Vec<Stocked> = (0..16).map(|to| {
            let from: Vec<String> = edges.iter().filter(|(a, b)| *b == to && a < b).map(|(a, _)| format!("1.{a}")).collect();
            let from: Vec<&str> = from.iter().map(String::as_str).collect();
            stocked(&format!("1.{to}"), false, &from)
        }).collect();
        let (from, to) = (number(&format!("1.{from}")), number(&format!("1.{to}")));
        if let Ok((steps, back)) = chain(&stock, Some(&from), &to) {
            let mut at = from;
            for step in &steps {
                prop_assert_eq!(step.from.as_ref(), Some(&at));
                at = step.to.clone().unwrap();
            }
            prop_assert_eq!(at, to);
            prop_assert_eq!(back.unwrap().len(), steps.len());
        }
    }
}
