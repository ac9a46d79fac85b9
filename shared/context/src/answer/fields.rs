//! The fields of an object, in the shape that is asked for.

use serde_json::{Map, Value};

/// An object that a model wrote. A key counts in any case, and with spaces or hyphens for underscores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Map<String, Value>);

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
        let digits = text.trim_start_matches(|char: char| !char.is_ascii_digit());
        let end = digits.find(|char: char| !char.is_ascii_digit() && char != ',').unwrap_or(digits.len());
        digits[..end].replace(',', "").parse().ok()
    }

    /// Returns the texts of a list. One text stands for a list of one, or of its lines.
    pub fn texts(&self, keys: &[&str]) -> Vec<String> {
        let texts: Vec<String> = match self.get(keys) {
            Some(Value::Array(items)) => items.iter().map(text).collect(),
            Some(Value::Object(map)) => map.iter().map(|(key, value)| named(key, value)).collect(),
            Some(one) => {
                text(one).lines().map(|line| line.trim_start_matches(['-', '*', '•', ' ']).to_owned()).collect()
            }
            None => Vec::new(),
        };
        texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    /// Returns the objects of a list. A bare text in it stands for an object with that text under `"title"`, and an object of
    /// objects for the list of these, each with its key under `"key"`.
    pub fn objects(&self, keys: &[&str]) -> Vec<Self> {
        let with = |key: &str, value: &Value, map: &Map<String, Value>| {
            let mut map = map.clone();
            map.entry(key).or_insert_with(|| value.clone());
            Self(map)
        };
        match self.get(keys) {
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
    pub fn pairs(&self, keys: &[&str], names: &[&str], texts: &[&str]) -> Vec<(String, String)> {
        match self.get(keys) {
            Some(Value::Object(map)) if !map.values().any(Value::is_object) => {
                map.iter().map(|(key, value)| (key.clone(), text(value))).collect()
            }
            Some(Value::Array(items)) if items.iter().any(Value::is_object) => {
                self.objects(keys).iter().map(|item| (item.text(names), item.text(texts))).collect()
            }
            _ => {
                let split = |line: String| {
                    let (name, text) = line.split_once(':').unwrap_or((&line, ""));
                    (name.trim().to_owned(), text.trim().to_owned())
                };
                self.texts(keys).into_iter().map(split).collect()
            }
        }
    }

    fn get(&self, keys: &[&str]) -> Option<&Value> {
        keys.iter().find_map(|key| self.0.iter().find(|(name, _)| same(name, key)).map(|(_, value)| value))
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
        assert_eq!(fields(r#"{"x": "many"}"#).number(&["x"]), None);
        assert_eq!(fields(r#"{"x": "engines"}"#).texts(&["x"]), ["engines"]);
        assert_eq!(fields("{\"x\": \"- engines\\n- sails\"}").texts(&["x"]), ["engines", "sails"]);
        assert_eq!(fields(r#"{"x": [1.1, "1.2", null, {"id": "1.3"}]}"#).texts(&["x"]), ["1.1", "1.2", "1.3"]);
    }

    #[test]
    fn keys_have_synonyms_and_any_case() {
        assert_eq!(fields(r#"{"x": 1, "Hand-off": "on"}"#).text(&["handoff"]), "on");
        assert_eq!(fields(r#"{"x": 1, "title": "A"}"#).text(&["heading", "title"]), "A");
    }

    #[test]
    fn pairs_are_read_from_lists_objects_and_lines() {
        let pair = [("bilge".to_owned(), "the lowest part".to_owned())];
        for json in [
            r#"{"x": [{"term": "bilge", "definition": "the lowest part"}]}"#,
            r#"{"x": {"bilge": "the lowest part"}}"#,
            r#"{"x": ["bilge: the lowest part"]}"#,
            r#"{"x": "bilge: the lowest part"}"#,
        ] {
            assert_eq!(fields(json).pairs(&["x"], &["term"], &["definition"]), pair, "{json}");
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
