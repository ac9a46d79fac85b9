//! The JSON Schema of an outline, generated from its types.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::Outline;

/// Returns the JSON Schema that describes YAML and JSON outlines.
pub fn schema() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<Outline>()
}

/// One author is written as a text, several as a list.
pub(super) fn author(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ],
    })
}
