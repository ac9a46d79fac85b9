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
            let described = json!({"description": description, "content": content});
            let described = with_headers(described, headers_of(kind));
            (kind.status().to_string(), described)
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
                "description": "A key that `bindery keys add` has made. `bindery studio` needs none. The page sends a cookie in its place.",
            }},
        },
    })
}

fn statuses() -> impl Iterator<Item = ProblemKind> {
    ProblemKind::ALL.into_iter()
}

/// Returns the headers of a problem, with what they say.
fn headers_of(kind: ProblemKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        ProblemKind::NoKey => &[("WWW-Authenticate", "How a key is sent.")],
        ProblemKind::NotSatisfiable => &[("Content-Range", "How many bytes the file has.")],
        ProblemKind::TooManyRequests | ProblemKind::Unavailable => {
            &[("Retry-After", "The seconds after which to try again, if they are known.")]
        }
        _ => &[],
    }
}

/// Adds the headers of an answer to its description.
fn with_headers(mut described: Value, headers: &[(&str, &str)]) -> Value {
    for (name, text) in headers {
        described["headers"][name] = json!({"description": text, "schema": {"type": "string"}});
    }
    described
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
        "description": match operation.scope {
            Some(scope) => format!("The key needs the scope `{}`.", scope.name()),
            None => "It needs no scope.".to_owned(),
        },
        "parameters": path_parameters(operation.path).chain(of_query).collect::<Vec<_>>(),
        "responses": answers,
    });
    if operation.is_open() {
        described["security"] = json!([]);
    }
    if let Some(body) = &operation.body {
        let schema = (body.schema)(generator);
        described["requestBody"] = json!({"required": true, "content": {body.media_type: {"schema": schema}}});
    }
    described
}

fn answered(answer: &Answer, generator: &mut SchemaGenerator) -> Value {
    let mut answered = with_headers(json!({"description": answer.description}), answer.headers);
    if let Some(schema) = answer.schema {
        answered["content"] = json!({answer.media_type: {"schema": schema(generator)}});
    }
    answered
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name, "in": parameter.place, "description": parameter.description, "schema": parameter.schema,
    })
}

/// Describes the variables of a path.
fn path_parameters(path: &str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let of_webhook = path.starts_with("/v1/webhooks/");
    names.map(move |name| {
        let text = json!({"type": "string", "minLength": 1});
        let (description, schema) = match name {
            "id" if of_webhook => ("The id of the webhook.", text),
            "id" => ("The id of the book.", text),
            "sha256" => ("The SHA-256 of the body.", json!({"type": "string", "pattern": "^[0-9a-f]{64}$"})),
            "number" => ("The number of the chapter.", json!({"type": "integer", "minimum": 1, "maximum": u32::MAX})),
            "version" => ("The name of the version, like `1.0`.", json!({"type": "string", "pattern": r"^\d+\.\d+$"})),
            _ => ("The format, as `GET /v1/books/{id}/files` names it.", text),
        };
        json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema})
    })
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
    fn the_document_says_what_ids_mean_and_which_headers_matter() {
        let document = document();
        let of = |path: &str, pointer: &str| document["paths"][path].pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(of("/v1/webhooks/{id}", "/get/parameters/0/description"), "The id of the webhook.");
        assert_eq!(of("/v1/books/{id}", "/get/parameters/0/description"), "The id of the book.");
        for (path, header) in [
            ("/v1/books", "/post/responses/202/headers/Location"),
            ("/v1/webhooks", "/post/responses/201/headers/Location"),
            ("/v1/books/{id}/plan", "/get/responses/200/headers/ETag"),
            ("/v1/books/{id}/chapters/{number}", "/get/responses/200/headers/ETag"),
            ("/v1/books/{id}/files/{format}", "/get/responses/206/headers/Content-Range"),
        ] {
            assert!(of(path, header).is_object(), "{path}{header}");
        }
        assert_eq!(of("/v1/session", "/post/security"), json!([]), "who signs in has no session yet");
        assert_eq!(of("/v1/session", "/get/security"), Value::Null);
        for status in ["429", "503"] {
            assert!(document["components"]["responses"][status]["headers"]["Retry-After"].is_object());
        }
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
