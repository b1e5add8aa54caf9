//! Server-sent events as they come off the wire: lines into events, whatever way the bytes are cut.

/// More than any event that a server sends; a stream that goes beyond is no event stream.
const MAX_EVENT: usize = 32 << 20;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// The last `id` at the time of the event.
    pub(crate) id: Option<String>,
    /// The lines of `data`, joined.
    pub(crate) data: String,
}

/// The stream is not one of events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SseError {
    #[error("an event is longer than 32 MiB")]
    TooLong,
    #[error("an event is not UTF-8")]
    NotText,
}

/// Takes bytes and gives events.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    after_carriage_return: bool,
    id: Option<String>,
    data: Option<String>,
}

impl Parser {
    /// Takes the next bytes, and returns the events that they complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, SseError> {
        let mut events = Vec::new();
        for byte in bytes {
            let ends_pair = *byte == b'\n' && self.after_carriage_return;
            self.after_carriage_return = *byte == b'\r';
            match byte {
                _ if ends_pair => {}
                b'\n' | b'\r' => {
                    let line = std::mem::take(&mut self.line);
                    let line = String::from_utf8(line).map_err(|_| SseError::NotText)?;
                    events.extend(self.take_line(&line)?);
                }
                _ if self.line.len() == MAX_EVENT => return Err(SseError::TooLong),
                _ => self.line.push(*byte),
            }
        }
        Ok(events)
    }

    fn take_line(&mut self, line: &str) -> Result<Option<Event>, SseError> {
        if line.is_empty() {
            return Ok(self.data.take().map(|data| Event { id: self.id.clone(), data }));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => match &mut self.data {
                None => self.data = Some(value.to_owned()),
                Some(data) if data.len() + value.len() > MAX_EVENT => return Err(SseError::TooLong),
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
            },
            "id" => self.id = Some(value.to_owned()),
            // `event` repeats what the data says of itself; `retry` is the reader's to decide; the rest is comment.
            _ => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STREAM: &str = ": hello\n\nid: 7\nevent: units\ndata: {\"a\":\ndata: \"ü\"}\r\n\r\ndata:x\n\nid: 8\rdata: y\r\revent: only\n\nretry: 1\n";

    fn event(id: &str, data: &str) -> Event {
        Event { id: Some(id.to_owned()), data: data.to_owned() }
    }

    #[test]
    fn reads_events_and_leaves_out_what_is_none() {
        let events = Parser::default().push(STREAM.as_bytes()).unwrap();
        assert_eq!(events, [event("7", "{\"a\":\n\"ü\"}"), event("7", "x"), event("8", "y")]);
    }

    #[test]
    fn refuses_what_is_no_text() {
        assert_eq!(Parser::default().push(b"data: \xff\n\n"), Err(SseError::NotText));
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(cuts in proptest::collection::vec(0..STREAM.len(), 0..6)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let (mut parser, mut events, mut from) = (Parser::default(), Vec::new(), 0);
            for to in cuts.into_iter().chain([STREAM.len()]) {
                events.extend(parser.push(&STREAM.as_bytes()[from..to]).unwrap());
                from = to;
            }
            prop_assert_eq!(events, Parser::default().push(STREAM.as_bytes()).unwrap());
        }
    }
}
