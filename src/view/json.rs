//! Events for programs: one JSON object a line on stdout.

use bindery_ledger::Event;

use super::{Moment, View};
use crate::stdout;

pub(super) struct Json;

impl View for Json {
    fn event(&mut self, event: &Event) {
        let Ok(line) = serde_json::to_string(event) else { return };
        // An event that cannot be printed does not keep the book from being written.
        let _ = stdout::line(line);
    }

    fn tick(&mut self, _moment: &Moment<'_>) {}

    fn finish(&mut self) {}
}
