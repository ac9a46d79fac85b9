//! Splits the body of an answer into events. The form of a body is told by its first bytes, because servers and proxies
//! label bodies wrongly.

mod values;

use values::JsonValues;

use crate::events::{Event, EventParser, EventStreamError};

/// How much of a page is kept, to tell the user what it says.
const LONGEST_PAGE: usize = 64 << 10;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Parses the body of an answer, wherever a network has split its bytes.
#[derive(Default)]
pub(crate) enum BodyParser {
    /// Only white space and a byte order mark have arrived, which mean nothing in any form.
    #[default]
    Undecided,
    /// Server-sent events.
    Events(EventParser),
    /// JSON values: a whole answer, or one value a line.
    Values(JsonValues),
    /// A page for people, as a proxy sends it.
    Page(Vec<u8>),
}

impl BodyParser {
    /// Consumes bytes until an event is complete. Returns `None` when all bytes are consumed.
    pub(crate) fn next_event(&mut self, bytes: &mut &[u8]) -> Result<Option<Event>, EventStreamError> {
        if let Self::Undecided = self {
            let has_no_meaning = |byte: &&u8| byte.is_ascii_whitespace() || BYTE_ORDER_MARK.contains(byte);
            let from = bytes.iter().take_while(has_no_meaning).count();
            *bytes = &bytes[from..];
            *self = match bytes.first() {
                None => return Ok(None),
                Some(b'{' | b'[') => Self::Values(JsonValues::default()),
                Some(b'<') => Self::Page(Vec::new()),
                Some(_) => Self::Events(EventParser::default()),
            };
        }
        match self {
            Self::Undecided => Ok(None),
            Self::Events(events) => events.next_event(bytes),
            Self::Values(values) => values.next_value(bytes),
            Self::Page(page) => {
                let kept = bytes.len().min(LONGEST_PAGE.saturating_sub(page.len()));
                page.extend_from_slice(&bytes[..kept]);
                *bytes = &[];
                Ok(None)
            }
        }
    }

    /// Returns the next of the last events of a body that has ended without the blank line after them.
    pub(crate) fn last_event(&mut self) -> Result<Option<Event>, EventStreamError> {
        match self {
            Self::Events(events) => events.next_event(&mut b"\n\n".as_slice()),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(pieces: &[&[u8]]) -> Vec<String> {
        let mut parser = BodyParser::default();
        let mut events = Vec::new();
        for piece in pieces {
            let mut bytes = *piece;
            while let Some(event) = parser.next_event(&mut bytes).unwrap() {
                events.push(event.data);
            }
        }
        while let Some(event) = parser.last_event().unwrap() {
            events.push(event.data);
        }
        events
    }

    #[test]
    fn the_form_of_a_body_is_told_by_its_first_bytes_wherever_they_are_split() {
        let bodies: [(&str, &[&str]); 7] = [
            ("\u{feff}\r\n data: {\"a\":1}\n\ndata: b\n\n", &["{\"a\":1}", "b"]),
            (": queued\n\ndata: x", &["x"]),
            (" \n{\"a\": {\"b\": \"}\\\"\"}}", &["{\"a\": {\"b\": \"}\\\"\"}}"]),
            ("{\"a\":1}\n{\"a\":[2]}\n", &["{\"a\":1}", "{\"a\":[2]}"]),
            ("[{\"a\":1},\n{\"a\":[2]}]", &["{\"a\":1}", "{\"a\":[2]}"]),
            ("data: {\"a\":1}\ndata: {\"b\":2}\ndata: [DONE]", &["{\"a\":1}", "{\"b\":2}", "[DONE]"]),
            ("<!doctype html>\ndata: x\n\n", &[]),
        ];
        for (body, expected) in bodies {
            let whole = body.as_bytes();
            for at in 0..whole.len() {
                assert_eq!(events(&[&whole[..at], &whole[at..]]), expected, "{body:?} split at {at}");
            }
        }
    }
}
