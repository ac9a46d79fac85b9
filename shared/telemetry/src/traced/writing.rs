//! Spans of tries at parts, from asking for a text to judging it, with the waits for the provider.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bindery_model::{Call, CallFailure, ModelCaller};
use bindery_runtime::{
    attempt::{Before, Draft, Unfit, WrapWriting, Writing},
    subject::subject,
};
use tracing::Span;

use crate::spans;

/// Puts each try at a part under the span of its task.
pub(super) struct TraceWriting;

impl WrapWriting for TraceWriting {
    fn wrap<'a>(&self, part: u16, writing: &'a dyn Writing) -> Box<dyn Writing + 'a> {
        Box::new(TracedWriting { part, writing, attempt: Mutex::new(Span::none()) })
    }
}

struct TracedWriting<'a> {
    part: u16,
    writing: &'a dyn Writing,
    /// The span of the try under way; a disabled one between two tries.
    attempt: Mutex<Span>,
}

impl TracedWriting<'_> {
    fn attempt(&self) -> MutexGuard<'_, Span> {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the span of the try that ends now.
    fn end(&self) -> Span {
        std::mem::replace(&mut *self.attempt(), Span::none())
    }
}

impl Writing for TracedWriting<'_> {
    fn name(&self) -> String {
        self.writing.name()
    }

    fn kind(&self) -> &'static str {
        self.writing.kind()
    }

    fn expected_output(&self) -> u64 {
        self.writing.expected_output()
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let call = self.writing.call(caller, attempt, before);
        let Some(task) = subject().and_then(|subject| subject.trace_parent) else { return call };
        let begun =
            spans::Attempt { kind: self.kind(), part: self.part, number: attempt, rewrite: before.draft.is_some() };
        let span = spans::attempt(task, &begun);
        let trace_parent = spans::trace_parent(&span);
        *self.attempt() = span;
        Call { trace_parent, ..call }
    }

    fn failed(&self, failure: &CallFailure) {
        spans::failed(&self.end(), failure);
        self.writing.failed(failure);
    }

    fn judge(&self, text: &str, draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let judged = self.writing.judge(text, draft);
        spans::judged(&self.end(), judged.is_ok());
        judged
    }

    fn fallback(&self) -> Option<Draft> {
        self.writing.fallback()
    }
}
