//! Reading a model's JSON tolerantly: what is meant counts, not how it is written.
//!
//! Small and local models put sentences, fences and wrappers around an object, and write comments and trailing commas. They give
//! numbers as texts and one text for a list, use another key, or stop before the end. [`read`] finds the values. [`Fields`]
//! gives them in the shape that is asked for. What a model did not say stays empty, so that it can be asked for again.

mod fields;
mod reader;
pub mod shape;

pub use fields::{Fields, NamedText};

use std::iter;

use serde_json::Value;

use self::reader::Reader;

/// What is wrong with a model's answer, in words that tell the model what to do better.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AnswerFault(String);

impl AnswerFault {
    /// Makes a fault from its words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

/// How deep an object may lie in wrappers: a tool call wraps its arguments five times.
const DEEPEST_WRAPPER: u8 = 6;

/// Finds the longest JSON object or list in an answer. It may be written as a text within JSON.
pub fn read(answer: &str) -> Result<Value, AnswerFault> {
    if let Some(value) = answer.find(['{', '[']).and_then(|start| unescaped(&answer[start..])) {
        return Ok(value);
    }
    let longest = values(answer).into_iter().rev().max_by_key(|(length, _)| *length);
    longest.map(|(_, value)| value).ok_or_else(|| AnswerFault::new("it holds no JSON object"))
}

/// Returns all objects and lists that stand in an answer and say something, with their lengths.
fn values(answer: &str) -> Vec<(usize, Value)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = answer[from..].find(['{', '[']).map(|at| from + at) {
        let mut reader = Reader::new(&answer[start..]);
        let value = reader.value().filter(|value| !is_empty(value));
        let length = reader.position();
        from = start + if value.is_some() { length.max(1) } else { 1 };
        found.extend(value.map(|value| (length, value)));
    }
    found
}

/// Reads the object that has one of these keys, in whatever it is wrapped. A list stands for the value of the first key, and so do
/// objects that stand side by side.
pub fn object(answer: &str, keys: &[&str]) -> Result<Fields, AnswerFault> {
    let value = read(answer)?;
    let found = find(&value, keys, DEEPEST_WRAPPER).or_else(|| {
        let all: Vec<Value> = values(answer).into_iter().map(|(_, value)| value).collect();
        all.iter().find_map(|value| find(value, keys, DEEPEST_WRAPPER)).or_else(|| find(&list(all)?, keys, 1))
    });
    found.ok_or_else(|| AnswerFault::new(format!("its JSON has no \"{}\"", keys.join("\" and no \""))))
}

/// Returns whether an answer is an empty list, or an object with an empty list or `null` under one of these keys. [`object`] does
/// not find it, since it says nothing.
pub fn has_empty_list(answer: &str, keys: &[&str]) -> bool {
    let is_mark = |char: char| char.is_whitespace() || matches!(char, '"' | '\'' | '`' | '“' | '”' | '\\');
    let bare: String = answer.chars().filter(|char| !is_mark(*char)).collect();
    let is_empty = |key: &str| {
        let mut values = bare.match_indices(key).filter(|(at, _)| !bare[..*at].ends_with(char::is_alphanumeric));
        values.any(|(at, _)| {
            let value = bare[at + key.len()..].strip_prefix(':').unwrap_or_default();
            ["[]", "{}", "null", "None"].iter().any(|empty| value.starts_with(empty))
        })
    };
    bare.trim_start_matches("json") == "[]" || keys.iter().any(|key| is_empty(key))
}

/// Reads JSON whose quotation marks are escaped, since it was written as a text.
fn unescaped(json: &str) -> Option<Value> {
    let inner = json.trim_start_matches(|char: char| char.is_whitespace() || matches!(char, '{' | '['));
    if !inner.starts_with('\\') {
        return None;
    }
    let mut plain = String::with_capacity(json.len());
    let mut chars = json.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n' | 'r' | 't') => plain.push('\n'),
                Some(escaped @ ('"' | '\'' | '\\' | '/')) => plain.push(escaped),
                other => plain.extend(iter::once('\\').chain(other)),
            },
            char => plain.push(char),
        }
    }
    // What has no escapes of JSON was not written as a text.
    (plain.len() < json.len()).then(|| read(&plain).ok())?
}

/// Returns objects of one kind as a list, where there are several.
fn list(values: Vec<Value>) -> Option<Value> {
    let [Value::Object(first), _, ..] = values.as_slice() else { return None };
    let is_alike = |value: &Value| first.keys().any(|key| value.get(key).is_some());
    values.iter().all(is_alike).then_some(Value::Array(values))
}

fn find(value: &Value, keys: &[&str], depth: u8) -> Option<Fields> {
    match value {
        Value::Object(map) => {
            let fields = Fields::new(map.clone());
            if keys.iter().any(|key| fields.has(key)) {
                return Some(fields);
            }
            let depth = depth.checked_sub(1)?;
            map.values().find_map(|inner| find(inner, keys, depth))
        }
        // A tool call has its arguments as a text.
        Value::String(text) if text.contains('{') => find(&read(text).ok()?, keys, depth.checked_sub(1)?),
        Value::Array(items) => {
            // A list around the one object that is meant, or the list itself without its object.
            let depth = depth.checked_sub(1)?;
            let is_part = |item: &&Value| items.len() == 1 || keys.iter().all(|key| item.get(key).is_none());
            let mut inner = items.iter().filter(is_part).filter_map(|item| find(item, keys, depth));
            if let (Some(only), None) = (inner.next(), inner.next()) {
                return Some(only);
            }
            let first = (*keys.first()?).to_owned();
            items.iter().any(Value::is_object).then(|| Fields::new([(first, value.clone())].into_iter().collect()))
        }
        _ => None,
    }
}

/// Returns whether a value says nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().all(is_empty),
        Value::Array(items) => items.iter().all(is_empty),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(answer: &str) -> Vec<String> {
        let fields = object(answer, &["sections"]).unwrap_or_else(|error| panic!("{error}: {answer}"));
        fields.objects(&["sections"]).iter().map(|section| section.text(&["heading", "title"])).collect()
    }

    #[test]
    fn an_object_is_found_in_whatever_stands_around_it() {
        for answer in [
            r#"{"sections": [{"heading": "Ebb"}, {"title": "Flood"}]}"#,
            "Here it is {as you asked}:\n```json\n{\"sections\": [{\"heading\": \"Ebb\"}, {\"heading\": \"Flood\"}]}\n```\nDone.",
            r#"{"brief": {"chapter": 1, "sections": [{"heading": "Ebb"}, {"heading": "Flood"}]}}"#,
            r#"[{"heading": "Ebb"}, {"heading": "Flood"}]"#,
            r#"[{"sections": [{"heading": "Ebb"}, {"heading": "Flood"}]}]"#,
            "{ // two of them\n  'sections': [{heading: \"Ebb\",}, {\"Heading\": \"Flood\", /* last */},],\n}",
            r#"{"answer": "{\"sections\": [{\"heading\": \"Ebb\"}, {\"heading\": \"Flood\"}]}"}"#,
            r#"{"tool_calls": [{"function": {"arguments": "{\"sections\": [{\"title\": \"Ebb\"}, \"Flood\"]}"}}]}"#,
            r#"[{"text": "A {plan}."}, {"text": "{\"sections\": [\"Ebb\", \"Flood\"]}"}]"#,
            r#""{\"sections\": [{\"heading\": \"Ebb\"}, {\"heading\": \"Flood\"}]}""#,
            r#"Here: "{\n  \"sections\": [\n    {\"heading\": \"Ebb\"}, {\"heading\": \"Flood\"}]}""#,
            r#"{"sections": "[{\"heading\": \"Ebb\"}, {\"heading\": \"Flood\"}]"}"#,
            "{\"heading\": \"Ebb\"}\n{\"heading\": \"Flood\"}",
            r#"{"thought": "A long plan of what is to be done"} {"sections": ["Ebb", "Flood"]}"#,
            r#"{"sections": ["Ebb", "Flood", ...]}"#,
            r#"{"a": [1]} and then {"sections": [{"heading": "Ebb", "points": []}, {"heading": "Flood"}]}"#,
        ] {
            assert_eq!(sections(answer), ["Ebb", "Flood"], "{answer}");
        }
    }

    #[test]
    fn what_was_cut_off_is_left_out_and_what_came_before_counts() {
        for cut in [
            r#"{"sections": [{"heading": "Ebb"}, {"heading": "Fl"#,
            r#"{"sections": [{"heading": "Ebb"}, {"head"#,
            r#"{"sections": [{"heading": "Ebb"}, {"#,
            r#"{"sections": [{"heading": "Ebb", "points": ["1.1", "1."#,
        ] {
            assert_eq!(sections(cut)[0], "Ebb", "{cut}");
            assert!(sections(cut).iter().skip(1).all(String::is_empty), "{cut}");
        }
    }

    #[test]
    fn an_answer_without_an_object_says_so() {
        for answer in ["", "no", "} {", "{}", "{]}", "I cannot [do that]."] {
            assert!(object(answer, &["sections"]).is_err(), "{answer}");
        }
        assert!(object(r#"{"a": 1} {"b": 2}"#, &["sections"]).is_err(), "two objects of other kinds");
        let fault = object(r#"{"a": {"b": 1}}"#, &["sections"]).unwrap_err();
        assert_eq!(fault.to_string(), "its JSON has no \"sections\"");
    }

    #[test]
    fn a_list_that_is_empty_or_null_is_told_from_one_that_is_missing() {
        for answer in
            [r#"{"missed": []}"#, "{'missed': null}", r#"{"result": {"missed": {}}}"#, "[]", "```json\n[]\n```"]
        {
            assert!(has_empty_list(answer, &["missed"]), "{answer}");
        }
        for answer in [r#"{"dismissed": []}"#, r#"{"missed": ["1.1"]}"#, "{}", "I missed: nothing"] {
            assert!(!has_empty_list(answer, &["missed"]), "{answer}");
        }
    }

    #[test]
    fn deep_nesting_ends_and_takes_linear_time() {
        assert!(read(&"[".repeat(200_000)).is_err());
        assert!(read(&"{\"a\":".repeat(100_000)).is_err());
        assert!(read(&format!("{{{}", "\\".repeat(100_000))).is_err());
        assert!(read(r"{\x\").is_err());
    }
}
