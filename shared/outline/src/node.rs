//! A YAML or JSON document as a tree with lines, before the rules of the schema are applied.
//!
//! With the tree, one set of rules serves both formats and reports every fault with its line. Deserialising straight
//! into the outline would stop at the first fault.

use super::fault::shortened;

/// How deep lists and mappings may be nested. The points of sections in
/// chapters that stand in their part need nine levels.
pub(super) const MAX_DEPTH: usize = 10;

/// A value and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) line: Option<usize>,
    pub(super) value: Value,
}

/// A value of YAML or JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A JSON number, as typed.
    Number(String),
    Text(String),
    /// An unquoted YAML scalar that may be more than text, as typed. The schema decides what it is, so that `title:
    /// 1984` and `tone: true` are texts.
    Plain(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) line: Option<usize>,
    pub(super) key: String,
    pub(super) value: Node,
}

impl Node {
    pub(super) fn is_null(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Plain(raw) => matches!(raw.as_str(), "" | "~" | "null" | "Null" | "NULL"),
            _ => false,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Plain(text) if !self.is_null() => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(value) => Some(*value),
            Value::Plain(raw) => raw.to_ascii_lowercase().parse().ok(),
            _ => None,
        }
    }

    /// Returns the digits of a whole number; `None` where the value is none or is negative. In JSON and YAML, `300.0` is a
    /// whole number.
    pub(super) fn as_digits(&self) -> Option<String> {
        let (Value::Number(raw) | Value::Plain(raw)) = &self.value else { return None };
        if !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit()) {
            return Some(raw.clone());
        }
        let is_number = raw.starts_with(|c: char| c.is_ascii_digit());
        let number: f64 = raw.parse().ok().filter(|_| is_number)?;
        (number.fract() == 0.0).then(|| format!("{number}"))
    }

    /// Describes the value for a message about a wrong type.
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Value::Null => "empty".into(),
            Value::Bool(value) => format!("`{value}`"),
            Value::Number(raw) | Value::Plain(raw) => format!("`{}`", shortened(raw)),
            Value::Text(text) => format!("the text \"{}\"", shortened(text)),
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a mapping".into(),
        }
    }
}

/// Values from a program have no lines: a submission holds its outline as a part of a message.
impl From<serde_json::Value> for Node {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(value),
            Json::Number(number) => Value::Number(number.to_string()),
            Json::String(text) => Value::Text(text),
            Json::Array(items) => Value::List(items.into_iter().map(Self::from).collect()),
            Json::Object(entries) => Value::Map(
                entries.into_iter().map(|(key, value)| Entry { line: None, key, value: value.into() }).collect(),
            ),
        };
        Self { line: None, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_a_fraction_has_digits_however_it_is_written() {
        let digits = |raw: &str| Node { line: None, value: Value::Number(raw.to_owned()) }.as_digits();
        for written in ["300", "300.0", "3e2", "3.0E+2"] {
            assert_eq!(digits(written).as_deref(), Some("300"), "{written}");
        }
        for written in ["300.5", "-300", "-300.0", "1e-2", "inf", ""] {
            assert_eq!(digits(written), None, "{written}");
        }
    }
}
