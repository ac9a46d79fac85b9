//! Parses server-sent events, wherever a network has split their bytes.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>
//!
//! Whatever a server sends, the parser looks at each byte a fixed number of times and holds it no longer than its event.

use serde::de::IgnoredAny;

/// The length of the longest event that is read. A chunk of an answer holds only a few tokens.
const LONGEST_EVENT: usize = 1 << 20;

/// The length from which no more of the lines is kept that are no fields.
const LONGEST_STRAY: usize = 300;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A server-sent event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name, which is mostly empty.
    pub(crate) name: String,
    /// Its data, with the lines joined.
    pub(crate) data: String,
}

/// Why a stream of events cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EventStreamError {
    /// An event does not end.
    #[error("an event of the stream is longer than any piece of an answer")]
    TooLong,
    /// A line is not text.
    #[error("the stream is not UTF-8")]
    NotUtf8,
}

/// Parses events from the bytes of one stream.
#[derive(Default)]
pub(crate) struct EventParser {
    /// The beginning of a line whose end has not arrived.
    line: Vec<u8>,
    event: Event,
    /// How many data fields the unfinished event has. They may be empty.
    data_lines: u32,
    /// The beginning of the lines that no stream of events has.
    stray: String,
    /// Whether the last byte was a carriage return. A line feed after it belongs to the same line end.
    after_return: bool,
    /// Whether the first line has ended. Only that line may begin with a byte order mark.
    past_first_line: bool,
}

impl EventParser {
    /// Consumes bytes until an event is complete. Returns `None` when all bytes are consumed.
    pub(crate) fn next_event(&mut self, bytes: &mut &[u8]) -> Result<Option<Event>, EventStreamError> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_return) && bytes[0] == b'\n' {
                *bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (piece, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            if self.line.len() + self.event.data.len() + piece.len() > LONGEST_EVENT {
                return Err(EventStreamError::TooLong);
            }
            self.line.extend_from_slice(piece);
            *bytes = rest;
            if let Some((ended_by, rest)) = rest.split_first() {
                self.after_return = *ended_by == b'\r';
                *bytes = rest;
                if let Some(event) = self.end_line()? {
                    return Ok(Some(event));
                }
            }
        }
        Ok(None)
    }

    /// Reads the line that has ended. An empty line ends its event.
    fn end_line(&mut self) -> Result<Option<Event>, EventStreamError> {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.past_first_line, true) && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        let text = std::str::from_utf8(&line).map_err(|_| EventStreamError::NotUtf8)?;
        let ended = if text.is_empty() {
            let event = std::mem::take(&mut self.event);
            (std::mem::take(&mut self.data_lines) > 0).then_some(event)
        } else {
            self.field(text)
        };
        // The buffer serves the next line.
        line.clear();
        self.line = line;
        Ok(ended)
    }

    /// Reads a field. Returns the event before it where a server has left out the empty line between the two.
    fn field(&mut self, line: &str) -> Option<Event> {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        let before = match field {
            "event" | "data" => self.event_before(value),
            _ => None,
        };
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if self.data_lines > 0 {
                    self.event.data.push('\n');
                }
                self.data_lines += 1;
                self.event.data.push_str(value);
            }
            // Comments, ids and reconnection times are of no use: an answer is never resumed.
            "" | "id" | "retry" => {}
            _ => self.keep_stray(line),
        }
        before
    }

    /// Takes the event that has a line of data, if that is a whole one before this value.
    fn event_before(&mut self, value: &str) -> Option<Event> {
        if self.data_lines != 1 {
            return None;
        }
        let data = self.event.data.trim();
        let is_whole = if data.starts_with(['{', '[']) {
            data == "[DONE]" || serde_json::from_str::<IgnoredAny>(data).is_ok()
        } else {
            self.event.name.is_empty() || value.trim_start().starts_with('{')
        };
        if !is_whole {
            return None;
        }
        self.data_lines = 0;
        Some(std::mem::take(&mut self.event))
    }

    fn keep_stray(&mut self, line: &str) {
        let words: String = line.chars().take(LONGEST_STRAY.saturating_sub(self.stray.len())).collect();
        if !words.is_empty() {
            self.stray.push_str(&words);
            self.stray.push(' ');
        }
    }

    /// Returns the beginning of what stands in the body without being an event.
    pub(crate) fn stray(&self) -> &str {
        self.stray.trim()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&[u8]]) -> Result<Vec<(String, String)>, EventStreamError> {
        let (mut parser, mut found) = (EventParser::default(), Vec::new());
        for mut piece in pieces.iter().copied() {
            while let Some(Event { name, data }) = parser.next_event(&mut piece)? {
                found.push((name, data));
            }
        }
        Ok(found)
    }

    fn event(name: &str, data: &str) -> (String, String) {
        (name.to_owned(), data.to_owned())
    }

    #[test]
    fn an_event_has_a_name_and_lines_and_a_comment_is_no_event() {
        let stream =
            b": ping\n\nevent: error\ndata:one\ndata:  two\nid: 7\nretry: 1\nother\n\ndata\n\ndata: unfinished\n";
        let expected = [event("error", "one\n two"), event("", "")];
        assert_eq!(read(&[stream]).unwrap(), expected);
    }

    #[test]
    fn an_empty_line_that_a_server_leaves_out_parts_events_all_the_same() {
        let stream = b"data: {\"a\":1}\ndata: {\"b\":\ndata: 2}\n\ndata: ping\ndata: pong\ndata: {\"c\":3}\ndata: [DONE]\ndata: {}\n\n";
        let parts = ["{\"a\":1}", "{\"b\":\n2}", "ping", "pong", "{\"c\":3}", "[DONE]", "{}"];
        assert_eq!(read(&[stream]).unwrap(), parts.map(|data| event("", data)));
        let named = b"event: a\ndata: {\"a\":1}\nevent: b\ndata: {\"b\":2}\n\n";
        assert_eq!(read(&[named]).unwrap(), [event("a", "{\"a\":1}"), event("b", "{\"b\":2}")]);
    }

    #[test]
    fn words_that_are_no_events_are_kept_up_to_a_length() {
        let mut parser = EventParser::default();
        let mut bytes: &[u8] = b"upstream failed: gone\n: ping\nid: 7\nretry: 1\n";
        assert_eq!(parser.next_event(&mut bytes), Ok(None));
        assert_eq!(parser.stray(), "upstream failed: gone");
        let endless = "word\n".repeat(10_000);
        parser.next_event(&mut endless.as_bytes()).unwrap();
        assert!(parser.stray().len() < 2 * LONGEST_STRAY);
    }

    #[test]
    fn all_three_line_ends_are_read_and_a_byte_order_mark_is_skipped() {
        for stream in ["\u{feff}data: a\n\ndata: b\n\n", "data: a\r\rdata: b\r\r", "data: a\r\n\r\ndata: b\r\n\r\n"] {
            assert_eq!(read(&[stream.as_bytes()]).unwrap(), [event("", "a"), event("", "b")], "{stream:?}");
        }
    }

    #[test]
    fn an_endless_event_is_refused_before_it_fills_the_memory() {
        let piece = [b'x'; 1 << 16];
        assert_eq!(read(&[piece.as_slice(); 20]), Err(EventStreamError::TooLong));
        let line = [b"data: [".as_slice(), &piece, b"\n"].concat();
        assert_eq!(read(&[line.as_slice(); 20]), Err(EventStreamError::TooLong));
    }

    #[test]
    fn a_megabyte_of_empty_lines_is_read_quickly() {
        let (lines, started) = (vec![b'\n'; 1 << 20], std::time::Instant::now());
        assert_eq!(read(&[&lines]).unwrap(), []);
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "took {:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn a_split_stream_yields_the_same_events(
            stream in r"(data: |event: |:|\n|\r|\r\n|\u{feff}|[a-zé]){0,40}", at in any::<prop::sample::Index>(),
        ) {
            let bytes = stream.as_bytes();
            let (one, other) = bytes.split_at(at.index(bytes.len() + 1));
            prop_assert_eq!(read(&[one, other]), read(&[bytes]));
        }
    }
}
