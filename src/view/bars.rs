//! The live view on a terminal: a block with a bar for each chapter and one for the book, painted several times a second.

use std::{collections::BTreeMap, time::Duration};

use bindery_domain::TaskId;
use bindery_ledger::State;
use bindery_runtime::live::FailedTry;

use super::{
    Moment, Subject, View,
    chapter::{Chapter, Stage},
    layout::{self, Figures, Scene, Tracked},
    pace::{self, Measured, Pace, Writing},
};
use crate::{environment::Environment, screen::Screen};

/// The time between two paintings.
const INTERVAL: Duration = Duration::from_millis(100);

/// The live view on a terminal.
pub(super) struct Bars {
    subject: Subject,
    screen: Screen,
    colour: bool,
    pace: Pace,
    chapters: Vec<Tracked>,
    /// The last failed try of each task.
    failed: BTreeMap<TaskId, FailedTry>,
    painted: Option<Duration>,
}

impl Bars {
    pub(super) fn new(subject: Subject, environment: &Environment) -> Self {
        Self {
            subject,
            screen: environment.screen.clone(),
            colour: environment.colour,
            pace: Pace::default(),
            chapters: Vec::new(),
            failed: BTreeMap::new(),
            painted: None,
        }
    }

    /// Reads the chapters, and notes the time for those that have entered another stage.
    fn read(&mut self, moment: &Moment<'_>) {
        let tasks = moment.tasks.iter().filter(|task| task.id.chapter().is_some());
        let chapters = tasks.zip(&self.subject.chapters).map(|(task, asked)| {
            let chapter = Chapter::of(task, asked, self.subject.unit, moment.live.get(&task.id));
            (chapter, self.trouble(task.id, moment))
        });
        let tracked = chapters.enumerate().map(|(index, (chapter, trouble))| {
            let since = match self.chapters.get(index) {
                Some(before) if before.chapter.stage == chapter.stage => before.since,
                Some(_) => moment.elapsed,
                None => Duration::ZERO,
            };
            Tracked { chapter, since, trouble }
        });
        self.chapters = tracked.collect();
    }

    /// Returns the last failed try of a task, while its part is tried again.
    fn trouble(&self, task: TaskId, moment: &Moment<'_>) -> Option<String> {
        let failed = self.failed.get(&task)?;
        moment.live.get(&task)?.contains_key(&failed.number).then(|| failed.to_string())
    }

    /// Estimates the time left by the pace of the book, and once every chapter is begun also by the slowest one.
    fn left(&self, moment: &Moment<'_>) -> Option<Duration> {
        let left = self.pace.left(self.subject.length(), moment.expected)?;
        if self.chapters.iter().any(|tracked| matches!(tracked.chapter.stage, Stage::Waiting | Stage::Parked(_))) {
            return Some(left);
        }
        let chapters = self.chapters.iter().zip(&self.subject.chapters);
        let writing = chapters.filter(|(tracked, _)| tracked.chapter.stage == Stage::Writing);
        let writing = writing.map(|(tracked, asked)| Writing {
            length: tracked.chapter.length,
            target: asked.length.into(),
            time: moment.elapsed.saturating_sub(tracked.since),
        });
        Some(left.max(pace::slowest(writing)))
    }

    fn paint(&mut self, moment: &Moment<'_>) {
        let length = self.chapters.iter().map(|tracked| tracked.chapter.length).sum();
        self.pace.note(Measured { elapsed: moment.elapsed, tokens: moment.stats.tokens, length });
        let figures = Figures {
            running: moment.stats.running,
            waiting: moment.stats.waiting,
            tokens_per_second: self.pace.tokens_per_second(),
            cost: self.subject.priced.then(|| moment.cost()),
            elapsed: moment.elapsed,
            left: self.left(moment),
        };
        let planned = !matches!(moment.book.state, State::Accepted | State::Planning);
        let chapters = if planned { self.chapters.as_slice() } else { &[] };
        let state = match self.trouble(TaskId::Plan, moment) {
            Some(trouble) => format!("{}: {trouble}", state(moment)),
            None => state(moment),
        };
        let scene = Scene { subject: &self.subject, chapters, state, figures, colour: self.colour };
        // The book is written on even if the terminal is gone.
        let _ = self.screen.paint(|size| layout::lines(&scene, size));
    }
}

fn state(moment: &Moment<'_>) -> String {
    let holds: Vec<String> = moment.book.holds.iter().map(ToString::to_string).collect();
    if holds.is_empty() { moment.book.state.to_string() } else { format!("held ({})", holds.join(", ")) }
}

impl View for Bars {
    fn try_failed(&mut self, failed: &FailedTry) {
        self.failed.insert(failed.task, failed.clone());
    }

    fn tick(&mut self, moment: &Moment<'_>) {
        if self.painted.is_some_and(|painted| moment.elapsed.saturating_sub(painted) < INTERVAL) {
            return;
        }
        self.painted = Some(moment.elapsed);
        self.read(moment);
        self.paint(moment);
    }

    fn finish(&mut self) {
        let _ = self.screen.clear();
    }
}
