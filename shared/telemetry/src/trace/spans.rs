//! The spans of a book's trace. They name what was done and for how long, and never hold a word that was read or
//! written: no title, no prompt, no text, no reason.

use bindery_domain::{BookId, TraceParent};
use bindery_ledger::Accepted;
use bindery_model::CallFailure;
use bindery_protocol::task::TaskMessage;
use opentelemetry::trace::TraceContextExt as _;
use tracing::{Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::{super::store::kind, place, under};

/// The target of all of them: they are sent to a collector and stay out of the log, which has spans of its own.
pub const TARGET: &str = "bindery_trace";

const ERROR: &str = "error";

/// Begins the span of taking a request in: the one that all else of the book stands under. Without a parent it begins
/// the trace.
pub(super) fn accept(book: &BookId, parent: Option<TraceParent>) -> Span {
    let span = info_span!(
        target: TARGET,
        parent: None,
        "accept",
        otel.kind = "consumer",
        otel.status_code = Empty,
        bindery.book.id = %book,
        bindery.answer = Empty,
    );
    follow(&span, parent);
    span
}

/// Notes what the ledger made of a request.
pub(super) fn accepted(span: &Span, answer: Option<&Accepted>) {
    let answer = match answer {
        Some(Accepted::New(_)) => "new",
        Some(Accepted::Exists(_)) => "repeated",
        Some(Accepted::Conflict) => "conflict",
        None => {
            span.record("otel.status_code", ERROR);
            "failed"
        }
    };
    span.record("bindery.answer", answer);
}

/// Begins the span of a task's delivery: `plan`, `write` or `bind`.
pub(super) fn task(message: &TaskMessage, parent: Option<TraceParent>, redelivered: bool) -> Span {
    let span = info_span!(
        target: TARGET,
        parent: None,
        "task",
        otel.name = kind(message.task),
        otel.kind = "consumer",
        otel.status_code = Empty,
        bindery.book.id = %message.book,
        bindery.chapter = message.task.chapter(),
        bindery.edition = message.edition,
        bindery.redelivered = redelivered,
        bindery.answer = Empty,
        bindery.outcome = Empty,
    );
    follow(&span, parent);
    span
}

/// Notes on a task's span what the ledger answered to its claim.
pub(super) fn claimed(span: &Span, answer: &str) {
    span.record("bindery.answer", answer);
}

/// What became of a task's work.
#[derive(Clone, Copy)]
pub(super) enum TaskEnd {
    Done,
    Drained,
    Parked,
    Reopened,
    Stopped,
    GivenUp,
    Crashed,
}

impl TaskEnd {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Drained => "drained",
            Self::Parked => "parked",
            Self::Reopened => "reopened",
            Self::Stopped => "stopped",
            Self::GivenUp => "given_up",
            Self::Crashed => "crashed",
        }
    }
}

/// Notes on a task's span what became of its work.
pub(super) fn worked(span: &Span, end: TaskEnd) {
    span.record("bindery.outcome", end.name());
    if matches!(end, TaskEnd::GivenUp | TaskEnd::Crashed) {
        span.record("otel.status_code", ERROR);
    }
}

/// A try at a part like a `brief` or a `section`, or its rewrite.
pub(super) struct Attempt<'a> {
    pub(super) kind: &'a str,
    pub(super) part: u16,
    pub(super) number: u32,
    pub(super) rewrite: bool,
}

/// Begins the span of a try under its task's: with the waits for the provider, all its calls and the judging.
pub(super) fn attempt(task: TraceParent, attempt: &Attempt<'_>) -> Span {
    let span = info_span!(
        target: TARGET,
        parent: None,
        "attempt",
        otel.name = attempt.kind,
        otel.status_code = Empty,
        bindery.part = attempt.part,
        bindery.attempt = attempt.number,
        bindery.rewrite = attempt.rewrite,
        bindery.passed = Empty,
        error.r#type = Empty,
    );
    follow(&span, Some(task));
    span
}

/// Notes whether a try's text passed its gates.
pub(super) fn judged(span: &Span, passed: bool) {
    span.record("bindery.passed", passed);
}

/// Notes why a try brought no text.
pub(super) fn failed(span: &Span, failure: &CallFailure) {
    span.record("error.type", failure.class());
    span.record("otel.status_code", ERROR);
}

/// Begins the span of telling listeners.
pub(super) fn publish(event: &str, parent: TraceParent) -> Span {
    let span = info_span!(
        target: TARGET,
        parent: None,
        "publish",
        otel.name = format!("publish {event}"),
        otel.kind = "producer",
        otel.status_code = Empty,
        messaging.operation.r#type = "send",
        messaging.operation.name = "publish",
        bindery.event = event,
    );
    follow(&span, Some(parent));
    span
}

/// Notes that something was not confirmed.
pub(super) fn unconfirmed(span: &Span) {
    span.record("otel.status_code", ERROR);
}

/// Returns a span as what stands under it names it; none where nothing is traced.
pub(super) fn place_of(span: &Span) -> Option<TraceParent> {
    place(span.context().span().span_context())
}

pub(super) fn follow(span: &Span, parent: Option<TraceParent>) {
    if let Some(parent) = parent {
        // It fails where nothing is traced, and on spans that have begun, which none of these has.
        let _ = span.set_parent(under(parent));
    }
}
