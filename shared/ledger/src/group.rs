//! Several commands about one book, decided in order from one reading and written as one.
//!
//! A store that pays a round trip for every reading and every writing does well to decide together what waits at the same
//! time. Each command is decided by [`step`], after those before it.

use std::collections::{BTreeMap, BTreeSet};

use bindery_domain::{Moment, TaskId};

use super::{Answer, Book, BookCheck, Command, Others, Released, Rules, Snapshot, State, Writes, step, task::{Standing, Task}};

/// What a store reads for a group.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The store's time.
    pub now: Moment,
    /// The book.
    pub book: Book,
    /// The tasks that the commands are about and, where the others were read: the binding, the first chapters that wait, by
    /// wave and number, and the first released tasks whose messages are not known to be with the broker.
    ///
    /// Of the chapters that wait there is one for each place of the window, counted as if every task that a command is about gave
    /// its place up. Of the unpublished tasks there are as many as the window has places, and as the group has commands.
    pub tasks: BTreeMap<TaskId, Task>,
    /// How all chapters of the book stand, those in `tasks` among them; `None` where the others were not read.
    pub standings: Option<Standings>,
}

/// How many chapters of a book stand in each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    /// Released, in any wave.
    pub released: u32,
    /// Missing, in the open wave.
    pub missing: u32,
    /// Given up.
    pub dead: u32,
}

/// A group that is being decided.
#[derive(Debug)]
pub struct Group<'a> {
    rules: &'a Rules,
    reading: Reading,
    /// How those chapters stand that were not read. `None` where that is not known, or no longer.
    rest: Option<Standings>,
    before: Book,
    written: BTreeSet<TaskId>,
    writes: Writes,
}

impl<'a> Group<'a> {
    /// Begins a group.
    pub fn new(rules: &'a Rules, reading: Reading) -> Self {
        let read = Standings::of(&reading.book, reading.tasks.values());
        let rest = reading.standings.map(|all| all.without(read));
        let writes = Writes { book_check: BookCheck::Open, ..Writes::default() };
        Self { rules, rest, before: reading.book.clone(), reading, written: BTreeSet::new(), writes }
    }

    /// Decides one command as it would be decided after those before it. Returns `None` where too little was read for that:
    /// the command then belongs to the next group.
    pub fn step(&mut self, id: TaskId, command: &Command) -> Option<Answer> {
        let Some(task) = self.reading.tasks.get(&id) else { return Some(Answer::Closed) };
        let Reading { now, book, .. } = &self.reading;
        let alone = Snapshot { now: *now, book: book.clone(), task: task.clone(), others: None };
        let decided = match step(self.rules, alone.clone(), command.clone()) {
            Some(decided) => decided,
            None => {
                let others = Some(self.others(task)?);
                step(self.rules, Snapshot { others, ..alone }, command.clone())
                    .expect("a step that knows the other tasks decides")
            }
        };
        let (answer, writes) = decided;
        self.take(writes);
        Some(answer)
    }

    /// Returns what must be written for all answers to be true.
    pub fn finish(self) -> Writes {
        let Self { reading, before, written, writes, .. } = self;
        let Reading { book, mut tasks, .. } = reading;
        let tasks = written.iter().filter_map(|id| tasks.remove(id)).collect();
        Writes { book: (book != before).then_some(book), tasks, ..writes }
    }

    fn take(&mut self, writes: Writes) {
        let Writes { book, tasks, removed, texts, events, request, book_check } = writes;
        debug_assert!(removed.is_empty() && request.is_none(), "a step removes no task and replaces no request");
        for task in tasks {
            self.written.insert(task.id);
            self.reading.tasks.insert(task.id, task);
        }
        self.writes.texts.extend(texts);
        self.writes.events.extend(events);
        self.writes.book_check = self.writes.book_check.and(book_check);
        if let Some(book) = book {
            // The chapters of another wave were not counted.
            if stage(&book) != stage(&self.reading.book) {
                self.rest = None;
            }
            self.reading.book = book;
        }
    }

    /// Returns what a step on a task must know of the others; `None` where it is not known.
    fn others(&self, of: &Task) -> Option<Others> {
        let (rest, Reading { book, tasks, .. }) = (self.rest?, &self.reading);
        let others = || tasks.values().filter(|task| task.id != of.id);
        let read = Standings::of(book, others());
        let released = rest.released + read.released;
        let mut waiting: Vec<&Task> =
            others().filter(|task| task.id.chapter().is_some() && task.standing == Standing::Waiting).collect();
        waiting.sort_by_key(|task| (task.wave, task.id));
        // One chapter that waits is named even where no place is free: an empty list means that none is left.
        let places = book.terms.window.saturating_sub(released).max(1) as usize;
        let unpublished = tasks.values().filter(|task| !of.standing.missing() && task.owed());
        Some(Others {
            waiting: waiting.into_iter().take(places).cloned().collect(),
            released,
            missing: rest.missing + read.missing > 0,
            dead: rest.dead + read.dead > 0,
            unpublished: unpublished
                .take(book.terms.window.max(1) as usize)
                .map(|task| Released::of(book, task, self.rules))
                .collect(),
            bind: tasks.get(&TaskId::Bind).filter(|_| of.id != TaskId::Bind).cloned(),
        })
    }
}

/// Returns what of a book decides which of its chapters are counted.
fn stage(book: &Book) -> (State, u16, u32) {
    (book.state, book.wave, book.edition)
}

impl BookCheck {
    /// Returns the stricter of two checks.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Replaced, _) | (_, Self::Replaced) => Self::Replaced,
            (Self::Unchanged, _) | (_, Self::Unchanged) => Self::Unchanged,
            (Self::Open, Self::Open) => Self::Open,
        }
    }
}

impl Standings {
    /// Counts the chapters among these tasks.
    pub fn of<'a>(book: &Book, tasks: impl Iterator<Item = &'a Task>) -> Self {
        let mut found = Self::default();
        for task in tasks.filter(|task| task.id.chapter().is_some()) {
            found.released += u32::from(task.standing == Standing::Released);
            found.missing += u32::from(task.standing.missing() && task.wave == book.wave);
            found.dead += u32::from(task.standing == Standing::Dead);
        }
        found
    }

    fn without(self, read: Self) -> Self {
        Self {
            released: self.released.saturating_sub(read.released),
            missing: self.missing.saturating_sub(read.missing),
            dead: self.dead.saturating_sub(read.dead),
        }
    }
}
