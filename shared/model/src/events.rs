//! Parses server-sent events, wherever a network has split their bytes.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>
//!
//! Whatever a server sends, the parser looks at each byte a fixed number of times and holds it no longer than its event.

/// The length of the longest event that is read. A chunk of an answer holds only a few tokens.
const LONGEST_EVENT: usize = 1 << 20;

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
    /// Whether the unfinished event has a data field, which may be empty.
    has_data: bool,
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
            std::mem::take(&mut self.has_data).then_some(event)
        } else {
            self.field(text);
            None
        };
        // The buffer serves the next line.
        line.clear();
        self.line = line;
        Ok(ended)
    }

    fn field(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            // Comments, ids and reconnection times are of no use: an answer is never resumed.
            _ => {}
        }
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
    fn all_three_line_ends_are_read_and_a_byte_order_mark_is_skipped() {
        for stream in ["\u{feff}data: a\n\ndata: b\n\n", "data: a\r\rdata: b\r\r", "data: a\r\n\r\ndata: b\r\n\r\n"] {
            assert_eq!(read(&[stream.as_bytes()]).unwrap(), [event("", "a"), event("", "b")], "{stream:?}");
        }
    }

    #[test]
    fn an_endless_event_is_refused_before_it_fills_the_memory() {
        let piece = [b'x'; 1 << 16];
        assert_eq!(read(&[piece.as_slice(); 20]), Err(EventStreamError::TooLong));
        let line = [b"data: ".as_slice(), &piece, b"\n"].concat();
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
