//! Server-sent events out of bytes, wherever a network has split them.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>
//!
//! Each byte is looked at a fixed number of times and nothing is held longer than its event, whatever a server sends.

/// No event is longer: a chunk of an answer holds a few tokens.
const LONGEST: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Its name; mostly empty.
    pub(super) name: String,
    /// What it carries, its lines joined.
    pub(super) data: String,
}

/// Why bytes are no stream of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoEvents {
    /// An event does not end.
    #[error("an event of the stream is longer than any piece of an answer")]
    TooLong,
    /// A line is not text.
    #[error("the stream is not UTF-8")]
    NotUtf8,
}

/// Puts events together.
#[derive(Default)]
pub(super) struct Events {
    /// What has come of a line whose end has not.
    line: Vec<u8>,
    event: Event,
    /// Whether the event under way has any data, which may be empty.
    has_data: bool,
    /// Whether the last byte was a carriage return: a line feed after it ends no second line.
    after_return: bool,
    /// Whether a line has ended.
    begun: bool,
}

impl Events {
    /// Takes bytes away until an event is whole; none when all are taken.
    pub(super) fn take(&mut self, bytes: &mut &[u8]) -> Result<Option<Event>, NoEvents> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_return) && bytes[0] == b'\n' {
                *bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (piece, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            if self.line.len() + self.event.data.len() + piece.len() > LONGEST {
                return Err(NoEvents::TooLong);
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

    /// Takes in the line that has ended; an empty one ends its event.
    fn end_line(&mut self) -> Result<Option<Event>, NoEvents> {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.begun, true) && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        let text = std::str::from_utf8(&line).map_err(|_| NoEvents::NotUtf8)?;
        let ended = if text.is_empty() {
            let event = std::mem::take(&mut self.event);
            std::mem::take(&mut self.has_data).then_some(event)
        } else {
            self.field(text);
            None
        };
        // Its room serves the next line.
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
            // Comments, ids and times to reconnect after: an answer is never resumed.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&[u8]]) -> Result<Vec<(String, String)>, NoEvents> {
        let (mut events, mut found) = (Events::default(), Vec::new());
        for mut piece in pieces.iter().copied() {
            while let Some(Event { name, data }) = events.take(&mut piece)? {
                found.push((name, data));
            }
        }
        Ok(found)
    }

    fn event(name: &str, data: &str) -> (String, String) {
        (name.to_owned(), data.to_owned())
    }

    #[test]
    fn an_event_has_its_name_and_its_lines_and_a_comment_is_none() {
        let stream =
            b": ping\n\nevent: error\ndata:one\ndata:  two\nid: 7\nretry: 1\nother\n\ndata\n\ndata: unfinished\n";
        let expected = [event("error", "one\n two"), event("", "")];
        assert_eq!(read(&[stream]).unwrap(), expected);
    }

    #[test]
    fn lines_end_as_any_system_ends_them_and_a_byte_order_mark_is_skipped() {
        for stream in ["\u{feff}data: a\n\ndata: b\n\n", "data: a\r\rdata: b\r\r", "data: a\r\n\r\ndata: b\r\n\r\n"] {
            assert_eq!(read(&[stream.as_bytes()]).unwrap(), [event("", "a"), event("", "b")], "{stream:?}");
        }
    }

    #[test]
    fn an_event_without_end_is_refused_before_it_fills_the_memory() {
        let piece = [b'x'; 1 << 16];
        assert_eq!(read(&[piece.as_slice(); 20]), Err(NoEvents::TooLong));
        let line = [b"data: ".as_slice(), &piece, b"\n"].concat();
        assert_eq!(read(&[line.as_slice(); 20]), Err(NoEvents::TooLong));
    }

    #[test]
    fn a_megabyte_of_empty_lines_is_read_at_once() {
        let (lines, begun) = (vec![b'\n'; 1 << 20], std::time::Instant::now());
        assert_eq!(read(&[&lines]).unwrap(), []);
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "took {:?}", begun.elapsed());
    }

    proptest! {
        #[test]
        fn a_stream_says_the_same_however_it_was_split(
            stream in r"(data: |event: |:|\n|\r|\r\n|\u{feff}|[a-zé]){0,40}", at in any::<prop::sample::Index>(),
        ) {
            let bytes = stream.as_bytes();
            let (one, other) = bytes.split_at(at.index(bytes.len() + 1));
            prop_assert_eq!(read(&[one, other]), read(&[bytes]));
        }
    }
}
