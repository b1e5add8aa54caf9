//! What loading a project changes: decided here, from what is there and what the file says; written elsewhere, all of it or nothing.
//!
//! The rules are ControlTier's load-objects: an attribute that the file does not name stays as it is; relations are replaced or
//! added to as the file says; those of all `resources` come before those of all `referrers`; both ends of a relation must exist
//! or be in the file. Unlike there, nothing is created by a file that fails.

use std::collections::{BTreeMap, BTreeSet};

use super::{Dependencies, Element, ObjectKey, Project, ProjectObject, Relations};
use crate::api::objects::LoadOutcome;

/// An object as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub element: Element,
    /// What was said of it.
    pub attributes: BTreeMap<String, String>,
    /// Its transforms.
    pub transforms: Vec<BTreeMap<String, String>>,
    /// What it is known by altogether: of a package with content also what follows from that. A file that says the same changes nothing.
    pub effective: BTreeMap<String, String>,
}

/// A relation: the child is a resource of the parent, the parent a referrer of the child.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// Who refers.
    pub parent: ObjectKey,
    /// Who is referred to.
    pub child: ObjectKey,
}

/// What there is of all that a project names: its objects, the other ends of its relations, and every relation of its objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present {
    /// Objects.
    pub objects: BTreeMap<ObjectKey, Known>,
    /// Relations.
    pub relations: BTreeSet<Relation>,
}

/// What has to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// What becomes of each object of the project, in its order.
    pub objects: Vec<ObjectChange>,
    /// Relations that come.
    pub added: BTreeSet<Relation>,
    /// Relations that go.
    pub removed: BTreeSet<Relation>,
}

/// What becomes of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectChange {
    /// What it is known by.
    pub key: ObjectKey,
    /// How it will be.
    pub after: Known,
    /// What that means.
    pub outcome: LoadOutcome,
}

/// Why a project cannot be loaded. All of it is named, and nothing is changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// A relation to nothing.
    #[error("no object exists by that name and type: type: {}, name: {}", .missing.object_type, .missing.name)]
    Missing {
        /// The object whose relation it is.
        of: ObjectKey,
        /// What does not exist.
        missing: ObjectKey,
    },
    /// The same type and name for another kind of object.
    #[error("{key} is a {} already, and cannot be a {}", .is.as_str(), .says.as_str())]
    Element {
        /// What it is known by.
        key: ObjectKey,
        /// What it is.
        is: Element,
        /// What the file says.
        says: Element,
    },
    /// A relation of an object to itself.
    #[error("{0} refers to itself")]
    Itself(ObjectKey),
}

/// Decides what loading a project changes. `unsaid` is how relations are taken of which the file does not say it.
///
/// # Errors
/// Everything that is wrong with it, in the file's order.
pub fn changes(present: &Present, project: &Project, unsaid: Relations) -> Result<Changes, Vec<LoadError>> {
    let mut errors = Vec::new();
    let mut objects = Vec::with_capacity(project.objects.len());
    let mut known: BTreeSet<&ObjectKey> = present.objects.keys().collect();
    known.extend(project.objects.iter().map(|object| &object.key));
    for object in &project.objects {
        let before = present.objects.get(&object.key);
        match before {
            Some(before) if before.element != object.element => {
                errors.push(LoadError::Element { key: object.key.clone(), is: before.element, says: object.element });
            }
            _ => objects.push(change(before, object, unsaid)),
        }
        for dependency in dependencies(object) {
            if *dependency == object.key {
                errors.push(LoadError::Itself(object.key.clone()));
            } else if !known.contains(dependency) {
                errors.push(LoadError::Missing { of: object.key.clone(), missing: dependency.clone() });
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let after = relations(&present.relations, project, unsaid);
    Ok(Changes {
        objects,
        added: after.difference(&present.relations).cloned().collect(),
        removed: present.relations.difference(&after).cloned().collect(),
    })
}

fn dependencies(object: &ProjectObject) -> impl Iterator<Item = &ObjectKey> {
    object.resources.iter().chain(&object.referrers).flat_map(|dependencies| &dependencies.objects)
}

fn change(before: Option<&Known>, object: &ProjectObject, unsaid: Relations) -> ObjectChange {
    let fresh = Known {
        element: object.element,
        attributes: BTreeMap::new(),
        transforms: Vec::new(),
        effective: BTreeMap::new(),
    };
    let mut after = before.cloned().unwrap_or(fresh);
    let said = object.attributes.iter().filter(|(name, value)| after.effective.get(*name) != Some(*value));
    let said: Vec<_> = said.map(|(name, value)| (name.clone(), value.clone())).collect();
    after.attributes.extend(said);
    if let Some(said) = &object.transforms {
        let names = |transform: &BTreeMap<String, String>| transform.get("name").cloned();
        if said.relations.unwrap_or(unsaid) == Relations::Replace {
            after.transforms.clear();
        }
        let said_names: BTreeSet<_> = said.transforms.iter().filter_map(names).collect();
        after.transforms.retain(|transform| names(transform).is_none_or(|name| !said_names.contains(&name)));
        after.transforms.extend(said.transforms.clone());
        after.transforms.sort();
    }
    let outcome = match before {
        None => LoadOutcome::Created,
        Some(before) if *before == after => LoadOutcome::Unchanged,
        Some(_) => LoadOutcome::Updated,
    };
    ObjectChange { key: object.key.clone(), after, outcome }
}

/// The relations afterwards: first all `resources` of the file, then all its `referrers`.
fn relations(before: &BTreeSet<Relation>, project: &Project, unsaid: Relations) -> BTreeSet<Relation> {
    let mut after = before.clone();
    let mut say = |said: &Dependencies, is_own: &dyn Fn(&Relation) -> bool, make: &dyn Fn(&ObjectKey) -> Relation| {
        if said.relations.unwrap_or(unsaid) == Relations::Replace {
            after.retain(|relation| !is_own(relation));
        }
        after.extend(said.objects.iter().map(make));
    };
    for object in &project.objects {
        if let Some(said) = &object.resources {
            let key = &object.key;
            say(said, &|relation| relation.parent == *key, &|child| Relation {
                parent: key.clone(),
                child: child.clone(),
            });
        }
    }
    for object in &project.objects {
        if let Some(said) = &object.referrers {
            let key = &object.key;
            say(said, &|relation| relation.child == *key, &|parent| Relation {
                parent: parent.clone(),
                child: key.clone(),
            });
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foreign::project_xml;

    fn load(present: &Present, xml: &str, unsaid: Relations) -> Result<Changes, Vec<LoadError>> {
        changes(present, &project_xml::read(xml).unwrap().project, unsaid)
    }

    /// What is there after a load.
    fn apply(present: &Present, changes: &Changes) -> Present {
        let mut after = present.clone();
        after.objects.extend(changes.objects.iter().map(|change| (change.key.clone(), change.after.clone())));
        after.relations.retain(|relation| !changes.removed.contains(relation));
        after.relations.extend(changes.added.clone());
        after
    }

    fn show(changes: &Changes) -> String {
        let objects = changes.objects.iter().map(|change| format!("{} {:?}", change.key, change.outcome));
        let added = changes.added.iter().map(|relation| format!("+ {} -> {}", relation.parent, relation.child));
        let removed = changes.removed.iter().map(|relation| format!("- {} -> {}", relation.parent, relation.child));
        objects.chain(added).chain(removed).collect::<Vec<_>>().join("\n")
    }

    const SHOP: &str = r#"<project>
        <node type="Node" name="web 1"/><setting type="Port" name="http" settingValue="80" description="d"/>
        <deployment type="Service" name="shop"><resources><resource type="Port" name="http"/></resources>
          <referrers replace="false"><resource type="Node" name="web 1"/></referrers></deployment></project>"#;

    #[test]
    fn a_second_load_changes_nothing() {
        let first = load(&Present::default(), SHOP, Relations::Supplement).unwrap();
        insta::assert_snapshot!(show(&first), @r"
        (Node) web 1 Created
        (Port) http Created
        (Service) shop Created
        + (Node) web 1 -> (Service) shop
        + (Service) shop -> (Port) http
        ");
        let present = apply(&Present::default(), &first);
        for unsaid in [Relations::Supplement, Relations::Replace] {
            let again = load(&present, SHOP, unsaid).unwrap();
            assert!(again.objects.iter().all(|change| change.outcome == LoadOutcome::Unchanged));
            assert!(again.added.is_empty() && again.removed.is_empty());
        }
    }

    #[test]
    fn what_a_file_does_not_name_stays() {
        let present = apply(&Present::default(), &load(&Present::default(), SHOP, Relations::Supplement).unwrap());
        let update = r#"<project><setting type="Port" name="http" settingValue="8080"/></project>"#;
        let changes = load(&present, update, Relations::Replace).unwrap();
        assert_eq!(changes.objects[0].outcome, LoadOutcome::Updated);
        assert_eq!(changes.objects[0].after.attributes["description"], "d");
        assert!(changes.added.is_empty() && changes.removed.is_empty());
    }

    #[test]
    fn relations_are_replaced_or_added_to() {
        let present = apply(&Present::default(), &load(&Present::default(), SHOP, Relations::Supplement).unwrap());
        let file = |replace: &str| {
            format!(
                r#"<project><setting type="Port" name="https"/><deployment type="Service" name="shop">
                <resources {replace}><resource type="Port" name="https"/></resources></deployment></project>"#
            )
        };
        let replaced = "(Port) https Created\n(Service) shop Unchanged\n+ (Service) shop -> (Port) https\n- (Service) shop -> (Port) http";
        let added = "(Port) https Created\n(Service) shop Unchanged\n+ (Service) shop -> (Port) https";
        for (replace, unsaid, expected) in [
            ("replace='true'", Relations::Supplement, replaced),
            ("replace='false'", Relations::Replace, added),
            ("", Relations::Supplement, added),
            ("", Relations::Replace, replaced),
        ] {
            assert_eq!(show(&load(&present, &file(replace), unsaid).unwrap()), expected, "{replace} {unsaid:?}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        let xml = r#"<project><node type="Node" name="x"><resources><resource type="Node" name="x"/>
            <resource type="Node" name="y"/></resources><referrers><resource type="Site" name="z"/></referrers></node></project>"#;
        let errors = load(&Present::default(), xml, Relations::Supplement).unwrap_err();
        insta::assert_snapshot!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r"
        (Node) x refers to itself
        no object exists by that name and type: type: Node, name: y
        no object exists by that name and type: type: Site, name: z
        ");
        let present = apply(
            &Present::default(),
            &load(&Present::default(), "<project><setting type='A' name='b'/></project>", Relations::Replace).unwrap(),
        );
        let errors = load(&present, "<project><node type='A' name='b'/></project>", Relations::Replace).unwrap_err();
        assert_eq!(errors[0].to_string(), "(A) b is a setting already, and cannot be a node");
    }
}
