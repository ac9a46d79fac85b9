//! Reading a model's JSON tolerantly: what is meant counts, not how it is written.
//!
//! Small and local models put sentences, fences and wrappers around an object, and write comments and trailing commas. They give
//! numbers as texts and one text for a list, use another key, or stop before the end. [`read`] finds the values. [`Fields`]
//! gives them in the shape that is asked for. What a model did not say stays empty, so that it can be asked for again.

mod fields;
mod reader;
pub mod shape;

pub use fields::Fields;

use serde_json::Value;

use self::reader::Reader;

/// Finds the longest JSON object or list in an answer.
///
/// The error says what is wrong, in words for the model.
pub fn read(answer: &str) -> Result<Value, String> {
    let mut found: Option<(usize, Value)> = None;
    let mut from = 0;
    while let Some(start) = answer[from..].find(['{', '[']).map(|at| from + at) {
        let mut reader = Reader::new(&answer[start..]);
        let value = reader.value().filter(|value| !is_empty(value));
        let length = reader.position();
        from = start + if value.is_some() { length.max(1) } else { 1 };
        if let Some(value) = value.filter(|_| found.as_ref().is_none_or(|(longest, _)| *longest < length)) {
            found = Some((length, value));
        }
    }
    found.map(|(_, value)| value).ok_or_else(|| "it holds no JSON object".to_owned())
}

/// Reads the object that has one of these keys, in whatever it is wrapped. A list stands for the value of the first key.
///
/// The error says what is wrong, in words for the model.
pub fn object(answer: &str, keys: &[&str]) -> Result<Fields, String> {
    let value = read(answer)?;
    find(&value, keys, 3).ok_or_else(|| format!("its JSON has no \"{}\"", keys.join("\" and no \"")))
}

/// Returns whether an answer is an object with an empty list under one of these keys. [`object`] does not find it, since it says
/// nothing.
pub fn has_empty_list(answer: &str, keys: &[&str]) -> bool {
    let bare: String = answer.chars().filter(|char| !char.is_whitespace()).collect();
    keys.iter().any(|key| bare.contains(&format!("\"{key}\":[]")))
}

fn find(value: &Value, keys: &[&str], depth: u8) -> Option<Fields> {
    match value {
        Value::Object(map) => {
            let fields = Fields::new(map.clone());
            if keys.iter().any(|key| fields.has(key)) {
                return Some(fields);
            }
            map.values().filter(|_| depth > 0).find_map(|inner| find(inner, keys, depth - 1))
        }
        Value::Array(items) => {
            // A list around the one object that is meant, or the list itself without its object.
            if let [only] = items.as_slice()
                && let Some(inner) = find(only, keys, depth.checked_sub(1)?)
            {
                return Some(inner);
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
        assert_eq!(object(r#"{"a": {"b": 1}}"#, &["sections"]).unwrap_err(), "its JSON has no \"sections\"");
    }

    #[test]
    fn deep_nesting_ends_and_takes_linear_time() {
        assert!(read(&"[".repeat(200_000)).is_err());
        assert!(read(&"{\"a\":".repeat(100_000)).is_err());
    }
}
