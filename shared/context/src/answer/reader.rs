//! A reader of JSON as models write it. It accepts all JSON, and much that is nearly JSON.

mod ahead;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use self::ahead::Ahead;

/// How deep values may stand in one another. What is deeper is left out.
const MAX_DEPTH: usize = 24;

/// Quotation marks with which models open texts, and those that close them.
const QUOTES: [(char, char); 9] =
    [('"', '"'), ('“', '”'), ('”', '”'), ('\'', '\''), ('‘', '’'), ('`', '`'), ('「', '」'), ('＂', '＂'), ('„', '“')];

/// Where in an object or a list something stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Key,
    /// After a key.
    Field,
    /// In a list.
    Item,
}

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
        self.value_in(Place::Field)
    }

    fn value_in(&mut self, place: Place) -> Option<Value> {
        self.skip_blank();
        match self.peek()? {
            '{' => self.nested(|reader| reader.object(place)),
            '[' => self.nested(Self::list),
            char => match quote(char) {
                Some(close) => {
                    let text = self.quoted(close, place)?;
                    // Small models write an absent value as a text.
                    Some(text).filter(|text| !matches!(text.trim(), "null" | "undefined")).map(Value::String)
                }
                None => self.bare(),
            },
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Value) -> Option<Value> {
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

    fn object(&mut self, place: Place) -> Value {
        let mut map = Map::new();
        while let Some(char) = self.peek_item() {
            if char == '}' {
                self.next();
                break;
            }
            // The next item of the list, or its end: this object was not closed.
            if place == Place::Item && matches!(char, '{' | ']') {
                break;
            }
            let before = self.at;
            let key = match quote(char) {
                Some(close) => self.quoted(close, Place::Key),
                None => Some(self.until(&[':', '：', ',', '}', '{', '[', ']']).trim().to_owned()),
            };
            self.skip_blank();
            if matches!(self.peek(), Some(':' | '：')) {
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
            // The end of the object around the list: the list was not closed. A brace too many is skipped.
            if char == '}' && self.depth > 1 && !Ahead(&self.text[self.at + 1..]).is_object_of_a_list() {
                break;
            }
            let before = self.at;
            items.extend(self.value_in(Place::Item));
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
                ',' | ';' | '，' | '、' => self.next(),
                char => return Some(char),
            }
        }
    }

    /// Reads the rest of a quoted text. What follows a quotation mark that was not escaped shows whether it closes the text.
    fn quoted(&mut self, close: char, place: Place) -> Option<String> {
        let open = self.peek()?;
        self.next();
        let mut out = String::new();
        // Whether a mark within the text has opened words of its own.
        let mut in_words = false;
        loop {
            let char = self.peek()?;
            self.next();
            if char == close && Ahead(&self.text[self.at..]).is_after_text(place, in_words) {
                return Some(out);
            }
            if char == close || char == open {
                in_words = if open == close { !in_words } else { char == open };
            }
            match char {
                '\\' => self.escape(&mut out)?,
                char => out.push(char),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Option<()> {
        let char = self.peek()?;
        self.next();
        match char {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => {}
            'u' => match self.hex() {
                Some(unit) => self.unicode(unit, out),
                None => out.push_str("\\u"),
            },
            // A formula or a path in which the model has not escaped the backslash: JSON's form feeds are never meant.
            char if char.is_ascii_alphabetic() => out.extend(['\\', char]),
            char => out.push(char),
        }
        Some(())
    }

    fn unicode(&mut self, unit: u16, out: &mut String) {
        let mut units = vec![unit];
        if (0xD800..0xDC00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            units.extend(self.hex());
        }
        out.extend(char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }

    fn hex(&mut self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let unit = u16::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(unit)
    }

    /// Reads what has no quotation marks. Numbers stay texts, so that `1.10` is not read as `1.1`.
    fn bare(&mut self) -> Option<Value> {
        let rest = &self.text[self.at..];
        let text = &rest[..Ahead(rest).length_of_bare()];
        self.at += text.len();
        match text.trim() {
            // What a model leaves out, it may write as dots.
            "" | "null" | "None" | "undefined" | "..." | "…" => None,
            "true" | "True" => Some(Value::Bool(true)),
            "false" | "False" => Some(Value::Bool(false)),
            text => Some(Value::String(text.to_owned())),
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
            let comment = if trimmed.starts_with("//") || trimmed.starts_with('#') {
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
