//! Reads why a model stopped, in the words of any server.

use crate::{CallErrorKind, Finish, classify, stream::PartialCompletion};

/// The words for a text that the model has ended.
const ENDED: [&str; 22] = [
    "stop",
    "stopped",
    "stop_sequence",
    "stop_token",
    "end",
    "ended",
    "end_turn",
    "end_of_turn",
    "end_of_text",
    "endoftext",
    "end_of_sequence",
    "eos",
    "eos_token",
    "complete",
    "completed",
    "finish",
    "finished",
    "finish_reason_stop",
    "done",
    "normal",
    "natural",
    "success",
];

/// Parts of the words for a call that was broken off, or that wants something other than a text.
const BROKEN: [&str; 12] = [
    "tool",
    "function",
    "abort",
    "cancel",
    "error",
    "fail",
    "timeout",
    "interrupt",
    "preempt",
    "load",
    "pause",
    "disconnect",
];

/// Notes the reason that a server gives.
pub(crate) fn note(reason: &str, into: &mut PartialCompletion) {
    let word = reason.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    if ENDED.contains(&word.as_str()) {
        into.stopped(Ok(Finish::Stop));
    } else if is_filter(&word) {
        into.stopped(Err(refusal(&format!("`{}`", classify::detail(reason)))));
    } else if is_limit(&word) {
        into.stopped(Ok(Finish::Length));
    } else if matches!(word.as_str(), "error" | "insufficient_system_resource") {
        into.stopped(Err(CallErrorKind::Overloaded { status: 503, retry_after: None, detail: String::new() }));
    } else {
        let error = format!("the model stopped for the reason `{}`", classify::detail(reason));
        into.stopped(Err(CallErrorKind::Truncated(error)));
        into.stopped_unknown = !BROKEN.iter().any(|part| word.contains(part));
    }
}

/// Returns the error of an answer that the model or a filter refuses.
pub(crate) fn refusal(reason: &str) -> CallErrorKind {
    CallErrorKind::Refused(format!("the stream ended in {reason}"))
}

fn is_filter(word: &str) -> bool {
    classify::is_filter(word) || word.contains("blocked")
}

fn is_limit(word: &str) -> bool {
    let says = |part: &str| word.contains(part);
    says("length") || says("context") || says("token") && (says("max") || says("limit")) || word == "limit"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(reason: &str) -> PartialCompletion {
        let mut partial = PartialCompletion::default();
        note(reason, &mut partial);
        partial
    }

    #[test]
    fn the_words_of_every_server_are_known() {
        for reason in ["stop", "STOP", "completed", "finished", "end", "done", "end_of_turn", "Normal", "end-turn"] {
            assert_eq!(noted(reason).finish, Some(Ok(Finish::Stop)), "{reason}");
        }
        for reason in ["length", "MAX_TOKENS", "model_length", "model_context_window_exceeded", "max_output_tokens"] {
            assert_eq!(noted(reason).finish, Some(Ok(Finish::Length)), "{reason}");
        }
        for reason in
            ["content_filter", "content_filter: PROHIBITED_CONTENT", "RECITATION", "SPII", "blocked", "refusal"]
        {
            assert!(matches!(noted(reason).finish, Some(Err(CallErrorKind::Refused(_)))), "{reason}");
        }
        assert!(matches!(noted("error").finish, Some(Err(CallErrorKind::Overloaded { .. }))));
    }

    #[test]
    fn a_reason_that_nobody_knows_leaves_the_verdict_to_the_text_and_a_broken_call_does_not() {
        for reason in ["eom", "OTHER", "model_finished_its_turn"] {
            assert!(noted(reason).stopped_unknown, "{reason}");
        }
        for reason in
            ["tool_calls", "tool_use", "function_call", "abort", "cancelled", "unload", "timeout", "pause_turn"]
        {
            let partial = noted(reason);
            assert!(matches!(partial.finish, Some(Err(CallErrorKind::Truncated(_)))), "{reason}");
            assert!(!partial.stopped_unknown, "{reason}");
        }
    }
}
