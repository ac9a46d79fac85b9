//! The spans of a book's trace. They name what was done and for how long, and never hold a word that was read or
//! written: no title, no prompt, no text, no reason.

use opentelemetry::trace::TraceContextExt as _;
use tracing::{Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::{
    super::store::{answered, kind},
    place, under,
};
use crate::{
    book::id::BookId,
    consume::Outcome,
    ledger::{Accepted, Answer, Parking},
    message::TaskMessage,
    model::CallFailure,
    traceparent::TraceParent,
};

/// The target of all of them: they are sent to a collector and stay out of the log, which has spans of its own.
pub const TARGET: &str = "bindery_trace";

const ERROR: &str = "error";

/// Begins the span of taking a request in: the one that all else of the book stands under. Without a parent it begins
/// the trace.
pub fn accept(book: &BookId, parent: Option<TraceParent>) -> Span {
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
pub fn accepted(span: &Span, answer: Option<&Accepted>) {
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
pub(crate) fn task(message: &TaskMessage, parent: Option<TraceParent>, redelivered: bool) -> Span {
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
pub(crate) fn claimed(span: &Span, answer: Option<&Answer>) {
    span.record("bindery.answer", answer.map_or("returned", answered));
}

/// Notes on a task's span what became of its work; none where that crashed.
pub(crate) fn worked(span: &Span, outcome: Option<&Outcome>) {
    let (name, failed) = match outcome {
        Some(Outcome::Done(_)) => ("done", false),
        Some(Outcome::Park { reason: Parking::Drain, .. }) => ("drained", false),
        Some(Outcome::Park { .. }) => ("parked", false),
        Some(Outcome::Reopen(_)) => ("reopened", false),
        Some(Outcome::Stopped) => ("stopped", false),
        Some(Outcome::GiveUp(_)) => ("given_up", true),
        None => ("crashed", true),
    };
    span.record("bindery.outcome", name);
    if failed {
        span.record("otel.status_code", ERROR);
    }
}

/// Begins the span of a try at a part like a `brief` or a `section`, or of its rewrite, under its task's: with the waits
/// for the provider, all its calls and the judging.
pub(crate) fn attempt(task: &Span, (kind, part): (&str, u16), number: u32, rewrite: bool) -> Span {
    info_span!(
        target: TARGET,
        parent: task,
        "attempt",
        otel.name = kind,
        otel.status_code = Empty,
        bindery.part = part,
        bindery.attempt = number,
        bindery.rewrite = rewrite,
        bindery.passed = Empty,
        error.r#type = Empty,
    )
}

tokio::task_local! {
    /// The span of the try that calls are made for.
    static TRY: Span;
}

/// Runs a try's calls under its span. It is handed on beside the work and not entered: a stream wakes its reader many
/// times.
pub(crate) async fn calling<F: Future>(span: &Span, calls: F) -> F::Output {
    TRY.scope(span.clone(), calls).await
}

/// Returns the span that a call's stands under; none outside of a try.
pub(super) fn caller() -> Option<tracing::Id> {
    TRY.try_with(Span::id).ok().flatten()
}

/// Notes whether a try's text passed its gates.
pub(crate) fn judged(span: &Span, passed: bool) {
    span.record("bindery.passed", passed);
}

/// Notes why a try brought no text.
pub(crate) fn failed(span: &Span, failure: &CallFailure) {
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
pub fn place_of(span: &Span) -> Option<TraceParent> {
    place(span.context().span().span_context())
}

fn follow(span: &Span, parent: Option<TraceParent>) {
    if let Some(parent) = parent {
        // It fails where nothing is traced, and on spans that have begun, which none of these has.
        let _ = span.set_parent(under(parent));
    }
}
