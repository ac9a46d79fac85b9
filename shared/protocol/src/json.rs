//! Reading the JSON of strangers: each flaw is named with its place, and one flaw does not hide the others.

use std::collections::HashSet;

use bindery_domain::{JsonMember, JsonMembers};
use serde_json::{Map, Value, value::RawValue};

/// How deep lists and objects may be nested. An outline needs six levels.
const MAX_DEPTH: usize = 32;

/// Collects flaws while a document is read.
#[derive(Default)]
pub(crate) struct Reader {
    pub(crate) flaws: Vec<String>,
    /// The place of the value that is being read, like `outline.json.chapters[0]`.
    place: String,
    depth: usize,
}

impl Reader {
    /// Reads the members of an object; `None` where the value is no object. A name must not be given twice.
    pub(crate) fn members<'a>(&mut self, raw: &'a RawValue) -> Option<Vec<(String, &'a RawValue)>> {
        let Ok(JsonMembers(members)) = serde_json::from_str(raw.get()) else { return None };
        let mut seen = HashSet::new();
        let mut kept = Vec::with_capacity(members.len());
        for JsonMember { name, value } in members {
            let name: String = match serde_json::from_str(name.get()) {
                Ok(name) => name,
                Err(error) => {
                    self.flaw(&format!("has a name that cannot be read: {}", cause(&error)));
                    continue;
                }
            };
            if seen.insert(name.clone()) {
                kept.push((name, value));
            } else {
                self.within(&name, |reader| reader.flaw("is given twice; keep one"));
            }
        }
        Some(kept)
    }

    /// Reads a value. What cannot be read of it is `null`.
    pub(crate) fn value(&mut self, raw: &RawValue) -> Value {
        if self.depth == MAX_DEPTH {
            self.flaw("is nested too deeply");
            return Value::Null;
        }
        self.depth += 1;
        let value = match raw.get().as_bytes().first() {
            Some(b'{') => self.object(raw),
            Some(b'[') => self.list(raw),
            _ => self.scalar(raw),
        };
        self.depth -= 1;
        value
    }

    fn object(&mut self, raw: &RawValue) -> Value {
        let mut object = Map::new();
        for (name, member) in self.members(raw).unwrap_or_default() {
            let value = self.within(&name, |reader| reader.value(member));
            object.insert(name, value);
        }
        Value::Object(object)
    }

    fn list(&mut self, raw: &RawValue) -> Value {
        let items: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
        let items = items.into_iter().enumerate();
        Value::Array(items.map(|(at, item)| self.within(&format!("[{at}]"), |reader| reader.value(item))).collect())
    }

    fn scalar(&mut self, raw: &RawValue) -> Value {
        serde_json::from_str(raw.get()).unwrap_or_else(|error| {
            self.flaw(&cause(&error));
            Value::Null
        })
    }

    /// Reads a part of the value at the current place.
    pub(crate) fn within<T>(&mut self, part: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.place.len();
        if length > 0 && !part.starts_with('[') {
            self.place.push('.');
        }
        self.place.push_str(part);
        let read = read(self);
        self.place.truncate(length);
        read
    }

    /// Adds a flaw of the value at the current place.
    pub(crate) fn flaw(&mut self, flaw: &str) {
        let place = if self.place.is_empty() { "the message" } else { &self.place };
        self.flaws.push(format!("{place}: {flaw}"));
    }
}

/// Returns the error's own words. Its line and column are those of a part of the document, which mean nothing to a reader.
fn cause(error: &serde_json::Error) -> String {
    let error = error.to_string();
    error.split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Reader {
        let mut reader = Reader::default();
        reader.value(serde_json::from_str(json).unwrap());
        reader
    }

    #[test]
    fn each_flaw_is_named_with_its_place() {
        let reader = read(r#"{"a": {"b": 1, "b": 2}, "c": [0, {"d": 1e999}, "\ud800"], "a": 1}"#);
        let flaws = ["a: is given twice; keep one", "a.b: is given twice; keep one", "c[1].d: number out of range"];
        assert_eq!(reader.flaws[..3], flaws);
        assert!(reader.flaws[3].starts_with("c[2]: "), "{:?}", reader.flaws);
        assert_eq!(reader.flaws.len(), 4);
    }

    #[test]
    fn deep_nesting_is_a_flaw_and_is_not_followed() {
        let reader = read(&("[".repeat(1_000) + &"]".repeat(1_000)));
        assert_eq!(reader.flaws.len(), 1);
        assert!(reader.flaws[0].ends_with("is nested too deeply"), "{:?}", reader.flaws);
    }
}
