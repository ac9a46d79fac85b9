//! The view for programs: one event a line on stdout, as JSON.

use bindery_ledger::Event;
use bindery_runtime::live::FailedTry;

use super::View;
use crate::stdout;

pub(super) struct Json;

impl View for Json {
    fn event(&mut self, event: &Event) {
        let Ok(line) = serde_json::to_string(event) else { return };
        // The book is written on even if an event cannot be printed.
        let _ = stdout::line(line);
    }

    fn try_failed(&mut self, failed: &FailedTry) {
        let FailedTry { task, part, attempt, of, reason, .. } = failed;
        let line = serde_json::json!({
            "kind": "try_failed", "task": task, "part": part, "try": attempt, "of": of, "reason": reason,
        });
        let _ = stdout::line(line);
    }
}
