//! Several commands about one book, decided in order from one reading and written together.
//!
//! A store that pays a round trip for every read and every write gains from deciding all waiting commands together. [`step`]
//! decides each command after the ones before it.

use std::collections::{BTreeMap, BTreeSet};

use bindery_domain::{Moment, TaskId};

use super::{
    Answer, Book, BookCheck, Command, Others, Released, Rules, Snapshot, State, Writes, step,
    task::{Standing, Task},
};

/// What a store reads for a group.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The store's time.
    pub now: Moment,
    /// The book.
    pub book: Book,
    /// The tasks that the commands are about. Where the others were read, also the audit, the binding and the first waiting
    /// chapters and repairs by wave and number. The first released tasks whose messages are not known to be with the broker are there too.
    ///
    /// There is one waiting task for each free place of the window, counted as if every command freed the place of its
    /// task. There are as many unpublished tasks as the window has places and the group has commands together.
    pub tasks: BTreeMap<TaskId, Task>,
    /// The counts of all chapters and repairs of the book, including those in `tasks`; `None` where the others were not read.
    pub standings: Option<Standings>,
}

/// How many chapters and repairs of a book have each standing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    /// Released, in any wave.
    pub released: u32,
    /// Missing, in the open wave.
    pub missing: u32,
    /// Given up: chapters alone, since a book is sound without a repair.
    pub dead: u32,
}

/// A group that is being decided.
#[derive(Debug)]
pub struct Group<'a> {
    rules: &'a Rules,
    reading: Reading,
    /// The counts of the chapters that were not read; `None` where they are unknown or out of date.
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

    /// Decides one command after the ones before it; returns `None` where too little was read for that. The command then
    /// belongs to the next group.
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
        let Writes { book, tasks, removed, texts, events, request, outline, book_check } = writes;
        debug_assert!(removed.is_empty() && request.is_none(), "a step removes no task and replaces no request");
        for task in tasks {
            self.written.insert(task.id);
            self.reading.tasks.insert(task.id, task);
        }
        self.writes.texts.extend(texts);
        self.writes.events.extend(events);
        self.writes.outline = self.writes.outline.take().or(outline);
        self.writes.book_check = self.writes.book_check.and(book_check);
        if let Some(book) = book {
            // The reading counted no chapters of another wave.
            if stage(&book) != stage(&self.reading.book) {
                self.rest = None;
            }
            self.reading.book = book;
        }
    }

    /// Returns what a step on a task must know about the others; `None` where it is not known.
    fn others(&self, of: &Task) -> Option<Others> {
        let (rest, Reading { book, tasks, .. }) = (self.rest?, &self.reading);
        let others = || tasks.values().filter(|task| task.id != of.id);
        let read = Standings::of(book, others());
        let released = rest.released + read.released;
        let mut waiting: Vec<&Task> =
            others().filter(|task| task.id.in_waves() && task.standing == Standing::Waiting).collect();
        waiting.sort_by_key(|task| (task.wave, task.id));
        // One waiting chapter is named even if no place is free, since an empty list means that none is left.
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
            audit: tasks.get(&TaskId::Audit).filter(|_| of.id != TaskId::Audit).cloned(),
            bind: tasks.get(&TaskId::Bind).filter(|_| of.id != TaskId::Bind).cloned(),
        })
    }
}

/// Returns the fields of a book that decide which of its chapters are counted.
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
    /// Counts the chapters and repairs among these tasks.
    pub fn of<'a>(book: &Book, tasks: impl Iterator<Item = &'a Task>) -> Self {
        let mut found = Self::default();
        for task in tasks.filter(|task| task.id.in_waves()) {
            found.released += u32::from(task.standing == Standing::Released);
            found.missing += u32::from(task.standing.missing() && task.wave == book.wave);
            found.dead += u32::from(task.is_gap());
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
