//! Reading the JSON of strangers: each flaw is named with its place, and one flaw does not hide the others.

use std::collections::HashSet;

use bindery_domain::{JsonMember, JsonMembers};
use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, value::RawValue};

use crate::submission::shortened;

/// How deep lists and objects may be nested. An outline needs six levels.
const MAX_DEPTH: usize = 32;

/// The most flaws of a body that are named at once.
const MAX_FLAWS: usize = 20;

/// Reads the body of a request, or returns all that is wrong with it. No name may be given twice, at any depth.
pub fn read<T: DeserializeOwned + JsonSchema>(body: &[u8]) -> Result<T, Vec<String>> {
    let raw: &RawValue = serde_json::from_slice(body).map_err(|error| vec![error.to_string()])?;
    let mut reader = Reader::default();
    let Some(members) = reader.members(raw) else { return Err(vec!["the body must be a JSON object".to_owned()]) };
    let schema = schema_for!(T);
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for name in required.filter(|name| !members.iter().any(|(given, _)| given == name)) {
        reader.within(name, |reader| reader.flaw("is missing"));
    }
    let mut fields = Map::new();
    for (name, raw) in members {
        let before = reader.flaws.len();
        let value = reader.within(&name, |reader| reader.value(raw));
        if reader.flaws.len() == before {
            let alone = Map::from_iter([(name.clone(), value.clone())]);
            // A field without a flaw is read before the others are missed.
            let error = T::deserialize(Value::Object(alone)).err().filter(|error| !misses_a_field(error));
            error.iter().for_each(|error| reader.unfit(&name, error));
        }
        fields.insert(name, value);
    }
    if reader.flaws.is_empty() {
        return T::deserialize(Value::Object(fields)).map_err(|error| vec![error.to_string()]);
    }
    Err(shortened(&reader.flaws, MAX_FLAWS))
}

fn misses_a_field(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("missing field")
}

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

    /// Adds why a field does not fit.
    pub(crate) fn unfit(&mut self, name: &str, error: &serde_json::Error) {
        let error = error.to_string();
        match error.starts_with("unknown field") {
            true => self.flaws.push(error),
            false => self.within(name, |reader| reader.flaw(&error)),
        }
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

    #[derive(Debug, PartialEq, serde::Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Parcel {
        weight: u32,
        to: String,
        #[serde(default)]
        labels: std::collections::BTreeMap<String, String>,
    }

    #[test]
    fn all_flaws_of_a_body_are_named_at_once() {
        let body = r#"{"weight": "heavy", "labels": {"a": "1", "a": "2"}, "colour": "red"}"#;
        let flaws = super::read::<Parcel>(body.as_bytes()).unwrap_err();
        for about in ["weight: invalid type", "labels.a: is given twice", "unknown field `colour`", "to: is missing"] {
            assert!(flaws.iter().any(|flaw| flaw.starts_with(about)), "{about:?} is missing in {flaws:?}");
        }
        assert_eq!(flaws.len(), 4, "{flaws:?}");
    }

    #[test]
    fn a_body_without_flaws_is_read_and_a_field_is_given_once() {
        let parcel = |json: &str| super::read::<Parcel>(json.as_bytes());
        let whole = parcel(r#"{"weight": 2, "to": "Ada", "labels": {"a": "1"}}"#).unwrap();
        let labels = [("a".to_owned(), "1".to_owned())].into();
        assert_eq!(whole, Parcel { weight: 2, to: "Ada".into(), labels });
        assert_eq!(parcel(r#"{"weight": 2, "to": "a", "to": "b"}"#).unwrap_err(), ["to: is given twice; keep one"]);
        assert_eq!(parcel("[]").unwrap_err(), ["the body must be a JSON object"]);
        assert!(parcel("{").unwrap_err()[0].contains("EOF"));
    }

    #[test]
    fn deep_nesting_is_a_flaw_and_is_not_followed() {
        let reader = read(&("[".repeat(1_000) + &"]".repeat(1_000)));
        assert_eq!(reader.flaws.len(), 1);
        assert!(reader.flaws[0].ends_with("is nested too deeply"), "{:?}", reader.flaws);
    }
}
