//! The view for programs: one event a line on stdout, as JSON.

use bindery_ledger::Event;

use super::View;
use crate::stdout;

pub(super) struct Json;

impl View for Json {
    fn event(&mut self, event: &Event) {
        let Ok(line) = serde_json::to_string(event) else { return };
        // The book is written on even if an event cannot be printed.
        let _ = stdout::line(line);
    }
}
