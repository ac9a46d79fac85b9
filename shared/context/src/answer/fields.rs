//! The fields of an object, in the shape that is asked for.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::read;

/// What may part the thousands of a number.
const PARTS: [char; 7] = ['.', ',', '\'', '’', ' ', '\u{a0}', '\u{202f}'];

/// The digits of the longest number to which another group of three is added.
const LONGEST_NUMBER: usize = 6;

/// An object that a model wrote. A key counts in any case, and with spaces or hyphens for underscores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Map<String, Value>);

/// A text with its name, such as a term with its definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedText {
    /// The name.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Fields {
    pub(super) fn new(map: Map<String, Value>) -> Self {
        Self(map)
    }

    /// Returns whether there is something under a key.
    pub fn has(&self, key: &str) -> bool {
        self.get(&[key]).is_some()
    }

    /// Returns the text under the first of these keys that is there; empty where none is. A list is joined.
    pub fn text(&self, keys: &[&str]) -> String {
        self.get(keys).map(text).unwrap_or_default()
    }

    /// Returns the whole number at the beginning of what is under a key: `600` in `"about 600 words"`.
    pub fn number(&self, keys: &[&str]) -> Option<u32> {
        let text = self.text(keys);
        let mut groups = text.trim_start_matches(|char: char| !char.is_ascii_digit());
        let mut number = String::new();
        loop {
            let length = groups.find(|char: char| !char.is_ascii_digit()).unwrap_or(groups.len());
            let is_group = length == 3 && number.len() <= LONGEST_NUMBER;
            if !number.is_empty() && !is_group {
                break;
            }
            let (group, rest) = groups.split_at(length);
            // 600.000 is rather a fraction, and 1.200 is not.
            let parts = if number.is_empty() && length == 3 { &PARTS[1..] } else { &PARTS[..] };
            number.push_str(group);
            match rest.strip_prefix(parts) {
                Some(next) => groups = next,
                None => break,
            }
        }
        number.parse().ok()
    }

    /// Returns the texts of a list. One text stands for a list of one, or of its lines.
    pub fn texts(&self, keys: &[&str]) -> Vec<String> {
        let texts: Vec<String> = match self.list(keys).as_deref() {
            Some(Value::Array(items)) => items.iter().map(text).collect(),
            Some(Value::Object(map)) => map.iter().map(|(key, value)| named(key, value)).collect(),
            Some(one) => {
                text(one).lines().map(|line| line.trim_start_matches(['-', '*', '•', ' ']).to_owned()).collect()
            }
            None => Vec::new(),
        };
        texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    /// Returns the objects of a list. A bare text in it stands for an object with that text under `"title"`. An object
    /// of objects stands for their list, each with its key under `"key"`.
    pub fn objects(&self, keys: &[&str]) -> Vec<Self> {
        let with = |key: &str, value: &Value, map: &Map<String, Value>| {
            let mut map = map.clone();
            map.entry(key).or_insert_with(|| value.clone());
            Self(map)
        };
        match self.list(keys).as_deref() {
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| match item {
                    Value::Object(map) => Self(map.clone()),
                    other => with("title", other, &Map::new()),
                })
                .collect(),
            Some(Value::Object(map)) if map.values().all(Value::is_object) => {
                let inner = |(key, value): (&String, &Value)| {
                    Some(with("key", &Value::String(key.clone()), value.as_object()?))
                };
                map.iter().filter_map(inner).collect()
            }
            Some(Value::Object(map)) => vec![Self(map.clone())],
            _ => Vec::new(),
        }
    }

    /// Returns what is under a key as texts with names: a list of objects with both, an object, or lines like `name: text`.
    pub fn named_texts(&self, keys: &[&str], names: &[&str], texts: &[&str]) -> Vec<NamedText> {
        match self.list(keys).as_deref() {
            Some(Value::Object(map)) if !map.values().any(Value::is_object) => {
                map.iter().map(|(key, value)| NamedText { name: key.clone(), text: text(value) }).collect()
            }
            Some(Value::Array(items)) if items.iter().any(Value::is_object) => {
                let named = |item: &Self| NamedText { name: item.text(names), text: item.text(texts) };
                self.objects(keys).iter().map(named).collect()
            }
            _ => {
                let split = |line: String| {
                    let (name, text) = line.split_once(':').unwrap_or((&line, ""));
                    NamedText { name: name.trim().to_owned(), text: text.trim().to_owned() }
                };
                self.texts(keys).into_iter().map(split).collect()
            }
        }
    }

    /// Returns what is under the first of these keys that says something, or else under the first that is there.
    fn get(&self, keys: &[&str]) -> Option<&Value> {
        let values = || {
            let named = keys.iter().flat_map(|key| self.0.iter().filter(move |(name, _)| same(name, key)));
            named.map(|(_, value)| value)
        };
        values().find(|value| says_something(value)).or_else(|| values().next())
    }

    /// Returns a list or an object under these keys, which may be written as a text.
    fn list(&self, keys: &[&str]) -> Option<Cow<'_, Value>> {
        let value = self.get(keys)?;
        let written = value
            .as_str()
            .map(str::trim)
            .filter(|text| text.starts_with(['{', '[']) && text.ends_with(['}', ']']) && text.contains(['"', '\'']));
        Some(written.and_then(|text| read(text).ok()).map_or(Cow::Borrowed(value), Cow::Owned))
    }
}

fn same(name: &str, key: &str) -> bool {
    let plain = |text: &str| {
        text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    plain(name) == plain(key)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        Value::Object(map) => map.values().map(text).collect::<Vec<_>>().join(": "),
        Value::Bool(_) | Value::Number(_) | Value::Null => value.to_string(),
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn named(key: &str, value: &Value) -> String {
    format!("{key}: {}", text(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        super::super::object(json, &["x", "y"]).unwrap()
    }

    #[test]
    fn numbers_are_read_from_texts_and_one_text_is_a_list() {
        for json in [r#"{"x": 600}"#, r#"{"x": "600"}"#, r#"{"x": 600.0}"#, r#"{"x": "about 600 words"}"#] {
            assert_eq!(fields(json).number(&["x"]), Some(600), "{json}");
        }
        assert_eq!(fields(r#"{"x": "1,200"}"#).number(&["x"]), Some(1_200));
        for json in [r#"{"x": "1.200"}"#, r#"{"x": 1.200}"#, r#"{"x": "1'200 words"}"#, r#"{"x": "1 200 mots"}"#] {
            assert_eq!(fields(json).number(&["x"]), Some(1_200), "{json}");
        }
        for (json, expected) in [
            (r#"{"x": "1,234,567"}"#, 1_234_567),
            (r#"{"x": 600.000}"#, 600),
            (r#"{"x": "1.5"}"#, 1),
            (r#"{"x": "500-600"}"#, 500),
            (r#"{"x": "1.2000"}"#, 1),
            (r#"{"x": "2, 300 words"}"#, 2),
        ] {
            assert_eq!(fields(json).number(&["x"]), Some(expected), "{json}");
        }
        assert_eq!(fields(r#"{"x": "many"}"#).number(&["x"]), None);
        assert_eq!(fields(r#"{"x": "[\"engines\", \"sails\"]"}"#).texts(&["x"]), ["engines", "sails"]);
        assert_eq!(fields(r#"{"x": "[sails] and more"}"#).texts(&["x"]), ["[sails] and more"]);
        assert_eq!(fields(r#"{"x": "engines"}"#).texts(&["x"]), ["engines"]);
        assert_eq!(fields("{\"x\": \"- engines\\n- sails\"}").texts(&["x"]), ["engines", "sails"]);
        assert_eq!(fields(r#"{"x": [1.1, "1.2", null, {"id": "1.3"}]}"#).texts(&["x"]), ["1.1", "1.2", "1.3"]);
    }

    #[test]
    fn keys_have_synonyms_and_any_case() {
        assert_eq!(fields(r#"{"x": 1, "Hand-off": "on"}"#).text(&["handoff"]), "on");
        assert_eq!(fields(r#"{"x": 1, "title": "A"}"#).text(&["heading", "title"]), "A");
        let with_empty = fields(r#"{"x": 1, "heading": " ", "points": [], "title": "A", "beats": ["b"]}"#);
        assert_eq!(with_empty.text(&["heading", "title"]), "A");
        assert_eq!(with_empty.texts(&["points", "beats"]), ["b"]);
        assert!(with_empty.has("points") && with_empty.text(&["heading"]).is_empty());
    }

    #[test]
    fn texts_with_names_are_read_from_lists_objects_and_lines() {
        let named = [NamedText { name: "bilge".to_owned(), text: "the lowest part".to_owned() }];
        for json in [
            r#"{"x": [{"term": "bilge", "definition": "the lowest part"}]}"#,
            r#"{"x": {"bilge": "the lowest part"}}"#,
            r#"{"x": ["bilge: the lowest part"]}"#,
            r#"{"x": "bilge: the lowest part"}"#,
        ] {
            assert_eq!(fields(json).named_texts(&["x"], &["term"], &["definition"]), named, "{json}");
        }
    }

    #[test]
    fn objects_are_read_from_lists_of_texts_and_from_objects_of_objects() {
        let titles = |json: &str| -> Vec<String> {
            fields(json).objects(&["x"]).iter().map(|object| object.text(&["title", "key"])).collect()
        };
        assert_eq!(titles(r#"{"x": ["Ebb", {"title": "Flood"}]}"#), ["Ebb", "Flood"]);
        assert_eq!(titles(r#"{"x": {"1": {"a": "b"}, "2": {"a": "c"}}}"#), ["1", "2"]);
    }
}
