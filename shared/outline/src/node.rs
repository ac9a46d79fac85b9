//! A YAML or JSON document as a tree that knows its lines, before it is held against the schema.
//!
//! Reading into a tree first lets one set of rules serve both formats and report every fault with its
//! line, where deserialising straight into the outline would stop at the first.

use super::fault::shortened;

/// How deep lists and mappings may nest: the schema needs six levels.
pub(super) const MAX_DEPTH: usize = 8;

/// One value and the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) line: Option<usize>,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A JSON number, as typed.
    Number(String),
    Text(String),
    /// An unquoted YAML scalar that could be more than text, as typed: the schema decides what it is,
    /// so that `title: 1984` and `tone: true` are texts.
    Plain(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key of a mapping with its value.
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

    /// Returns the digits of a whole number that is not negative.
    pub(super) fn as_digits(&self) -> Option<&str> {
        match &self.value {
            Value::Number(raw) | Value::Plain(raw) => {
                Some(raw.as_str()).filter(|raw| !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit()))
            }
            _ => None,
        }
    }

    /// Describes the value for a message that says what was found in place of another.
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

/// The values a program passes on have no lines: a submission holds its outline as one part of a message.
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
