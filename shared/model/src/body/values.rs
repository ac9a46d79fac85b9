//! Splits a body into its JSON values.

use crate::events::{Event, EventStreamError};

/// The length of the longest value that is read. A whole answer is one value.
const LONGEST_VALUE: usize = 8 << 20;

/// Splits bytes into top-level objects, and looks at each byte once. An array around them is left out: some servers send one
/// with all the chunks of an answer.
#[derive(Default)]
pub(crate) struct JsonValues {
    value: Vec<u8>,
    /// How many objects and arrays are open.
    depth: usize,
    in_string: bool,
    after_backslash: bool,
}

impl JsonValues {
    /// Consumes bytes until a value is complete. What stands between values is left out.
    pub(crate) fn next_value(&mut self, bytes: &mut &[u8]) -> Result<Option<Event>, EventStreamError> {
        while let Some((byte, rest)) = bytes.split_first() {
            *bytes = rest;
            if self.depth == 0 && *byte != b'{' {
                continue;
            }
            if self.value.len() == LONGEST_VALUE {
                return Err(EventStreamError::TooLong);
            }
            self.value.push(*byte);
            self.follow(*byte);
            if self.depth == 0 {
                let data = String::from_utf8(std::mem::take(&mut self.value)).map_err(|_| EventStreamError::NotUtf8)?;
                return Ok(Some(Event { data, ..Event::default() }));
            }
        }
        Ok(None)
    }

    fn follow(&mut self, byte: u8) {
        if std::mem::take(&mut self.after_backslash) {
            return;
        }
        match byte {
            b'\\' => self.after_backslash = self.in_string,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth += 1,
            b'}' | b']' if !self.in_string => self.depth -= 1,
            _ => {}
        }
    }
}
