//! What the stand-in does with the JSON schema of a request.

use std::str::FromStr;

use serde_json::{Map, Value};

/// What the stand-in does with the JSON schema of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schemas {
    /// It answers as if there were none, as many servers do.
    #[default]
    Ignored,
    /// Its answer has exactly the shape of the schema. No fault changes the text.
    Obeyed,
    /// It refuses the request, as servers do that know no schemas.
    Refused,
}

/// A word that is none of these.
#[derive(Debug, thiserror::Error)]
#[error("failed to read {0:?} as what is done with a schema: use ignored, obeyed or refused")]
pub struct UnknownSchemas(String);

impl FromStr for Schemas {
    type Err = UnknownSchemas;

    fn from_str(word: &str) -> Result<Self, UnknownSchemas> {
        match word {
            "ignored" => Ok(Self::Ignored),
            "obeyed" => Ok(Self::Obeyed),
            "refused" => Ok(Self::Refused),
            other => Err(UnknownSchemas(other.to_owned())),
        }
    }
}

/// Gives a JSON text the shape of a schema: what the schema does not name is left out, and what the text lacks is empty.
pub(crate) fn conform(text: &str, schema: &Value) -> String {
    let value = serde_json::from_str(text).unwrap_or_default();
    shaped(&value, schema).to_string()
}

fn shaped(value: &Value, schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields.map(|(name, field)| (name.clone(), shaped(&value[name], field))).collect::<Map<_, _>>().into()
        }
        Some("array") => {
            let bound = |name: &str| schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
            let mut items: Vec<Value> =
                value.as_array().into_iter().flatten().map(|item| shaped(item, &schema["items"])).collect();
            items.truncate(bound("maxItems").unwrap_or(usize::MAX));
            let least = bound("minItems").unwrap_or(0).max(items.len());
            items.resize_with(least, || shaped(&Value::Null, &schema["items"]));
            items.into()
        }
        Some("integer" | "number") => value.as_u64().unwrap_or(0).into(),
        _ => value.as_str().unwrap_or("").into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_gets_exactly_the_shape_of_the_schema() {
        let list = json!({"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string"}});
        let schema = json!({"type": "object", "properties": {"a": list, "n": {"type": "integer"}}});
        let shaped = |text: &str| serde_json::from_str::<Value>(&conform(text, &schema)).unwrap();
        assert_eq!(shaped(r#"{"a": ["x", "y", "z"], "b": 1, "n": 7}"#), json!({"a": ["x", "y"], "n": 7}));
        assert_eq!(shaped("no JSON"), json!({"a": ["", ""], "n": 0}));
    }
}
