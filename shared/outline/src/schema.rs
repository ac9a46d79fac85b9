//! The JSON Schema of an outline, generated from its types.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::Series;

/// Returns the schema of `author`: one author is a text, several are a list.
pub(super) fn author(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ],
    })
}

/// Returns the schema of `series`: its name, or its name with the number of the book.
pub(super) fn series(generator: &mut SchemaGenerator) -> Schema {
    let series = generator.subschema_for::<Series>();
    json_schema!({ "anyOf": [{ "type": "string" }, series, { "type": "null" }] })
}

/// Returns the schema of `disclosure`: a text, or `false` for none.
pub(super) fn disclosure(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "boolean", "null"] })
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::super::{Outline, fields::FRONT_KEYS};

    const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/outline.schema.json");

    #[test]
    fn the_published_schema_is_the_one_of_the_types() {
        let current = schema_for!(Outline).to_value();
        if std::env::var_os("BINDERY_BLESS").is_some() {
            let text = serde_json::to_string_pretty(&current).unwrap() + "\n";
            std::fs::write(PUBLISHED, text).unwrap();
        }
        let published = std::fs::read(PUBLISHED).unwrap();
        assert!(
            serde_json::from_slice::<serde_json::Value>(&published).unwrap() == current,
            "docs/outline.schema.json is stale; renew it with \
             `BINDERY_BLESS=1 cargo test -p bindery-outline published_schema`"
        );
    }

    #[test]
    fn the_schema_has_the_keys_that_the_reader_knows() {
        let schema = schema_for!(Outline).to_value();
        let properties = schema["properties"].as_object().unwrap();
        let mut known: Vec<&str> = FRONT_KEYS.into();
        known.extend(["title", "description", "parts", "chapters"]);
        known.sort_unstable();
        let mut keys: Vec<&str> = properties.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, known);
        for strict in [&schema, &schema["$defs"]["Chapter"], &schema["$defs"]["Section"], &schema["$defs"]["Part"]] {
            assert_eq!(strict["additionalProperties"], false);
        }
    }
}
