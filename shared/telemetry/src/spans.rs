//! The spans of a book's trace. They name what was done and for how long. They never hold a word that was read or
//! written: no title, no prompt, no text, no reason.

use bindery_domain::{BookId, TraceParent};
use bindery_ledger::Accepted;
use bindery_model::CallFailure;
use bindery_protocol::task::TaskMessage;
use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState},
};
use tracing::{Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::labels::task_kind;

/// The target of these spans. They are sent to a collector and stay out of the log, which has spans of its own.
pub const TARGET: &str = "bindery_trace";

const ERROR: &str = "error";

/// Begins the span of accepting a request, under which everything else of the book stands. Without a parent it begins
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
    set_parent(&span, parent);
    span
}

/// Notes on the span of a request what the ledger made of it; `None` where the store failed.
pub(super) fn accepted(span: &Span, answer: Option<&Accepted>) {
    let answer = match answer {
        Some(Accepted::New(_)) => "new",
        Some(Accepted::Exists(_)) => "repeated",
        Some(Accepted::Conflict) => "conflict",
        Some(Accepted::Full) => "full",
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
        otel.name = task_kind(message.task),
        otel.kind = "consumer",
        otel.status_code = Empty,
        bindery.book.id = %message.book,
        bindery.chapter = message.task.chapter(),
        bindery.edition = message.edition,
        bindery.redelivered = redelivered,
        bindery.answer = Empty,
        bindery.outcome = Empty,
    );
    set_parent(&span, parent);
    span
}

/// Notes on a task's span what the ledger answered to its claim.
pub(super) fn claimed(span: &Span, answer: &str) {
    span.record("bindery.answer", answer);
}

/// How a task's work ended.
#[derive(Clone, Copy)]
pub(super) enum TaskOutcome {
    Done,
    Drained,
    Parked,
    Reopened,
    Stopped,
    GivenUp,
    Crashed,
}

impl TaskOutcome {
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

/// Notes on a task's span how its work ended.
pub(super) fn worked(span: &Span, outcome: TaskOutcome) {
    span.record("bindery.outcome", outcome.name());
    if matches!(outcome, TaskOutcome::GivenUp | TaskOutcome::Crashed) {
        span.record("otel.status_code", ERROR);
    }
}

/// A try at a part, or the rewrite of its draft.
pub(super) struct Attempt<'a> {
    /// The kind of the part, like `brief` or `section`.
    pub(super) kind: &'a str,
    pub(super) part: u16,
    pub(super) number: u32,
    pub(super) rewrite: bool,
}

/// Begins the span of a try under the span of its task. It covers the waits for the provider, the calls and the
/// judging.
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
    set_parent(&span, Some(task));
    span
}

/// Notes whether the text of a try passed its gates.
pub(super) fn judged(span: &Span, passed: bool) {
    span.record("bindery.passed", passed);
}

/// Notes why a try brought no text.
pub(super) fn failed(span: &Span, failure: &CallFailure) {
    span.record("error.type", failure.class());
    span.record("otel.status_code", ERROR);
}

/// Begins the span of a request to the API.
pub(super) fn request(method: &str, route: &str, book: Option<&BookId>, parent: Option<TraceParent>) -> Span {
    let span = info_span!(
        target: TARGET,
        parent: None,
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        bindery.book.id = book.map(tracing::field::display),
        error.r#type = Empty,
    );
    set_parent(&span, parent);
    span
}

/// Notes on the span of a request how it was answered. What the caller did wrong is no error of the API.
pub(super) fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("error.type", status);
        span.record("otel.status_code", ERROR);
    }
}

/// Begins the span of publishing an event.
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
    set_parent(&span, Some(parent));
    span
}

/// Notes that a published message was not confirmed.
pub(super) fn unconfirmed(span: &Span) {
    span.record("otel.status_code", ERROR);
}

/// Puts a span that has not begun under its parent.
pub(super) fn set_parent(span: &Span, parent: Option<TraceParent>) {
    if let Some(parent) = parent {
        // It fails where nothing is traced, and on spans that have begun.
        let _ = span.set_parent(remote_context(parent));
    }
}

/// Returns what names a span to those below it; `None` where nothing is traced.
pub(super) fn trace_parent(span: &Span) -> Option<TraceParent> {
    let context = span.context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| TraceParent {
        trace: u128::from_be_bytes(span.trace_id().to_bytes()),
        span: u64::from_be_bytes(span.span_id().to_bytes()),
        sampled: span.is_sampled(),
    })
}

/// Returns the context of work below a span of another process.
pub(super) fn remote_context(parent: TraceParent) -> Context {
    let flags = if parent.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let (trace, span) = (TraceId::from(parent.trace), SpanId::from(parent.span));
    Context::new().with_remote_span_context(SpanContext::new(trace, span, flags, true, TraceState::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_traces_nothing_has_no_trace_parent() {
        assert_eq!(trace_parent(&accept(&BookId::named("b"), None)), None);
    }
}
