//! A round: several commands on one book, decided one after another from what was read once and written as one.

use std::collections::{BTreeMap, BTreeSet};

use bindery_domain::{Moment, TaskId};

use super::{
    Answer, Book, Command, Others, Released, Rules, Snapshot, State, Writes, step,
    task::{Standing, Task},
};

/// What a store reads for a round.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The store's time.
    pub now: Moment,
    /// The book.
    pub book: Book,
    /// The tasks that were read: those the commands are about, and of the others those that are asked for below.
    pub tasks: BTreeMap<TaskId, Task>,
    /// Which of the others were.
    pub extent: Extent,
}

/// How far a book's other tasks were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Not at all.
    Alone,
    /// As far as a step may ask for them: the binding, and the first chapters that wait, by wave and number: one more than
    /// there would be places for if all that the commands are about gave theirs up.
    Window {
        /// How all chapters stand, those that were read among them.
        standings: Standings,
        /// Whether the first of those were read too whose messages are not known to be with the broker: as many as a window
        /// has places, and as the round has commands.
        owed: bool,
    },
    /// All of them.
    Whole,
}

/// How many of a book's chapters stand so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    /// Released, in any wave.
    pub released: u32,
    /// Missing, in the open wave.
    pub missing: u32,
    /// Given up.
    pub dead: u32,
}

/// A round under way.
#[derive(Debug)]
pub struct Round<'a> {
    rules: &'a Rules,
    reading: Reading,
    /// How the chapters stand that were not read; none where a step cannot be told of them.
    rest: Option<Standings>,
    before: Book,
    written: BTreeSet<TaskId>,
    looked: bool,
    writes: Writes,
}

impl<'a> Round<'a> {
    /// Begins a round.
    pub fn new(rules: &'a Rules, reading: Reading) -> Self {
        let rest = match reading.extent {
            Extent::Alone => None,
            Extent::Window { standings, .. } => Some(standings.without(&reading)),
            Extent::Whole => Some(Standings::default()),
        };
        let (before, written) = (reading.book.clone(), BTreeSet::new());
        Self { rules, reading, rest, before, written, looked: false, writes: Writes::default() }
    }

    /// Decides one command as it would be decided after those before it; none where too little was read for that: the
    /// command is then left to a round of its own.
    pub fn step(&mut self, id: TaskId, command: Command) -> Option<Answer> {
        let Reading { now, book, tasks, .. } = &self.reading;
        let Some(task) = tasks.get(&id) else { return Some(Answer::Closed) };
        let asks = command.asks_others(task, *now);
        let others = if asks { self.others(task)? } else { Others::default() };
        let chapters = if command.asks_chapters(id) { self.chapters()? } else { Vec::new() };
        let snapshot = Snapshot { now: *now, book: book.clone(), task: task.clone(), others, chapters };
        let (answer, writes) = step(self.rules, snapshot, command);
        self.looked |= asks;
        self.take(writes);
        Some(answer)
    }

    /// Returns whether other tasks were looked at than those the commands are about.
    pub fn looked(&self) -> bool {
        self.looked
    }

    /// Ends it: returns what must be written for all its answers to be true.
    pub fn finish(self) -> Writes {
        let Self { reading, before, written, writes, .. } = self;
        let Reading { book, mut tasks, .. } = reading;
        let tasks = written.iter().filter_map(|id| tasks.remove(id)).collect();
        Writes { book: (book != before).then_some(book), tasks, ..writes }
    }

    fn take(&mut self, writes: Writes) {
        let Writes { book, tasks, removed, texts, events, request } = writes;
        debug_assert!(
            removed.is_empty() && request.is_none(),
            "a step neither removes a task nor replaces the request"
        );
        for task in tasks {
            self.written.insert(task.id);
            self.reading.tasks.insert(task.id, task);
        }
        self.writes.texts.extend(texts);
        self.writes.events.extend(events);
        if let Some(book) = book {
            // Of the chapters of another wave nothing was counted.
            if self.reading.extent != Extent::Whole && stage(&book) != stage(&self.reading.book) {
                self.rest = None;
            }
            self.reading.book = book;
        }
    }

    fn chapters(&self) -> Option<Vec<Task>> {
        let chapters = self.reading.tasks.values().filter(|task| task.id.chapter().is_some());
        (self.reading.extent == Extent::Whole).then(|| chapters.cloned().collect())
    }

    /// Returns what a step on a task must know of the others; none where it is not known.
    fn others(&self, of: &Task) -> Option<Others> {
        let Reading { book, tasks, extent, .. } = &self.reading;
        let (rest, window) = (self.rest?, book.terms.window);
        // Only a task that has ended is asked what it released.
        let ended = !of.standing.missing();
        if ended && matches!(extent, Extent::Window { owed: false, .. }) {
            return None;
        }
        let among = Standings::of(book, tasks.values().filter(|task| task.id != of.id));
        let released = rest.released + among.released;
        let chapters = tasks.values().filter(|task| task.id != of.id && task.id.chapter().is_some());
        let mut waiting: Vec<&Task> = chapters.filter(|task| task.standing == Standing::Waiting).collect();
        waiting.sort_by_key(|task| (task.wave, task.id));
        // One that waits is told of even where no place is free: an empty list means that none is left.
        let places = window.saturating_sub(released).max(1);
        let waiting = waiting.into_iter().take(places as usize).cloned().collect();
        let owed = tasks.values().filter(|task| ended && task.owed()).take(window.max(1) as usize);
        let unpublished = owed.map(|task| Released::of(book, task, self.rules)).collect();
        let bind = tasks.get(&TaskId::Bind).filter(|_| of.id != TaskId::Bind).cloned();
        let (missing, dead) = (rest.missing + among.missing > 0, rest.dead + among.dead > 0);
        Some(Others { waiting, released, missing, dead, unpublished, bind })
    }
}

/// Returns what of a book says which of its chapters are counted.
fn stage(book: &Book) -> (State, u16, u32) {
    (book.state, book.wave, book.edition)
}

impl Standings {
    /// Counts chapters.
    fn of<'a>(book: &Book, tasks: impl Iterator<Item = &'a Task>) -> Self {
        let mut found = Self::default();
        for task in tasks.filter(|task| task.id.chapter().is_some()) {
            found.released += u32::from(task.standing == Standing::Released);
            found.missing += u32::from(task.standing.missing() && task.wave == book.wave);
            found.dead += u32::from(task.standing == Standing::Dead);
        }
        found
    }

    /// Returns those that are not among the tasks that were read.
    fn without(self, reading: &Reading) -> Self {
        let read = Self::of(&reading.book, reading.tasks.values());
        Self {
            released: self.released.saturating_sub(read.released),
            missing: self.missing.saturating_sub(read.missing),
            dead: self.dead.saturating_sub(read.dead),
        }
    }
}
