//! Events for programs: one JSON object a line on stdout.

use std::io::Write as _;

use bindery_shared::ledger::Event;

use super::{Moment, View};

pub(super) struct Json;

impl View for Json {
    fn event(&mut self, event: &Event) {
        let Ok(line) = serde_json::to_string(event) else { return };
        // A reader that has gone away does not keep the book from being written.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    fn tick(&mut self, _moment: &Moment<'_>) {}

    fn finish(&mut self) {}
}
