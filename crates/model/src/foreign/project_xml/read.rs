//! Reading a project: strict where a mistake would lose something, lenient where files in use are, and never beyond its limits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::attributes::{AttrError, Attribute};
use quick_xml::events::{BytesStart, Event};

use crate::name::is_nmtoken;
use crate::project::{
    Dependencies, Element, ObjectKey, Project, ProjectObject, Relations, TRANSFORM_ATTRIBUTES, Transforms,
};

/// The most bytes that a file may have.
pub const MAX_BYTES: usize = 8 << 20;
/// The most objects that a file may have.
pub const MAX_OBJECTS: usize = 50_000;
/// The most relations and transforms of one object.
const MAX_PARTS: usize = 10_000;
/// The most bytes of a value.
const MAX_VALUE: usize = 64 << 10;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What it says.
    pub project: Project,
    /// Where it is not as its document type wants it.
    pub notes: Vec<Note>,
}

/// Something that the document type forbids, and that was read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What it is.
    pub message: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ReadError {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Reads a file.
///
/// # Errors
/// At the first thing that is no XML, or no project.
pub fn read(text: &str) -> Result<Read, ReadError> {
    if text.len() > MAX_BYTES {
        return Err(place(text, 0).error(format!("the file has more than {} MiB", MAX_BYTES >> 20)));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut file =
        File { text, state: State::Before, project: Project::default(), notes: Vec::new(), seen: BTreeSet::new() };
    loop {
        let at = offset(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(place(text, offset(reader.error_position())).error(xml_words(&error))),
        };
        if let Event::Eof = event {
            return file.end(at);
        }
        file.take(&event, at)?;
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// What the XML reader says, in our words where people meet it.
fn xml_words(error: &quick_xml::Error) -> String {
    format!("this is not well-formed XML: {error}")
}

/// Where in a file.
struct Place {
    line: usize,
    column: usize,
}

impl Place {
    fn error(self, message: impl Into<String>) -> ReadError {
        ReadError { line: self.line, column: self.column, message: message.into() }
    }

    fn note(self, message: impl Into<String>) -> Note {
        Note { line: self.line, column: self.column, message: message.into() }
    }
}

fn place(text: &str, offset: usize) -> Place {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

/// Where in the structure.
enum State {
    Before,
    Project,
    Object(Box<ProjectObject>),
    Part(Box<ProjectObject>, Part),
    /// Inside an element that has no content: `resource`, `transform`.
    Leaf(Box<ProjectObject>, Part),
    After,
}

/// What is inside an object.
enum Part {
    Resources(Dependencies),
    Referrers(Dependencies),
    Transforms(Transforms),
}

impl Part {
    fn name(&self) -> &'static str {
        match self {
            Self::Resources(_) => "resources",
            Self::Referrers(_) => "referrers",
            Self::Transforms(_) => "transforms",
        }
    }

    fn child(&self) -> &'static str {
        if let Self::Transforms(_) = self { "transform" } else { "resource" }
    }

    fn len(&self) -> usize {
        match self {
            Self::Resources(said) | Self::Referrers(said) => said.objects.len(),
            Self::Transforms(said) => said.transforms.len(),
        }
    }
}

struct File<'t> {
    text: &'t str,
    state: State,
    project: Project,
    notes: Vec<Note>,
    seen: BTreeSet<ObjectKey>,
}

impl File<'_> {
    fn take(&mut self, event: &Event<'_>, at: usize) -> Result<(), ReadError> {
        match event {
            Event::Start(tag) => self.open(tag, at),
            Event::Empty(tag) => {
                self.open(tag, at)?;
                self.close(at)
            }
            Event::End(_) => self.close(at),
            Event::Text(text) if !text.iter().all(u8::is_ascii_whitespace) => {
                let start = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                Err(place(self.text, at + start).error("there is text where only elements may be"))
            }
            Event::CData(_) | Event::GeneralRef(_) => {
                Err(place(self.text, at).error("there is text where only elements may be"))
            }
            Event::DocType(declaration) if declaration.contains(&b'[') => Err(place(self.text, at).error(
                "the document type declares something of its own; entities and the like are not accepted: take out what is in [ ]",
            )),
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name)) if !name.eq_ignore_ascii_case(b"utf-8") && !name.eq_ignore_ascii_case(b"us-ascii") => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    Err(place(self.text, at).error(format!("the encoding is {name}; convert the file to UTF-8")))
                }
                _ => Ok(()),
            },
            Event::Text(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => Ok(()),
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, at: usize) -> Result<(), ReadError> {
        let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
        let misplaced = |expected: &str| {
            Err(place(self.text, at).error(format!("<{name}> cannot be here; expected is {expected}")))
        };
        self.state = match std::mem::replace(&mut self.state, State::After) {
            State::Before if name == "project" => {
                self.attributes(tag, at, &[])?;
                State::Project
            }
            State::Before => return misplaced("<project>, and nothing else at the top"),
            State::Project => match Element::ALL.into_iter().find(|element| element.as_str() == name) {
                Some(element) => State::Object(Box::new(self.object(element, tag, at)?)),
                None => return misplaced("<node>, <setting>, <package> or <deployment>"),
            },
            State::Object(object) => {
                let part = self.part(&object, &name, tag, at)?;
                State::Part(object, part)
            }
            State::Part(object, mut part) if part.child() == name => {
                if part.len() >= MAX_PARTS {
                    return Err(
                        place(self.text, at).error(format!("there are more than {MAX_PARTS} in <{}>", part.name()))
                    );
                }
                match &mut part {
                    Part::Resources(said) | Part::Referrers(said) => {
                        let mut attributes = self.attributes(tag, at, &["type", "name"])?;
                        said.objects.push(self.key(&mut attributes, None, at)?);
                    }
                    Part::Transforms(said) => {
                        let attributes = self.attributes(tag, at, &TRANSFORM_ATTRIBUTES)?;
                        if !attributes.contains_key("name") {
                            return Err(place(self.text, at).error("<transform> has no name"));
                        }
                        said.transforms.push(attributes);
                    }
                }
                State::Leaf(object, part)
            }
            State::Part(_, part) => return misplaced(&format!("<{}>", part.child())),
            State::Leaf(_, part) => return misplaced(&format!("nothing inside <{}>", part.child())),
            State::After => return misplaced("nothing after </project>"),
        };
        Ok(())
    }

    fn object(&mut self, element: Element, tag: &BytesStart<'_>, at: usize) -> Result<ProjectObject, ReadError> {
        let known: Vec<&str> = ["type", "name"].iter().chain(element.attributes()).copied().collect();
        let mut attributes = self.attributes(tag, at, &known)?;
        let key = self.key(&mut attributes, Some(element), at)?;
        match attributes.get("restart").map(String::as_str) {
            None | Some("true" | "false") => {}
            Some("") => self.note(at, "restart is empty; it is true, false or left out"),
            Some(other) => {
                return Err(place(self.text, at).error(format!("restart is {other:?}; it is true or false")));
            }
        }
        if !self.seen.insert(key.clone()) {
            return Err(place(self.text, at).error(format!("{key} is in the file twice; put all of it into one place")));
        }
        if self.project.objects.len() >= MAX_OBJECTS {
            return Err(
                place(self.text, at).error(format!("there are more than {MAX_OBJECTS} objects; split the file"))
            );
        }
        if self.project.objects.last().is_some_and(|last| last.element > element) {
            self.note(
                at,
                format!("<{}> stands too late; the order is node, setting, package, deployment", element.as_str()),
            );
        }
        Ok(ProjectObject { element, key, attributes, resources: None, referrers: None, transforms: None })
    }

    fn part(&mut self, object: &ProjectObject, name: &str, tag: &BytesStart<'_>, at: usize) -> Result<Part, ReadError> {
        let attributes = self.attributes(tag, at, &["replace"])?;
        let relations = match attributes.get("replace").map(String::as_str) {
            None => None,
            Some("true") => Some(Relations::Replace),
            Some("false") => Some(Relations::Supplement),
            Some(other) => {
                return Err(place(self.text, at).error(format!("replace is {other:?}; it is true or false")));
            }
        };
        let (part, is_there) = match name {
            "resources" if object.element != Element::Setting => {
                (Part::Resources(Dependencies { relations, objects: Vec::new() }), object.resources.is_some())
            }
            "referrers" => {
                (Part::Referrers(Dependencies { relations, objects: Vec::new() }), object.referrers.is_some())
            }
            "transforms" if object.element == Element::Deployment => {
                (Part::Transforms(Transforms { relations, transforms: Vec::new() }), object.transforms.is_some())
            }
            _ => {
                let element = object.element.as_str();
                return Err(place(self.text, at).error(format!("<{name}> cannot be inside <{element}>")));
            }
        };
        if is_there {
            return Err(place(self.text, at).error(format!("<{name}> is there twice; put all of it into one")));
        }
        if object.transforms.is_some() {
            self.note(at, format!("<{name}> stands after <transforms>, which comes last"));
        }
        Ok(part)
    }

    fn close(&mut self, at: usize) -> Result<(), ReadError> {
        self.state = match std::mem::replace(&mut self.state, State::After) {
            State::Leaf(object, part) => State::Part(object, part),
            State::Part(mut object, part) => {
                if part.len() == 0 {
                    self.note(at, format!("<{}> is empty, and says nothing", part.name()));
                } else {
                    match part {
                        Part::Resources(said) => object.resources = Some(said),
                        Part::Referrers(said) => object.referrers = Some(said),
                        Part::Transforms(said) => object.transforms = Some(said),
                    }
                }
                State::Object(object)
            }
            State::Object(object) => {
                self.project.objects.push(*object);
                State::Project
            }
            State::Project => State::After,
            State::Before | State::After => {
                return Err(place(self.text, at).error("an element ends that did not begin"));
            }
        };
        Ok(())
    }

    fn end(self, at: usize) -> Result<Read, ReadError> {
        match self.state {
            State::After => Ok(Read { project: self.project, notes: self.notes }),
            State::Before => Err(place(self.text, at).error("the file has no <project>")),
            _ => Err(place(self.text, at).error("the file ends before </project>")),
        }
    }

    fn note(&mut self, at: usize, message: impl Into<String>) {
        self.notes.push(place(self.text, at).note(message));
    }

    /// Takes type and name out of the attributes. Only a node, and what refers to one, may have a name that is no NMTOKEN.
    fn key(
        &self,
        attributes: &mut BTreeMap<String, String>,
        element: Option<Element>,
        at: usize,
    ) -> Result<ObjectKey, ReadError> {
        let error = |message: String| place(self.text, at).error(message);
        let mut take = |name: &str| match attributes.remove(name) {
            Some(value) => Ok(value.trim().to_owned()),
            None => Err(error(format!("the attribute {name} is missing"))),
        };
        let (object_type, name) = (take("type")?, take("name")?);
        if element.is_some_and(|element| element != Element::Node) && !is_nmtoken(&name) {
            return Err(error(format!(
                "the name {name:?} is no NMTOKEN: use letters, digits and - . _ :, without blanks; only nodes may have other names"
            )));
        }
        Ok(ObjectKey {
            object_type: object_type.parse().map_err(|wrong: crate::name::NameError| error(wrong.to_string()))?,
            name: name.parse().map_err(|wrong: crate::name::NameError| error(wrong.to_string()))?,
        })
    }

    /// The attributes of a tag, of which only these may be there.
    fn attributes(
        &self,
        tag: &BytesStart<'_>,
        at: usize,
        known: &[&str],
    ) -> Result<BTreeMap<String, String>, ReadError> {
        let mut found = BTreeMap::new();
        // The reader counts from behind the `<`.
        let here = |inside: usize| place(self.text, at + 1 + inside);
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| {
                let (inside, words) = attribute_words(&error);
                here(inside).error(words)
            })?;
            let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            let inside = self.inside(tag, &attribute);
            if !known.contains(&name.as_str()) {
                return Err(here(inside).error(unknown_words(&name, known)));
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| {
                here(inside).error(format!(
                    "the value of {name} has a reference that is none of &amp; &lt; &gt; &quot; &apos; and &#…;"
                ))
            })?;
            if value.len() > MAX_VALUE || value.chars().any(|c| c.is_control() && !"\t\n\r".contains(c)) {
                return Err(here(inside).error(format!(
                    "the value of {name} has a control character, or more than {} KiB",
                    MAX_VALUE >> 10
                )));
            }
            found.insert(name, value.into_owned());
        }
        Ok(found)
    }

    /// Where in a tag an attribute begins: both are pieces of the one text.
    fn inside(&self, tag: &BytesStart<'_>, attribute: &Attribute<'_>) -> usize {
        let start = tag.as_ptr().addr();
        attribute.key.as_ref().as_ptr().addr().checked_sub(start).filter(|inside| *inside < tag.len()).unwrap_or(0)
    }
}

fn unknown_words(name: &str, known: &[&str]) -> String {
    match known.iter().find(|other| other.eq_ignore_ascii_case(name)) {
        Some(other) => format!("the attribute {name} is not known here; {other} is"),
        None if known.is_empty() => format!("the attribute {name} is not known here; there is none"),
        None => format!("the attribute {name} is not known here; known are {}", known.join(", ")),
    }
}

fn attribute_words(error: &AttrError) -> (usize, String) {
    match error {
        AttrError::ExpectedEq(at) => (*at, "an attribute has no value: expected is name=\"value\"".to_owned()),
        AttrError::ExpectedValue(at) => (*at, "an attribute has no value behind its =".to_owned()),
        AttrError::UnquotedValue(at) => (*at, "the value of an attribute has no quotes".to_owned()),
        AttrError::ExpectedQuote(at, _) => (*at, "the value of an attribute does not end".to_owned()),
        AttrError::Duplicated(at, _) => (*at, "an attribute is there twice".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_what_the_document_type_allows_and_notes_what_it_does_not() {
        let text = r#"<?xml version="1.0"?>
<!DOCTYPE project PUBLIC "-//ControlTier Software Inc.//DTD Project Document 1.0//EN" "project.dtd">
<project><!-- c -->
  <deployment type="Site" name="a"><transforms><transform name="t" template="x"/></transforms><resources></resources></deployment>
  <package type="zip" name="b-1.zip" restart="" installroot="${env.CTIER_ROOT}/b" description="a &amp; &#228;"/>
  <node type="Node" name="with blanks"/>
</project>"#;
        let read = read(text).unwrap();
        assert_eq!(read.project.objects[1].attributes["installroot"], "${env.CTIER_ROOT}/b");
        assert_eq!(read.project.objects[1].attributes["description"], "a & ä");
        assert_eq!(read.project.objects[0].resources, None);
        insta::assert_snapshot!(read.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r"
        line 4, column 95: <resources> stands after <transforms>, which comes last
        line 4, column 106: <resources> is empty, and says nothing
        line 5, column 3: restart is empty; it is true, false or left out
        line 5, column 3: <package> stands too late; the order is node, setting, package, deployment
        line 6, column 3: <node> stands too late; the order is node, setting, package, deployment
        ");
    }

    #[test]
    fn says_where_it_is_wrong() {
        insta::assert_snapshot!(wrong("<project>\n  <setting ... />\n</project>"), @r#"line 2, column 16: an attribute has no value: expected is name="value""#);
        insta::assert_snapshot!(wrong("<project>\n<node name='a'/></project>"), @"line 2, column 1: the attribute type is missing");
        insta::assert_snapshot!(wrong("<project>\n<package type='zip' name='a b'/></project>"), @r#"line 2, column 1: the name "a b" is no NMTOKEN: use letters, digits and - . _ :, without blanks; only nodes may have other names"#);
        insta::assert_snapshot!(wrong("<project><package type='zip' name='a' installRoot='/x'/></project>"), @"line 1, column 39: the attribute installRoot is not known here; installroot is");
        insta::assert_snapshot!(wrong("<project><setting type='a' name='b'><resources/></setting></project>"), @"line 1, column 37: <resources> cannot be inside <setting>");
        insta::assert_snapshot!(wrong("<project><service/></project>"), @"line 1, column 10: <service> cannot be here; expected is <node>, <setting>, <package> or <deployment>");
        insta::assert_snapshot!(wrong("<project>\n\n text</project>"), @"line 3, column 2: there is text where only elements may be");
        insta::assert_snapshot!(wrong("<project><node type='Node' name='a'/><node type='Node' name='a'/></project>"), @"line 1, column 38: (Node) a is in the file twice; put all of it into one place");
        insta::assert_snapshot!(wrong("<project>"), @"line 1, column 10: the file ends before </project>");
        insta::assert_snapshot!(wrong("<nodes/>"), @"line 1, column 1: <nodes> cannot be here; expected is <project>, and nothing else at the top");
        insta::assert_snapshot!(wrong(""), @"line 1, column 1: the file has no <project>");
        insta::assert_snapshot!(wrong("<project><node></project>"), @"line 1, column 10: the attribute type is missing");
    }

    #[test]
    fn entities_and_document_types_of_their_own_are_refused() {
        let bomb = "<!DOCTYPE project [<!ENTITY a 'aaaa'>]><project><node type='Node' name='&a;'/></project>";
        insta::assert_snapshot!(wrong(bomb), @"line 1, column 1: the document type declares something of its own; entities and the like are not accepted: take out what is in [ ]");
        insta::assert_snapshot!(wrong("<project><node type='Node' name='&a;'/></project>"), @"line 1, column 28: the value of name has a reference that is none of &amp; &lt; &gt; &quot; &apos; and &#…;");
        insta::assert_snapshot!(wrong("<?xml version='1.0' encoding='GBK'?><project/>"), @"line 1, column 1: the encoding is GBK; convert the file to UTF-8");
    }
}
