//! What a person or a program sees while a book is written.

mod bars;
mod chapter;
mod json;
mod layout;
mod lines;
mod pace;

use std::{collections::BTreeMap, time::Duration};

use bindery_dispatcher::plan;
use bindery_domain::{Micros, TaskId, Unit};
use bindery_ledger::{Book, Event, Order, PlanMode, Task};
use bindery_model::CallerStats;
use bindery_runtime::live::TaskProgress;

pub(crate) use self::chapter::Chapter;
use crate::{environment::Environment, exit::Failure};

/// All that can be shown at one moment.
pub(crate) struct Moment<'a> {
    /// The book's record.
    pub(crate) book: &'a Book,
    /// Its plan, its chapters in order, its binding.
    pub(crate) tasks: &'a [Task],
    /// Texts under way in this process.
    pub(crate) live: &'a BTreeMap<TaskId, TaskProgress>,
    /// Calls under way in this process.
    pub(crate) stats: CallerStats,
    /// Since this run began.
    pub(crate) elapsed: Duration,
    /// How long the whole book was estimated to take.
    pub(crate) expected: Duration,
}

/// What does not change while a book is written.
pub(crate) struct Subject {
    /// Its chapters, in order.
    pub(crate) chapters: Vec<Asked>,
    /// What lengths are counted in.
    pub(crate) unit: Unit,
    /// Whether the model's price is known, so that a cost can be told.
    pub(crate) priced: bool,
}

/// What is asked for one chapter.
pub(crate) struct Asked {
    /// Its title.
    pub(crate) title: String,
    /// Its target length.
    pub(crate) length: u32,
    /// How many sections it has.
    pub(crate) sections: u16,
}

impl Subject {
    /// Reads an order.
    pub(crate) fn of(order: &Order, priced: bool) -> Result<Self, Failure> {
        let context = match &order.plan {
            PlanMode::Given(json) => plan::read(json, order).map_err(Failure::usage)?,
            PlanMode::Model | PlanMode::Compiled => plan::compile(order).map_err(Failure::usage)?,
        };
        let unit = context.unit();
        let asked = context.chapters.into_iter().map(|slice| Asked {
            title: slice.title,
            length: slice.length,
            sections: u16::try_from(slice.sections).unwrap_or(u16::MAX),
        });
        Ok(Self { chapters: asked.collect(), unit, priced })
    }

    /// Returns the whole book's target length.
    pub(crate) fn length(&self) -> u64 {
        self.chapters.iter().map(|chapter| u64::from(chapter.length)).sum()
    }
}

impl Moment<'_> {
    /// Returns what the book has cost so far, as far as its calls have said.
    fn cost(&self) -> Micros {
        cost(self.book, self.tasks)
    }
}

/// Returns what a book has cost so far: what its leases that are over cost, and what the live ones have said.
pub(crate) fn cost(book: &Book, tasks: &[Task]) -> Micros {
    book.money.spent + tasks.iter().filter_map(|task| task.lease.as_ref()).map(|lease| lease.spent).sum()
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
pub(crate) fn choose(json: bool, environment: &Environment, subject: Subject) -> Box<dyn View> {
    match environment.terminal {
        _ if json => Box::new(json::Json),
        true => Box::new(bars::Bars::new(subject, environment)),
        false => Box::new(lines::Lines::new(subject)),
    }
}
