//! Names that metrics and spans share.

use bindery_domain::TaskId;
use bindery_ledger::Answer;

/// Returns the kind of a task. A chapter's number is left out, since it would make one label for each chapter.
pub(super) fn task_kind(task: TaskId) -> &'static str {
    match task {
        TaskId::Plan => "plan",
        TaskId::Write(_) => "write",
        TaskId::Audit => "audit",
        TaskId::Repair { .. } => "repair",
        TaskId::Bind => "bind",
    }
}

/// Returns the name of the answer to a claim.
pub(super) fn claim_answer(answer: &Answer) -> &'static str {
    match answer {
        Answer::Go(_) => "go",
        Answer::Done { .. } => "done",
        Answer::Busy => "busy",
        Answer::Waiting => "waiting",
        Answer::NotYet => "not_yet",
        Answer::Solo(_) => "solo",
        Answer::Held => "held",
        Answer::GivenUp { .. } => "given_up",
        Answer::Newer { .. } => "newer",
        _ => "closed",
    }
}

/// Returns the name of the event that a routing key names; a tenant may follow it.
pub(super) fn event(routing_key: &str) -> &str {
    routing_key.split('.').nth(1).unwrap_or_default()
}
