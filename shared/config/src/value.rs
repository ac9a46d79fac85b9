//! Values as their sources give them, and their types.

use toml::{Table, Value};

/// A value as its source gives it.
#[derive(Clone, Debug)]
pub(super) enum SourceValue {
    /// A value of a file, which has a type.
    Typed(Value),
    /// A value of a variable or a flag, which is text.
    Text(String),
}

/// Returns a value in the type of the example; `None` where it has another type.
pub(super) fn typed(value: SourceValue, example: &Value) -> Option<Value> {
    match value {
        SourceValue::Typed(value) => from_value(value, example),
        SourceValue::Text(text) => from_text(text, example),
    }
}

/// Returns a value as a table whose keys the user chooses; `None` where it is no table.
pub(super) fn open_table(value: SourceValue) -> Option<Value> {
    let value = match value {
        SourceValue::Typed(value) => value,
        SourceValue::Text(text) => format!("value = {text}").parse::<Table>().ok()?.remove("value")?,
    };
    value.is_table().then_some(value)
}

/// Returns what is wrong with a value that does not have the type of the example.
pub(super) fn wrong_type(example: &Value) -> String {
    match example {
        Value::String(_) => format!("must be text in quotes, like {example}"),
        Value::Integer(_) => format!("must be a whole number, like {example}"),
        Value::Float(_) => format!("must be a number, like {example}"),
        Value::Boolean(_) => "must be true or false".to_owned(),
        Value::Table(_) => "is a section; set the keys within it".to_owned(),
        Value::Array(_) => "must be a list of texts, like [\"one\", \"two\"]".to_owned(),
        Value::Datetime(_) => "must be a date".to_owned(),
    }
}

fn from_value(value: Value, example: &Value) -> Option<Value> {
    match (value, example) {
        (Value::Integer(whole), Value::Float(_)) => Some(Value::Float(whole as f64)),
        (Value::String(one), Value::Array(_)) => Some(Value::Array(vec![Value::String(one)])),
        (value, example) => value.same_type(example).then_some(value),
    }
}

fn from_text(text: String, example: &Value) -> Option<Value> {
    match example {
        Value::String(_) => Some(Value::String(text)),
        Value::Integer(_) => text.trim().parse().ok().map(Value::Integer),
        Value::Float(_) => text.trim().parse().ok().map(Value::Float),
        Value::Boolean(_) => text.trim().parse().ok().map(Value::Boolean),
        Value::Array(_) => {
            let items = text.split(',').map(|item| Value::String(item.trim().to_owned()));
            Some(Value::Array(items.collect()))
        }
        Value::Table(_) | Value::Datetime(_) => None,
    }
}
