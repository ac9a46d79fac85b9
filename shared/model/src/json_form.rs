//! How a model is asked for JSON: by a schema where the server can be held to one, else as any object, else by the prompt.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Whether a provider is asked for JSON by a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SchemaUse {
    /// Until it rejects one.
    #[default]
    Auto,
    /// Never.
    Off,
}

/// How much a server is asked to enforce. A rejection leads to the next form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum JsonForm {
    /// An object of the schema.
    #[default]
    Schema,
    /// Any object.
    Object,
}

/// Returns a schema as the OpenAI dialect takes it.
pub(crate) fn response_format(schema: &Value) -> Value {
    json!({"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": schema}})
}

/// Returns a schema with no bound of a list that Anthropic refuses.
/// <https://docs.claude.com/en/docs/build-with-claude/structured-outputs>
pub(crate) fn without_bounds(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, bound)| *name != "maxItems" && (*name != "minItems" || bound.as_u64() <= Some(1)))
            .map(|(name, value)| (name.clone(), without_bounds(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bounds_that_anthropic_refuses_are_left_out() {
        let list =
            json!({"properties": {"a": {"type": "array", "minItems": 3, "maxItems": 3, "items": {"minItems": 1}}}});
        let expected = json!({"properties": {"a": {"type": "array", "items": {"minItems": 1}}}});
        assert_eq!(without_bounds(&list), expected);
    }
}
