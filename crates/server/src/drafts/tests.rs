//! Operations against the simplest model that there is, and undo against what was there before.

use std::collections::BTreeMap;

use packhorse_content::EntryPath;
use packhorse_content::segment::FileRef;
use packhorse_model::Digest;
use packhorse_model::api::drafts::{Expectation, Operation};
use packhorse_model::api::packages::TreeEntryKind;
use packhorse_store::drafts::entries::{EntryRow, EntryState};
use proptest::prelude::*;

use super::apply::{apply, inverse, replay};
use super::refusal::Refusal;
use super::slice::Slice;
use super::steps::{Step, checked, mode};

/// A directory, or a file of this content; and its mode.
type Model = BTreeMap<String, (Option<u8>, u16)>;

const PATHS: [&str; 8] = ["a", "b", "a/x", "a/y", "b/x", "a/b", "a/b/x", "c"];

fn path(path: &str) -> EntryPath {
    EntryPath::new(path).unwrap()
}

fn content(content: u8) -> FileRef {
    FileRef { digest: Digest::new([content; 32]), size: u64::from(content) }
}

fn seen(slice: &Slice) -> Model {
    let entries = slice.subtree("");
    let seen = |state: &EntryState| {
        let content = (state.kind == TreeEntryKind::File).then(|| state.digest.unwrap().as_bytes()[0]);
        (content, state.mode)
    };
    entries.iter().map(|(path, state)| (path.clone(), seen(state))).collect()
}

fn below(model: &Model, path: &str) -> Vec<String> {
    let is_below = |other: &&String| other.as_str() == path || other.starts_with(&format!("{path}/"));
    model.keys().filter(is_below).cloned().collect()
}

fn put(model: &mut Model, path: &str, what: (Option<u8>, u16)) -> Option<()> {
    for (at, _) in path.match_indices('/') {
        let (content, _) = model.entry(path[..at].to_owned()).or_insert((None, 0o755));
        content.is_none().then_some(())?;
    }
    model.insert(path.to_owned(), what);
    Some(())
}

/// What a step makes of the model; none if it must be refused.
fn expected(model: &Model, step: &Step) -> Option<Model> {
    let mut model = model.clone();
    match step {
        Step::MakeDirectory(path) => match model.get(path.as_str()) {
            Some((None, _)) => {}
            Some(_) => return None,
            None => put(&mut model, path.as_str(), (None, 0o755))?,
        },
        Step::Clear(directory) => {
            let directory = directory.as_ref()?.as_str();
            (model.get(directory)?.0.is_none()).then_some(())?;
            for path in below(&model, directory).into_iter().skip(1) {
                model.remove(&path);
            }
        }
        Step::Write { path, file, mode, .. } => {
            let there = model.get(path.as_str());
            (!matches!(there, Some((None, _)))).then_some(())?;
            let mode = mode.or(there.map(|there| there.1)).unwrap_or(0o644);
            put(&mut model, path.as_str(), (Some(file.digest.as_bytes()[0]), mode))?;
        }
        Step::Move { from, to, .. } | Step::Copy { from, to, .. } => {
            let (from, to) = (from.as_str(), to.as_str());
            let is_move = matches!(step, Step::Move { .. });
            model.get(from)?;
            if from == to {
                return is_move.then_some(model);
            }
            (!to.starts_with(&format!("{from}/")) && !model.contains_key(to)).then_some(())?;
            let carried: Vec<_> = below(&model, from).into_iter().map(|path| (path.clone(), model[&path])).collect();
            if is_move {
                for (path, _) in &carried {
                    model.remove(path);
                }
            }
            for (path, what) in carried {
                put(&mut model, &format!("{to}{}", &path[from.len()..]), what)?;
            }
        }
        Step::SetMode { path, mode, .. } => model.get_mut(path.as_str())?.1 = *mode,
        Step::Delete { path, .. } => {
            model.get(path.as_str())?;
            for path in below(&model, path.as_str()) {
                model.remove(&path);
            }
        }
        Step::Revert(_) | Step::Unpack { .. } => return None,
    }
    Some(model)
}

fn step() -> impl Strategy<Value = Step> {
    let any_path = || prop::sample::select(&PATHS[..]).prop_map(path);
    let present = Expectation::Present;
    prop_oneof![
        any_path().prop_map(Step::MakeDirectory),
        any_path().prop_map(|path| Step::Clear(Some(path))),
        (any_path(), 1..9_u8).prop_map(|(path, number)| Step::Write {
            path,
            file: content(number),
            mode: None,
            expect: Expectation::Any
        }),
        (any_path(), any_path()).prop_map(move |(from, to)| Step::Move { from, to, expect: present }),
        (any_path(), any_path()).prop_map(move |(from, to)| Step::Copy { from, to, expect: present }),
        (any_path(), 0..0o1000_u16).prop_map(move |(path, mode)| Step::SetMode { path, mode, expect: present }),
        any_path().prop_map(move |path| Step::Delete { path, expect: present }),
    ]
}

/// The part again, as it would be loaded after what was done to it has been written.
fn written(slice: &Slice) -> Slice {
    let rows = slice.subtree("").into_iter().map(|(path, state)| EntryRow {
        base: slice.base(&path).cloned(),
        path,
        now: Some(state),
        revision: 1,
        is_at_origin: false,
    });
    Slice::new(rows)
}

proptest! {
    #[test]
    fn steps_do_what_the_model_does(steps in prop::collection::vec(step(), 0..25)) {
        let mut slice = Slice::default();
        for step in &steps {
            let model = seen(&slice);
            let mut next = slice.clone();
            match (apply(&mut next, step), expected(&model, step)) {
                (Ok(()), Some(expected)) => {
                    prop_assert_eq!(seen(&next), expected);
                    slice = next;
                }
                (Err(_), None) => {}
                (outcome, expected) => prop_assert!(false, "{:?} on {:?}: {:?}, not {:?}", step, model, outcome, expected),
            }
        }
    }

    #[test]
    fn undo_brings_back_what_was_there_and_redo_what_came(before in prop::collection::vec(step(), 0..15), steps in prop::collection::vec(step(), 1..8)) {
        let mut slice = Slice::default();
        for step in &before {
            let mut next = slice.clone();
            if apply(&mut next, step).is_ok() {
                slice = next;
            }
        }
        let start = written(&slice);
        let mut edited = start.clone();
        for step in &steps {
            let mut next = edited.clone();
            if apply(&mut next, step).is_ok() {
                edited = next;
            }
        }
        let changes = edited.changes();
        let mut undone = written(&edited);
        replay(&mut undone, &inverse(&changes)).unwrap();
        prop_assert_eq!(seen(&undone), seen(&start));
        let mut redone = written(&undone);
        replay(&mut redone, &changes).unwrap();
        prop_assert_eq!(seen(&redone), seen(&edited));
    }
}

fn with(entries: &[(&str, u8)]) -> Slice {
    let mut slice = Slice::default();
    for (at, number) in entries {
        let expect = Expectation::Absent;
        apply(&mut slice, &Step::Write { path: path(at), file: content(*number), mode: None, expect }).unwrap();
    }
    written(&slice)
}

#[test]
fn an_undo_gives_way_to_what_came_later() {
    let mut slice = with(&[("d/a", 1)]);
    apply(&mut slice, &Step::MakeDirectory(path("e"))).unwrap();
    let made = slice.changes();
    let mut later = written(&slice);
    apply(&mut later, &Step::Write { path: path("e/x"), file: content(2), mode: None, expect: Expectation::Absent })
        .unwrap();
    let refused = replay(&mut written(&later), &inverse(&made)).unwrap_err();
    assert_eq!(refused, Refusal::Conflict(vec!["e/x".to_owned()]), "a directory that is in use stays");
    let mut changed = slice.clone();
    apply(&mut changed, &Step::SetMode { path: path("e"), mode: 0o700, expect: Expectation::Present }).unwrap();
    assert_eq!(replay(&mut written(&changed), &inverse(&made)), Err(Refusal::Conflict(vec!["e".to_owned()])));
}

#[test]
fn names_that_some_file_system_takes_for_one_are_refused_and_renaming_the_case_is_not() {
    let mut slice = with(&[("conf/App.toml", 1)]);
    let write = |at| Step::Write { path: path(at), file: content(2), mode: None, expect: Expectation::Any };
    assert!(matches!(apply(&mut slice.clone(), &write("conf/app.toml")), Err(Refusal::Rule(_))));
    assert!(matches!(apply(&mut slice.clone(), &write("CONF/x")), Err(Refusal::Rule(_))));
    let expect = Expectation::Present;
    apply(&mut slice, &Step::Move { from: path("conf"), to: path("Conf"), expect }).unwrap();
    apply(&mut slice, &Step::Move { from: path("Conf/App.toml"), to: path("Conf/app.toml"), expect }).unwrap();
    assert_eq!(seen(&slice).keys().collect::<Vec<_>>(), ["Conf", "Conf/app.toml"]);
}

#[test]
fn operations_are_checked_before_anything_is_done() {
    let refused = |operation: Operation| checked(&[operation], &[]).unwrap_err().into_api().problem().code.clone();
    assert_eq!(refused(Operation::MakeDirectory { path: "../a".into() }), "PKG_PATH");
    assert_eq!(refused(Operation::MakeDirectory { path: ".packhorse/a".into() }), "PKG_RESERVED");
    let expect = Expectation::Present;
    assert_eq!(refused(Operation::Delete { path: String::new(), expect }), "draft_top");
    assert_eq!(refused(Operation::SetMode { path: "a".into(), mode: "4755".into(), expect }), "draft_mode");
    assert!(checked(&[], &[]).is_err() && mode("+7").is_err() && mode("0644") == Ok(0o644));
}
