//! Writing a project, piece by piece, so that one of any size can be streamed.

use std::fmt::Write as _;

use crate::project::{Dependencies, Project, ProjectObject, Relations, TRANSFORM_ATTRIBUTES, Transforms};

/// What stands above the objects.
pub const HEADER: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<!DOCTYPE project PUBLIC \"-//ControlTier Software Inc.//DTD Project Document 1.0//EN\" \"project.dtd\">\n",
    "<project>\n"
);

/// What stands below them.
pub const FOOTER: &str = "</project>\n";

/// A whole project. Its objects must be in the order of [`crate::project::Element::ALL`] if others than we are to read it.
#[must_use]
pub fn project(project: &Project) -> String {
    let objects: String = project.objects.iter().map(object).collect();
    format!("{HEADER}{objects}{FOOTER}")
}

/// One object.
#[must_use]
pub fn object(object: &ProjectObject) -> String {
    let element = object.element.as_str();
    let mut text = format!("  <{element}");
    attribute(&mut text, "type", object.key.object_type.as_str());
    attribute(&mut text, "name", object.key.name.as_str());
    for name in object.element.attributes() {
        if let Some(value) = object.attributes.get(*name) {
            attribute(&mut text, name, value);
        }
    }
    let mut inside = String::new();
    for (name, said) in [("resources", &object.resources), ("referrers", &object.referrers)] {
        if let Some(said) = said {
            dependencies(&mut inside, name, said);
        }
    }
    if let Some(said) = &object.transforms {
        transforms(&mut inside, said);
    }
    if inside.is_empty() {
        text.push_str("/>\n");
    } else {
        // Writing to a String does not fail.
        let _ = write!(text, ">\n{inside}  </{element}>\n");
    }
    text
}

fn dependencies(text: &mut String, name: &str, said: &Dependencies) {
    let _ = write!(text, "    <{name}");
    replace(text, said.relations);
    text.push_str(">\n");
    for object in &said.objects {
        text.push_str("      <resource");
        attribute(text, "type", object.object_type.as_str());
        attribute(text, "name", object.name.as_str());
        text.push_str("/>\n");
    }
    let _ = writeln!(text, "    </{name}>");
}

fn transforms(text: &mut String, said: &Transforms) {
    text.push_str("    <transforms");
    replace(text, said.relations);
    text.push_str(">\n");
    for transform in &said.transforms {
        text.push_str("      <transform");
        for name in TRANSFORM_ATTRIBUTES {
            if let Some(value) = transform.get(name) {
                attribute(text, name, value);
            }
        }
        text.push_str("/>\n");
    }
    text.push_str("    </transforms>\n");
}

fn replace(text: &mut String, relations: Option<Relations>) {
    match relations {
        None => {}
        Some(Relations::Replace) => attribute(text, "replace", "true"),
        Some(Relations::Supplement) => attribute(text, "replace", "false"),
    }
}

/// What a reader would make a blank of is written as a reference, so that it comes back; control characters that XML cannot hold
/// are left out.
fn attribute(text: &mut String, name: &str, value: &str) {
    let _ = write!(text, " {name}=\"");
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(text, "&#{};", u32::from(c));
            }
            c if (c.is_control() && c < ' ') || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => text.push(c),
        }
    }
    text.push('"');
}
