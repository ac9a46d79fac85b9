//! What a person or a program sees while a book is written.

mod json;
mod lines;

use std::{collections::BTreeMap, time::Duration};

use bindery_shared::{
    book::id::TaskId,
    contract::Unit,
    ledger::{Book, Event, Task},
    live::Progress,
    model::CallerStats,
};

/// All that can be shown at one moment.
pub(crate) struct Moment<'a> {
    /// The book's record.
    pub(crate) book: &'a Book,
    /// Its plan, its chapters in order, its binding.
    pub(crate) tasks: &'a [Task],
    /// Texts under way in this process.
    pub(crate) live: &'a BTreeMap<TaskId, Progress>,
    /// Calls under way in this process.
    pub(crate) stats: CallerStats,
    /// Since this run began.
    pub(crate) elapsed: Duration,
    /// How long the whole book was estimated to take.
    pub(crate) expected: Duration,
}

/// What does not change while a book is written.
pub(crate) struct Subject {
    /// The book's title.
    pub(crate) title: String,
    /// The chapters' titles with their target lengths, in order.
    pub(crate) chapters: Vec<(String, u32)>,
    /// What lengths are counted in.
    pub(crate) unit: Unit,
}

/// Shows a book being written.
pub(crate) trait View: Send {
    /// Shows a transition.
    fn event(&mut self, event: &Event);

    /// Shows the state of things; called several times a second.
    fn tick(&mut self, moment: &Moment<'_>);

    /// Leaves the screen tidy.
    fn finish(&mut self);
}

/// Chooses the view: events as JSON lines for programs, bars on a terminal, plain lines elsewhere.
pub(crate) fn choose(json: bool, _terminal: bool, subject: Subject) -> Box<dyn View> {
    if json { Box::new(json::Json) } else { Box::new(lines::Lines::new(subject)) }
}
