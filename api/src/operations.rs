//! Everything that can be asked: one table for the routes and for the OpenAPI document.

mod changes;
mod events;
mod fleet;
mod session;
mod texts;
mod uploads;
mod webhooks;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{self, MethodRouter},
};
use bindery_commands::{Action, BookState, MAX_PAGE};
use bindery_protocol::submission::Submission;
use bindery_store::KeyScope;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::{
    actions::{self, RewriteOrder},
    book, books,
    bulk::{self, BulkAnswer, BulkOrder},
    feed,
    guard::{Guard, admit},
    openapi, orders,
    service::Service,
    view::{AcceptedView, BookList, BookSummary, BookView, DryRun, WhyView},
};

/// Something that can be asked.
pub(crate) struct Operation {
    /// The method, in lower case.
    pub(crate) method: &'static str,
    /// The path, with its variables in braces.
    pub(crate) path: &'static str,
    /// The name by which programs made from the document call it.
    pub(crate) name: &'static str,
    /// What it does, in a sentence.
    pub(crate) summary: &'static str,
    /// What the key of its caller must allow; `None` where it looks at the caller itself.
    pub(crate) scope: Option<KeyScope>,
    /// The parameters in its query and in its headers.
    pub(crate) parameters: Vec<Parameter>,
    /// Its body.
    pub(crate) body: Option<Body>,
    /// What it answers where it succeeds.
    pub(crate) answers: Vec<Answer>,
    handler: MethodRouter<Arc<Service>>,
}

/// The body of an operation.
pub(crate) struct Body {
    pub(crate) media_type: &'static str,
    /// The schema of the content.
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Body {
    fn json(schema: fn(&mut SchemaGenerator) -> Schema) -> Self {
        Self { media_type: "application/json", schema }
    }
}

/// A parameter of an operation, outside of its path.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// `query` or `header`.
    pub(crate) place: &'static str,
    pub(crate) description: &'static str,
    /// Its JSON schema.
    pub(crate) schema: Value,
}

/// An answer of an operation that succeeds.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    pub(crate) media_type: &'static str,
    /// The schema of the content; `None` where there is no content.
    pub(crate) schema: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// The headers that matter, with what they say.
    pub(crate) headers: &'static [(&'static str, &'static str)],
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl Answer {
    fn json<T: JsonSchema>(status: u16, description: &'static str) -> Self {
        Self { status, description, media_type: "application/json", schema: Some(schema::<T>), headers: &[] }
    }

    /// The bytes of a file, whose media type is that of its format.
    fn bytes(status: u16, description: &'static str) -> Self {
        Self { status, description, media_type: "*/*", schema: Some(|_| Schema::from(true)), headers: &[] }
    }

    fn empty(status: u16, description: &'static str) -> Self {
        Self { status, description, media_type: "", schema: None, headers: &[] }
    }

    fn with(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }
}

impl Operation {
    /// Returns whether it asks for no key at all, as signing in and out does. Who calls is said to a key or a session alone.
    pub(crate) fn is_open(&self) -> bool {
        self.scope.is_none() && self.method != "get"
    }
}

fn query(name: &'static str, kind: &'static str, description: &'static str) -> Parameter {
    Parameter { name, place: "query", description, schema: json!({"type": kind}) }
}

fn header(name: &'static str, description: &'static str) -> Parameter {
    Parameter { name, place: "header", description, schema: json!({"type": "string"}) }
}

/// An operation that only reads.
fn reading(
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    answer: Answer,
    handler: MethodRouter<Arc<Service>>,
) -> Operation {
    let (parameters, answers) = (Vec::new(), vec![answer]);
    Operation {
        method: "get",
        path,
        name,
        summary,
        scope: Some(KeyScope::Read),
        parameters,
        body: None,
        answers,
        handler,
    }
}

/// An operation that changes a book and describes it as it is then.
fn changing(
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    scope: KeyScope,
    handler: MethodRouter<Arc<Service>>,
) -> Operation {
    let answers = vec![Answer::json::<BookView>(200, "The book as it is now.")];
    let scope = Some(scope);
    Operation { method: "post", path, name, summary, scope, parameters: Vec::new(), body: None, answers, handler }
}

/// Returns everything that can be asked.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = of_books();
    all.extend(events::of_events());
    all.extend(texts::of_texts());
    all.extend(of_changes());
    all.extend(changes::of_plan());
    all.extend(changes::of_versions());
    all.extend(changes::of_edits());
    all.extend(webhooks::of_webhooks());
    all.extend(fleet::of_fleet());
    all.extend(session::of_session());
    all
}

fn create_book() -> Operation {
    let ordering = vec![
        query("dry_run", "boolean", "Whether the outline is only read and the book only estimated."),
        header(
            "Idempotency-Key",
            "Your name for the book, of 1 to 200 characters. The same name with the same content is the same book.",
        ),
        header("traceparent", "The place in a trace that the book becomes part of, by W3C Trace Context."),
    ];
    Operation {
        method: "post",
        path: "/v1/books",
        name: "createBook",
        summary: "Orders a book from an outline. It is accepted when a dispatcher has taken it in, usually within a second.",
        scope: Some(KeyScope::Write),
        parameters: ordering,
        body: Some(Body::json(order_schema)),
        answers: vec![
            Answer::json::<AcceptedView>(202, "The order was received.").with(&[("Location", "The path of the book.")]),
            Answer::json::<DryRun>(200, "How the outline is read and what the book takes, with `dry_run=true`."),
        ],
        handler: routing::post(orders::create),
    }
}

/// Returns the pattern of a list of states.
fn states() -> String {
    let all = BookState::ALL.map(|state| json!(state).as_str().unwrap_or_default().to_owned());
    let one = all.join("|");
    format!("^({one})(,({one}))*$")
}

/// Returns the parameters that choose among books.
fn choosing() -> Vec<Parameter> {
    vec![
        Parameter {
            schema: json!({"type": "string", "pattern": states()}),
            ..query("state", "string", "The states of the books, separated by commas, like `writing,failed`.")
        },
        query("failed", "boolean", "Whether the books have failed."),
        query("held", "boolean", "Whether the books are held."),
        query("open", "boolean", "Whether the books are not settled."),
        query("tenant", "string", "The tenant of the books, for keys that see those of all tenants."),
        query("text", "string", "A part of the title or of the request's name, or the beginning of the id."),
        query("tag", "string", "A tag of the books."),
        query(
            "since",
            "string",
            "The time from which the books were accepted, by RFC 3339, the day, or the age that they have at most, like `1d`.",
        ),
        query(
            "until",
            "string",
            "The time before which they were accepted, the day, or the age that they have at least.",
        ),
        Parameter {
            schema: json!({"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50}),
            ..query("limit", "integer", "The most books of a page.")
        },
        query("cursor", "string", "The `next` of the page before."),
    ]
}

fn list_books() -> Operation {
    Operation {
        parameters: choosing(),
        ..reading(
            "/v1/books",
            "listBooks",
            "Lists your books, newest first.",
            Answer::json::<BookList>(200, "A page of books."),
            routing::get(books::list),
        )
    }
}

fn act_on_books() -> Operation {
    Operation {
        method: "post",
        path: "/v1/books/actions",
        name: "actOnBooks",
        summary: "Does something to all of your books that the query chooses, or counts them first.",
        // What the action itself needs is asked for when the body is read.
        scope: Some(KeyScope::Read),
        parameters: choosing(),
        body: Some(Body::json(schema::<BulkOrder>)),
        answers: vec![Answer::json::<BulkAnswer>(200, "The count, and what was done to each book of the page.")],
        handler: routing::post(bulk::act),
    }
}

fn of_books() -> Vec<Operation> {
    vec![
        create_book(),
        uploads::put_upload(),
        list_books(),
        act_on_books(),
        reading(
            "/v1/changes",
            "changes",
            "Streams your books as they change from now on, as Server-Sent Events.",
            Answer {
                status: 200,
                description: "A stream. The data of each message is a `BookSummary`. A message called `deleted` has the id of a book \
                              that is gone.",
                media_type: "text/event-stream",
                schema: Some(schema::<BookSummary>),
                headers: &[],
            },
            routing::get(feed::of_all),
        ),
        reading(
            "/v1/books/{id}",
            "getBook",
            "Returns all that is known of a book but its texts.",
            Answer::json::<BookView>(200, "The book."),
            routing::get(book::get),
        ),
        Operation {
            method: "delete",
            scope: Some(KeyScope::Write),
            ..reading(
                "/v1/books/{id}",
                "deleteBook",
                "Deletes a book with its texts and files. An open one is cancelled first.",
                Answer::empty(204, "The book is gone."),
                routing::delete(book::delete),
            )
        },
        reading(
            "/v1/books/{id}/why",
            "whyBook",
            "Says what a book waits for, and what will let it continue.",
            Answer::json::<WhyView>(200, "The reasons."),
            routing::get(book::waits),
        ),
    ]
}

fn of_changes() -> Vec<Operation> {
    let rewrite = Action::Rewrite { chapters: Vec::new(), note: None };
    vec![
        changing(
            "/v1/books/{id}/plan/approve",
            "approvePlan",
            "Approves the plan of a book that waits for a review, so that it is written.",
            Action::Approve.scope(),
            routing::post(actions::approve),
        ),
        changing(
            "/v1/books/{id}/hold",
            "holdBook",
            "Holds a book. Calls under way are finished.",
            Action::Hold.scope(),
            routing::post(actions::hold),
        ),
        changing(
            "/v1/books/{id}/lift",
            "liftBook",
            "Lifts the hold of an operator, so that the book continues.",
            Action::Lift.scope(),
            routing::post(actions::lift),
        ),
        changing(
            "/v1/books/{id}/cancel",
            "cancelBook",
            "Calls a book off. What is written of it is kept.",
            Action::Cancel.scope(),
            routing::post(actions::cancel),
        ),
        changing(
            "/v1/books/{id}/redrive",
            "redriveBook",
            "Tries the failed chapters of a book again, each with its full number of tries.",
            Action::Redrive.scope(),
            routing::post(actions::redrive),
        ),
        Operation {
            body: Some(Body::json(schema::<RewriteOrder>)),
            ..changing(
                "/v1/books/{id}/rewrite",
                "rewriteChapters",
                "Has chapters of a settled book written again, and the book bound again.",
                rewrite.scope(),
                routing::post(actions::rewrite),
            )
        },
    ]
}

/// Returns the schema of an order: a submission whose name may come in a header.
fn order_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = generator.subschema_for::<Submission>();
    if let Some(reference) = schema.get("$ref").and_then(|reference| reference.as_str()) {
        let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some(definition) = generator.definitions_mut().get_mut(&name)
            && let Some(required) = definition.get_mut("required").and_then(|required| required.as_array_mut())
        {
            required.retain(|field| field != "request_id");
        }
    }
    schema.remove("description");
    let outline =
        "# Knots\n\n## The bowline\n\n- How to tie it\n- Where it holds\n\n## The reef knot\n\n- How to tie it\n";
    schema.insert("examples".to_owned(), json!([{"outline": {"markdown": outline}, "words": 2_000}]));
    schema
}

/// Returns the routes of all operations, each behind its guard.
pub(crate) fn routes(service: &Arc<Service>) -> Router<Arc<Service>> {
    let document = Router::new().route("/v1/openapi.json", routing::get(openapi::get));
    operations().into_iter().fold(document, |routes, operation| {
        let handler = match operation.scope {
            Some(scope) => {
                let guard = Guard { service: service.clone(), scope };
                operation.handler.layer(middleware::from_fn_with_state(guard, admit))
            }
            None => operation.handler,
        };
        routes.route(operation.path, handler)
    })
}
