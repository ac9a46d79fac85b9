//! What changes the texts and the plan of a book.

use axum::{extract::DefaultBodyLimit, routing};
use bindery_store::KeyScope;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::{Answer, Body, Operation, changing, header, query, reading, schema};
use crate::{
    actions::{self, ReviseOrder},
    import::{self, DOCX, ImportView, MAX_DOCUMENT},
    plan, versions,
    versions::{DiffView, EditedOrder, RestoreOrder, VersionView, VersionWithText},
    view::PlanView,
};

/// Returns what changes texts and plans, and what lists the versions of texts.
pub(super) fn of_versions() -> Vec<Operation> {
    vec![
        Operation {
            body: Some(Body::json(schema::<ReviseOrder>)),
            ..changing(
                "/v1/books/{id}/revise",
                "reviseChapters",
                "Has a model change what a note says in chapters of a finished book, and nothing else. The book is bound again.",
                KeyScope::Write,
                routing::post(actions::revise),
            )
        },
        reading(
            "/v1/books/{id}/chapters/{number}/versions",
            "listVersions",
            "Lists the last texts of a chapter, the present one first.",
            Answer::json::<Vec<VersionView>>(200, "The versions."),
            routing::get(versions::list),
        ),
        reading(
            "/v1/books/{id}/chapters/{number}/versions/{version}",
            "getVersion",
            "Returns a version of a chapter with its text.",
            Answer::json::<VersionWithText>(200, "The version."),
            routing::get(versions::get),
        ),
        Operation {
            parameters: vec![query("from", "string", "The older version [default: the one before].")],
            ..reading(
                "/v1/books/{id}/chapters/{number}/versions/{version}/diff",
                "diffVersions",
                "Returns what differs between two versions of a chapter.",
                Answer::json::<DiffView>(200, "The difference."),
                routing::get(versions::diff),
            )
        },
        Operation {
            body: Some(Body::json(schema::<RestoreOrder>)),
            ..changing(
                "/v1/books/{id}/chapters/{number}/restore",
                "restoreVersion",
                "Takes a former text of a chapter of a finished book back, and binds the book again.",
                KeyScope::Write,
                routing::post(versions::restore),
            )
        },
    ]
}

/// Returns what takes over texts that a person has edited.
pub(super) fn of_edits() -> Vec<Operation> {
    vec![
        Operation {
            body: Some(Body { media_type: DOCX, schema: document_schema }),
            answers: vec![Answer::json::<ImportView>(200, "What the document has changed.")],
            ..changing(
                "/v1/books/{id}/import",
                "importDocument",
                "Takes over what an editor has changed in the DOCX of a finished book, and binds the book again.",
                KeyScope::Write,
                routing::post(import::whole).layer(DefaultBodyLimit::max(MAX_DOCUMENT)),
            )
        },
        Operation {
            method: "put",
            parameters: vec![header("If-Match", "The `ETag` of the chapter that your text was made from.")],
            body: Some(Body::json(schema::<EditedOrder>)),
            ..changing(
                "/v1/books/{id}/chapters/{number}/text",
                "replaceText",
                "Takes an edited text into a chapter of a finished book, and binds the book again. No later repair touches it.",
                KeyScope::Write,
                routing::put(versions::replace),
            )
        },
    ]
}

/// Returns the schema of a document: its bytes.
fn document_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "contentMediaType": DOCX})
}

/// Returns the schema of a plan. What is wrong within it is said when it is read.
fn plan_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["book", "chapters"],
        "properties": {
            "book": {"type": "object", "description": "What all chapters are written from."},
            "chapters": {"type": "array", "minItems": 1, "items": {"type": "object"}, "description": "What each chapter owns, in order."},
        },
    })
}

/// Returns what reads and replaces a plan.
pub(super) fn of_plan() -> Vec<Operation> {
    let replace = Operation {
        method: "put",
        parameters: vec![header("If-Match", "The `ETag` of the plan that yours was made from.")],
        body: Some(Body::json(plan_schema)),
        ..changing(
            "/v1/books/{id}/plan",
            "replacePlan",
            "Takes an edited plan into a book that waits for a review. The body is the `plan` that `getPlan` returns, edited.",
            KeyScope::Approve,
            routing::put(plan::replace),
        )
    };
    let get = reading(
        "/v1/books/{id}/plan",
        "getPlan",
        "Returns the plan of a book, which all of its chapters are written from. Its `ETag` names this edition of it.",
        Answer::json::<PlanView>(200, "The plan.").with(&[("ETag", "The name of this edition of the plan.")]),
        routing::get(plan::get),
    );
    vec![get, replace]
}
