//! The OpenAPI document, made from the table of operations and from the types of their bodies.
//! <https://spec.openapis.org/oas/v3.1.1.html>

use axum::Json;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    operations::{Answer, Operation, Parameter, operations},
    problem::{ProblemBody, ProblemKind, status},
};

/// Where the document keeps its schemas.
const SCHEMAS: &str = "/components/schemas";

/// Serves the document. It is no secret, so that a client can be made without a key.
pub(crate) async fn get() -> Json<Value> {
    Json(document())
}

/// Returns the OpenAPI document.
pub fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = SCHEMAS.into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described(&operation, &mut generator);
    }
    let problem = generator.subschema_for::<ProblemBody>().to_value();
    let problems: Map<String, Value> = statuses()
        .map(|kind| {
            let content = json!({"application/problem+json": {"schema": problem}});
            let description = status(kind).canonical_reason().unwrap_or_default();
            (kind.status().to_string(), json!({"description": description, "content": content}))
        })
        .collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Bindery",
            "summary": "Writes whole books in the time of their slowest section.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "responses": problems,
            "securitySchemes": {"key": {
                "type": "http", "scheme": "bearer",
                "description": "A key that `bindery keys add` has made. `bindery studio` needs none.",
            }},
        },
    })
}

fn statuses() -> impl Iterator<Item = ProblemKind> {
    ProblemKind::ALL.into_iter()
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut answers: Map<String, Value> =
        operation.answers.iter().map(|answer| (answer.status.to_string(), answered(answer, generator))).collect();
    answers.extend(statuses().map(|kind| {
        let status = kind.status().to_string();
        let reference = format!("#/components/responses/{status}");
        (status, json!({"$ref": reference}))
    }));
    let of_query = operation.parameters.iter().map(parameter);
    let mut described = json!({
        "operationId": operation.name,
        "summary": operation.summary,
        "description": format!("The key needs the scope `{}`.", operation.scope.name()),
        "parameters": path_parameters(operation.path).chain(of_query).collect::<Vec<_>>(),
        "responses": answers,
    });
    if let Some(body) = operation.body {
        let schema = body(generator);
        described["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema}}});
    }
    described
}

fn answered(answer: &Answer, generator: &mut SchemaGenerator) -> Value {
    match answer.schema {
        None => json!({"description": answer.description}),
        Some(schema) => {
            let schema = schema(generator);
            json!({"description": answer.description, "content": {answer.media_type: {"schema": schema}}})
        }
    }
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name, "in": parameter.place, "description": parameter.description,
        "schema": {"type": parameter.kind},
    })
}

/// Describes the variables of a path.
fn path_parameters(path: &str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let described = match name {
            "id" => Described { text: "The id of the book.", kind: "string" },
            "number" => Described { text: "The number of the chapter, from 1.", kind: "integer" },
            "version" => Described { text: "The name of the version, like `1.0`.", kind: "string" },
            _ => Described { text: "The format, as `GET /v1/books/{id}/files` names it.", kind: "string" },
        };
        json!({
            "name": name, "in": "path", "required": true, "description": described.text,
            "schema": {"type": described.kind},
        })
    })
}

/// What a variable of a path is.
struct Described {
    text: &'static str,
    kind: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");

    #[test]
    fn the_published_document_is_the_one_of_the_code() {
        let current = document();
        if std::env::var_os("BINDERY_BLESS").is_some() {
            std::fs::write(PUBLISHED, serde_json::to_string_pretty(&current).unwrap() + "\n").unwrap();
        }
        let published = std::fs::read(PUBLISHED).unwrap();
        assert!(
            serde_json::from_slice::<Value>(&published).unwrap() == current,
            "docs/openapi.json is stale; renew it with `BINDERY_BLESS=1 cargo test -p bindery-api published_document`"
        );
    }

    #[test]
    fn every_reference_of_the_document_leads_to_something() {
        let document = document();
        let text = document.to_string();
        let mut followed = 0;
        for pointer in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(pointer).is_some(), "{pointer} leads nowhere");
            followed += 1;
        }
        assert!(followed > 100, "only {followed} references were found");
    }
}
