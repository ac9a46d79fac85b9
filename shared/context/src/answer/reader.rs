//! A reader of JSON as models write it. It accepts all JSON, and much that is nearly JSON.

use serde_json::{Map, Value};

/// How deep values may stand in one another. What is deeper is left out.
const MAX_DEPTH: usize = 24;

/// Quotation marks with which models open texts, and those that close them.
const QUOTES: [(char, char); 3] = [('"', '"'), ('“', '”'), ('\'', '\'')];

/// Reads one value from the beginning of a text.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Returns how many bytes were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Reads a value; returns `None` where there is none, or where the text ends within it.
    pub(super) fn value(&mut self) -> Option<Value> {
        self.skip_blank();
        match self.peek()? {
            '{' => self.nested(Self::object),
            '[' => self.nested(Self::list),
            char => match quote(char) {
                Some(close) => self.quoted(close).map(Value::String),
                None => self.bare(),
            },
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Value) -> Option<Value> {
        if self.depth == MAX_DEPTH {
            self.at = self.text.len();
            return None;
        }
        self.next();
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        Some(value)
    }

    fn object(&mut self) -> Value {
        let mut map = Map::new();
        while let Some(char) = self.peek_item() {
            if char == '}' {
                self.next();
                break;
            }
            let before = self.at;
            let key = match quote(char) {
                Some(close) => self.quoted(close),
                None => Some(self.until(&[':', ',', '}', '{', '[', ']']).trim().to_owned()),
            };
            self.skip_blank();
            if self.peek() == Some(':') {
                self.next();
                if let (Some(key), Some(value)) = (key, self.value()) {
                    map.entry(key).or_insert(value);
                }
            } else if self.at == before {
                // Nothing that an object can hold.
                self.next();
            }
        }
        Value::Object(map)
    }

    fn list(&mut self) -> Value {
        let mut items = Vec::new();
        while let Some(char) = self.peek_item() {
            if char == ']' {
                self.next();
                break;
            }
            let before = self.at;
            items.extend(self.value());
            if self.at == before {
                self.next();
            }
        }
        Value::Array(items)
    }

    /// Returns the next character after blanks, comments and commas; `None` at the end of the text.
    fn peek_item(&mut self) -> Option<char> {
        loop {
            self.skip_blank();
            match self.peek()? {
                ',' | ';' => self.next(),
                char => return Some(char),
            }
        }
    }

    /// Reads the rest of a quoted text. A quotation mark within it that was not escaped closes nothing: after the mark that
    /// does, there is a comma, a colon, a bracket or the end.
    fn quoted(&mut self, close: char) -> Option<String> {
        self.next();
        let mut out = String::new();
        loop {
            let char = self.peek()?;
            self.next();
            if char == close && self.ends_a_text() {
                return Some(out);
            }
            match char {
                '\\' => self.escape(&mut out)?,
                char => out.push(char),
            }
        }
    }

    fn ends_a_text(&self) -> bool {
        self.text[self.at..]
            .trim_start()
            .chars()
            .next()
            .is_none_or(|next| matches!(next, ',' | ':' | ']' | '}' | ';' | '/'))
    }

    fn escape(&mut self, out: &mut String) -> Option<()> {
        let char = self.peek()?;
        self.next();
        match char {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' | 'b' | 'f' => {}
            'u' => {
                let unit = self.hex()?;
                let high = (0xD800..0xDC00).contains(&unit) && self.text[self.at..].starts_with("\\u");
                let units = if high {
                    self.at += 2;
                    vec![unit, self.hex()?]
                } else {
                    vec![unit]
                };
                out.extend(char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)));
            }
            char => out.push(char),
        }
        Some(())
    }

    fn hex(&mut self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let unit = u16::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(unit)
    }

    /// Reads what has no quotation marks. Numbers stay texts, so that `1.10` is not read as `1.1`.
    fn bare(&mut self) -> Option<Value> {
        let text = self.until(&[',', '}', ']', '\n', '{', '[']).trim().to_owned();
        match text.as_str() {
            "" | "null" | "None" | "undefined" => None,
            "true" | "True" => Some(Value::Bool(true)),
            "false" | "False" => Some(Value::Bool(false)),
            _ => Some(Value::String(text)),
        }
    }

    /// Reads up to one of the characters.
    fn until(&mut self, ends: &[char]) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.find(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Skips white space and comments.
    fn skip_blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            let comment = if trimmed.starts_with("//") {
                trimmed.find('\n').unwrap_or(trimmed.len())
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map_or(trimmed.len(), |end| end + 2)
            } else {
                return;
            };
            self.at += comment;
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }
}

fn quote(char: char) -> Option<char> {
    QUOTES.iter().find(|(open, _)| *open == char).map(|(_, close)| *close)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Value {
        Reader::new(text).value().unwrap_or_default()
    }

    #[test]
    fn marks_within_a_text_and_escapes_are_kept() {
        assert_eq!(
            read(r#"{"a": "he said "go" and went", "b": "x"}"#),
            json!({"a": "he said \"go\" and went", "b": "x"})
        );
        assert_eq!(
            read(
                r#"["a\n\"b\"", "\u00e9\ud83d\ude00", "two
lines"]"#
            ),
            json!(["a\n\"b\"", "é😀", "two\nlines"])
        );
        assert_eq!(read("{“a”: “b”, c: 'd'}"), json!({"a": "b", "c": "d"}));
    }

    #[test]
    fn null_is_left_out_and_numbers_keep_their_digits() {
        assert_eq!(read(r#"{"a": null, "b": 1.10, "c": 600, "d": true}"#), json!({"b": "1.10", "c": "600", "d": true}));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic_or_stop_before_its_end(text in r#"[\[\]{}",:\\/*'“” a1\n]{0,60}|\PC{0,60}"#) {
            Reader::new(&text).value();
        }

        #[test]
        fn all_json_of_texts_is_read_as_it_is(keys in prop::collection::btree_map("[a-z]{1,6}", prop::collection::vec(r"[a-zé“”.!? ]{0,12}", 0..4), 1..5)) {
            let value = serde_json::to_value(&keys).unwrap();
            prop_assert_eq!(read(&value.to_string()), value.clone());
            prop_assert_eq!(read(&serde_json::to_string_pretty(&value).unwrap()), value);
        }
    }
}
