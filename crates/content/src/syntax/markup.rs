//! XML that is well formed. A document type is read over, entities are not expanded, nothing is fetched.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{MAX_DEPTH, SyntaxError, at};

/// XML that people write nests deeper than anything else.
const DEPTH: usize = 4 * MAX_DEPTH;

pub(super) fn check(bytes: &[u8]) -> Result<(), SyntaxError> {
    let mut reader = Reader::from_reader(bytes);
    let (mut depth, mut roots) = (0, 0);
    loop {
        let event = reader.read_event();
        let place = usize::try_from(reader.buffer_position()).unwrap_or(bytes.len());
        match event {
            Err(error) => {
                let place = usize::try_from(reader.error_position()).unwrap_or(place);
                return Err(at(bytes, place, &error.to_string()));
            }
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.attributes().any(|attribute| attribute.is_err()) => {
                return Err(at(
                    bytes,
                    place,
                    "an attribute of this element is not NAME=\"VALUE\", or stands there twice",
                ));
            }
            Ok(Event::Start(_)) => {
                roots += usize::from(depth == 0);
                depth += 1;
            }
            Ok(Event::Empty(_)) => roots += usize::from(depth == 0),
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) if depth > 0 => return Err(at(bytes, bytes.len(), "an element is not closed")),
            Ok(Event::Eof) if roots == 0 => return Err(at(bytes, 0, "there is no element")),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
        }
        if depth > DEPTH {
            return Err(at(bytes, place, "elements are nested too deep"));
        }
        if roots > 1 {
            return Err(at(bytes, place, "there is more than one element at the top"));
        }
    }
}
