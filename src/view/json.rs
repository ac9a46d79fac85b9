//! Events for programs: one JSON object a line on stdout.

use bindery_shared::ledger::Event;

use super::{Moment, View};

pub(super) struct Json;

impl View for Json {
    #[expect(clippy::print_stdout, reason = "with --json the events are the result")]
    fn event(&mut self, event: &Event) {
        if let Ok(line) = serde_json::to_string(event) {
            println!("{line}");
        }
    }

    fn tick(&mut self, _moment: &Moment<'_>) {}

    fn finish(&mut self) {}
}
