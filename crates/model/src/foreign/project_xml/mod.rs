//! `project.xml`: how ControlTier writes a project ("DTD Project Document 1.0").
//!
//! A document type declaration is accepted and never looked at: nothing is fetched, and a file that declares entities is refused. What the
//! document type forbids and files in use do all the same is read, and noted.

mod read;
mod write;

pub use read::{MAX_BYTES, MAX_OBJECTS, Note, Read, ReadError, read};
pub use write::{FOOTER, HEADER, object, project};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    use super::*;
    use crate::project::{Dependencies, Element, ObjectKey, Project, ProjectObject, Relations, Transforms};

    fn key() -> impl Strategy<Value = ObjectKey> {
        ("[A-Za-z][A-Za-z0-9._:-]{0,8}", "[a-z0-9._:-]{1,8}").prop_map(|(object_type, name)| ObjectKey {
            object_type: object_type.parse().unwrap(),
            name: name.parse().unwrap(),
        })
    }

    fn relations() -> impl Strategy<Value = Option<Relations>> {
        prop_oneof![Just(None), Just(Some(Relations::Replace)), Just(Some(Relations::Supplement))]
    }

    fn dependencies() -> impl Strategy<Value = Option<Dependencies>> {
        proptest::option::of(
            (relations(), vec(key(), 1..4)).prop_map(|(relations, objects)| Dependencies { relations, objects }),
        )
    }

    /// Any attribute value that XML can hold.
    fn value() -> impl Strategy<Value = String> {
        "(\\$\\{env\\.X\\}|[ -~\t\n\r]|[é配&<>\"'])*"
    }

    fn named(names: &'static [&'static str]) -> impl Strategy<Value = BTreeMap<String, String>> {
        btree_map(proptest::sample::select(names), value(), 0..5).prop_map(|map| {
            map.into_iter().filter(|(name, _)| *name != "restart").map(|(name, v)| (name.to_owned(), v)).collect()
        })
    }

    fn any_object() -> impl Strategy<Value = ProjectObject> {
        proptest::sample::select(&Element::ALL[..]).prop_flat_map(|element| {
            let transforms = (relations(), vec((value(), named(&["template", "all", "direction"])), 1..3));
            let transforms = transforms.prop_map(|(relations, list)| {
                let with_name = |(name, mut map): (String, BTreeMap<String, String>)| {
                    map.insert("name".to_owned(), name);
                    map
                };
                Transforms { relations, transforms: list.into_iter().map(with_name).collect() }
            });
            let parts =
                (key(), named(element.attributes()), dependencies(), dependencies(), proptest::option::of(transforms));
            parts.prop_map(move |(key, attributes, resources, referrers, transforms)| ProjectObject {
                element,
                key,
                attributes,
                resources: resources.filter(|_| element != Element::Setting),
                referrers,
                transforms: transforms.filter(|_| element == Element::Deployment),
            })
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(objects in vec(any_object(), 0..6)) {
            let mut seen = std::collections::BTreeSet::new();
            let objects: Vec<_> = objects.into_iter().filter(|object| seen.insert(object.key.clone())).collect();
            let mut sorted = objects;
            sorted.sort_by_key(|object| object.element);
            let written = Project { objects: sorted };
            let read = read(&project(&written)).unwrap();
            prop_assert_eq!(read.project, written);
            prop_assert_eq!(read.notes, vec![]);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", tokens in vec(proptest::sample::select(&[
            "<project>", "</project>", "<node", " name='a'", " type=\"b\"", "/>", ">", "<!DOCTYPE", "<![CDATA[", "]]>", "&amp;", "&x;", "<!--",
            "-->", "<resources>", "</resources>", "<resource", "<?xml", "?>", "é", "\n", " ", "=", "'", "<package",
        ][..]), 0..40)) {
            drop(read(&text));
            drop(read(&tokens.concat()));
            drop(read(&format!("<project>{}", tokens.concat())));
        }
    }
}
