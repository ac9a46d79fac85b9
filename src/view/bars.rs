//! Bars on a terminal: one a chapter, one for the book, painted several times a second on stderr.

use std::time::Duration;

use bindery_ledger::{Event, State};

use super::{
    Moment, Subject, View,
    chapter::{Chapter, Stage},
    layout::{self, Figures, Scene},
    pace::{self, Measured, Pace},
};
use crate::{
    environment::Environment,
    screen::{Screen, Size},
};

/// How often the screen is painted.
const PAINT: Duration = Duration::from_millis(100);

/// The bars, painted as one block: which chapters it shows may change from one painting to the next.
pub(super) struct Bars {
    subject: Subject,
    screen: Screen,
    colour: bool,
    pace: Pace,
    chapters: Vec<Chapter>,
    changed: Vec<Duration>,
    painted: Option<Duration>,
}

impl Bars {
    pub(super) fn new(subject: Subject, environment: &Environment) -> Self {
        let changed = vec![Duration::ZERO; subject.chapters.len()];
        Self {
            subject,
            screen: environment.screen.clone(),
            colour: environment.colour,
            pace: Pace::default(),
            chapters: Vec::new(),
            changed,
            painted: None,
        }
    }

    /// Reads the chapters, and notes which of them stand elsewhere than before.
    fn read(&mut self, moment: &Moment<'_>) {
        let tasks = moment.tasks.iter().filter(|task| task.id.chapter().is_some());
        let read: Vec<Chapter> = tasks
            .zip(&self.subject.chapters)
            .map(|(task, asked)| Chapter::of(task, asked, self.subject.unit, moment.live.get(&task.id)))
            .collect();
        for (index, (new, old)) in read.iter().zip(&self.chapters).enumerate() {
            if new.stage != old.stage {
                self.changed[index] = moment.elapsed;
            }
        }
        self.chapters = read;
    }

    /// Estimates the time left: what the pace of all says, and once every chapter is begun what the slowest one says.
    fn left(&self, moment: &Moment<'_>) -> Option<Duration> {
        let left = self.pace.left(self.subject.length(), moment.expected)?;
        if self.chapters.iter().any(|chapter| matches!(chapter.stage, Stage::Waiting | Stage::Parked(_))) {
            return Some(left);
        }
        let all = self.chapters.iter().zip(&self.subject.chapters).zip(&self.changed);
        let written =
            all.filter(|((chapter, _), _)| chapter.stage == Stage::Writing).map(|((chapter, asked), since)| {
                (chapter.length, u64::from(asked.length), moment.elapsed.saturating_sub(*since))
            });
        Some(left.max(pace::slowest(written)))
    }

    fn paint(&mut self, moment: &Moment<'_>) {
        let length = self.chapters.iter().map(|chapter| chapter.length).sum();
        self.pace.note(Measured { elapsed: moment.elapsed, tokens: moment.stats.tokens, length });
        let figures = Figures {
            running: moment.stats.running,
            waiting: moment.stats.waiting,
            tokens_per_second: self.pace.tokens_per_second(),
            cost: self.subject.priced.then(|| moment.cost()),
            elapsed: moment.elapsed,
            left: self.left(moment),
        };
        // There is nothing to see of a chapter before the book is planned.
        let planned = !matches!(moment.book.state, State::Accepted | State::Planning);
        let chapters = if planned { self.chapters.as_slice() } else { &[] };
        let state = state(moment);
        let scene = Scene { subject: &self.subject, chapters, changed: &self.changed, state, figures };
        let size = Size::of_stderr();
        // A terminal that has gone away does not keep the book from being written.
        let _ = self.screen.paint(layout::lines(&scene, size, self.colour), size);
    }
}

fn state(moment: &Moment<'_>) -> String {
    let holds: Vec<String> = moment.book.holds.iter().map(ToString::to_string).collect();
    if holds.is_empty() { moment.book.state.to_string() } else { format!("held ({})", holds.join(", ")) }
}

impl View for Bars {
    fn event(&mut self, _event: &Event) {}

    fn tick(&mut self, moment: &Moment<'_>) {
        if self.painted.is_some_and(|painted| moment.elapsed.saturating_sub(painted) < PAINT) {
            return;
        }
        self.painted = Some(moment.elapsed);
        self.read(moment);
        self.paint(moment);
    }

    fn finish(&mut self) {
        let _ = self.screen.clear(Size::of_stderr());
    }
}
