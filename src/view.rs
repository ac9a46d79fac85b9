//! What a person or a program sees while a book is written.

mod bars;
mod chapter;
mod columns;
mod json;
mod layout;
mod lines;
mod pace;

use std::{collections::BTreeMap, time::Duration};

use bindery_context::Context;
use bindery_dispatcher::{outline::with_expected_outline, plan};
use bindery_domain::{Micros, TaskId, Unit};
use bindery_ledger::{Book, Event, Order, PlanMode, Task};
use bindery_model::CallerStats;
use bindery_runtime::live::{FailedTry, TaskProgress};

pub(crate) use self::chapter::Chapter;
use crate::{environment::Environment, exit::Failure};

/// The state of a run at one moment.
pub(crate) struct Moment<'a> {
    /// The record of the book.
    pub(crate) book: &'a Book,
    /// Its tasks: the plan, the chapters in order, the binding.
    pub(crate) tasks: &'a [Task],
    /// The texts that this process is receiving.
    pub(crate) live: &'a BTreeMap<TaskId, TaskProgress>,
    /// The figures of the model calls of this process.
    pub(crate) stats: CallerStats,
    /// The time since the run began.
    pub(crate) elapsed: Duration,
    /// The estimated time for the whole book.
    pub(crate) expected: Duration,
}

/// What does not change while a book is written.
pub(crate) struct Subject {
    /// The chapters in order.
    pub(crate) chapters: Vec<Asked>,
    /// The unit of lengths.
    pub(crate) unit: Unit,
    /// Whether the price of the model is known, so that a cost can be shown.
    pub(crate) priced: bool,
}

/// What the order asks for in one chapter.
pub(crate) struct Asked {
    /// Its title.
    pub(crate) title: String,
    /// Its target length.
    pub(crate) length: u32,
    /// How many sections it has.
    pub(crate) sections: u16,
}

impl Subject {
    /// Reads it from an order.
    pub(crate) fn of(order: &Order, priced: bool) -> Result<Self, Failure> {
        let context = match &order.plan {
            PlanMode::Given(json) => Context::given(json, &order.outline).map_err(Failure::usage)?,
            PlanMode::Model | PlanMode::Compiled => {
                plan::compile(&with_expected_outline(order)).map_err(Failure::usage)?
            }
        };
        let unit = context.unit();
        let asked = context.chapters.into_iter().map(|slice| Asked {
            title: slice.title,
            length: slice.length,
            sections: u16::try_from(slice.sections).unwrap_or(u16::MAX),
        });
        Ok(Self { chapters: asked.collect(), unit, priced })
    }

    /// Returns the target length of the whole book.
    pub(crate) fn length(&self) -> u64 {
        self.chapters.iter().map(|chapter| u64::from(chapter.length)).sum()
    }
}

impl Moment<'_> {
    /// Returns what the book has cost so far, as far as its calls have reported it.
    fn cost(&self) -> Micros {
        cost(self.book, self.tasks)
    }
}

/// Returns what a book has cost so far: the cost of its ended leases and what its live leases have reported.
pub(crate) fn cost(book: &Book, tasks: &[Task]) -> Micros {
    book.money.spent + tasks.iter().filter_map(|task| task.lease.as_ref()).map(|lease| lease.spent).sum()
}

/// Shows how a book is written.
pub(crate) trait View: Send {
    /// Shows an event of the book.
    fn event(&mut self, _event: &Event) {}

    /// Shows that a try failed and is followed by another one.
    fn try_failed(&mut self, _failed: &FailedTry) {}

    /// Shows the state of the run. It is called several times a second.
    fn tick(&mut self, _moment: &Moment<'_>) {}

    /// Removes what should not stay on the terminal.
    fn finish(&mut self) {}
}

/// Chooses the view: events as JSON lines for programs, a live view on a terminal, plain lines elsewhere.
pub(crate) fn choose(json: bool, environment: &Environment, subject: Subject) -> Box<dyn View> {
    match environment.terminal {
        _ if json => Box::new(json::Json),
        true => Box::new(bars::Bars::new(subject, environment)),
        false => Box::new(lines::Lines::new(subject)),
    }
}
