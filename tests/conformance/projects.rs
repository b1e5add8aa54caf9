//! project.xml as ControlTier's users wrote it.

use std::collections::BTreeMap;

use packhorse_model::api::objects::LoadOutcome;
use packhorse_model::foreign::project_xml;
use packhorse_model::project::load::{self, Changes, Known, LoadError, Present};
use packhorse_model::project::registration::Registration;
use packhorse_model::project::{Element, Project, Relations};

/// Every sample that is a project, by the name of its file.
fn projects() -> BTreeMap<String, Project> {
    let folder = crate::shared("data/controltier");
    let mut projects = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("a folder can be read").path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a sample is UTF-8");
        let read = project_xml::read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        projects.insert(path.display().to_string(), read.project);
    }
    assert!(projects.len() > 30, "{}", projects.len());
    projects
}

#[test]
fn every_project_is_read_and_written_and_read_again() {
    for (path, project) in projects() {
        let again = project_xml::read(&project_xml::project(&project)).expect("what was written is read");
        assert_eq!(again.project, project, "{path}");
    }
}

/// What is there after a load.
fn apply(present: &Present, changes: &Changes) -> Present {
    let mut after = present.clone();
    after.objects.extend(changes.objects.iter().map(|change| (change.key.clone(), change.after.clone())));
    after.relations.retain(|relation| !changes.removed.contains(relation));
    after.relations.extend(changes.added.clone());
    after
}

/// What a project refers to and does not hold itself, as it would be there before.
fn surroundings(project: &Project) -> Present {
    let mut present = Present::default();
    while let Err(errors) = load::changes(&present, project, Relations::Supplement) {
        for error in errors {
            let LoadError::Missing { missing, .. } = error else { panic!("{error}") };
            let known = Known {
                element: Element::Deployment,
                attributes: BTreeMap::new(),
                transforms: Vec::new(),
                effective: BTreeMap::new(),
            };
            present.objects.insert(missing, known);
        }
    }
    present
}

#[test]
fn every_project_is_loaded_and_a_second_load_changes_nothing() {
    for (path, project) in projects() {
        for unsaid in [Relations::Supplement, Relations::Replace] {
            let before = surroundings(&project);
            let first = load::changes(&before, &project, unsaid).expect("what it refers to is there");
            assert!(first.objects.iter().all(|change| change.outcome == LoadOutcome::Created), "{path}");
            let after = apply(&before, &first);
            let second = load::changes(&after, &project, unsaid).expect("it was loaded before");
            assert!(second.objects.iter().all(|change| change.outcome == LoadOutcome::Unchanged), "{path}");
            assert!(second.added.is_empty() && second.removed.is_empty(), "{path}");
        }
    }
}

#[test]
fn packages_with_a_version_number_stand_for_versions() {
    let mut registered = 0;
    for (path, project) in projects() {
        for object in project.objects.iter().filter(|object| object.element == Element::Package) {
            let found = Registration::of(&object.key.name, &object.attributes);
            let number = object.attributes.get("version").filter(|version| !version.is_empty());
            let number = number.and_then(|version| version.parse::<packhorse_model::VersionNumber>().ok());
            if let Some(number) = number {
                assert_eq!(found.expect("it has a number").version, number, "{path}: {}", object.key);
                registered += 1;
            }
        }
    }
    assert!(registered > 5, "{registered}");
}

#[test]
fn what_is_no_xml_is_refused_with_its_place() {
    let folder = crate::shared("data/controltier/malformed");
    for entry in std::fs::read_dir(&folder).expect("the folder is there") {
        let text = std::fs::read_to_string(entry.expect("a folder can be read").path()).expect("a sample is UTF-8");
        let error = project_xml::read(&text).expect_err("it is malformed");
        assert_eq!((error.line, error.column), (5, 18), "{error}");
    }
}
