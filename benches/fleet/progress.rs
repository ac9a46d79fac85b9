//! When the chapters of some books were begun and done, and what their parts took, as the ledger has it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::Result;
use bindery_domain::{BookId, Moment, TaskId};
use bindery_ledger::{Event, Part};
use bindery_store::Store;

/// A chapter of one of the books.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ChapterKey {
    book: BookId,
    task: TaskId,
}

/// The time after one moment, up to and with another.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: Moment,
    pub(crate) to: Moment,
}

/// The books' events so far.
pub(crate) struct Progress {
    store: Arc<dyn Store>,
    /// The number of the last event that was read, by book.
    books: BTreeMap<BookId, u64>,
    begun: BTreeMap<ChapterKey, Moment>,
    done: BTreeMap<ChapterKey, Moment>,
}

impl Progress {
    /// Follows these books from their first event.
    pub(crate) fn of(store: Arc<dyn Store>, books: impl IntoIterator<Item = BookId>) -> Self {
        let books = books.into_iter().map(|book| (book, 0)).collect();
        Self { store, books, begun: BTreeMap::new(), done: BTreeMap::new() }
    }

    /// Reads the events since the last time.
    pub(crate) async fn read(&mut self) -> Result<()> {
        for (book, seen) in &mut self.books {
            for event in self.store.events(book, *seen, u32::MAX).await? {
                *seen = event.seq;
                let Event { at, what, task: Some(task), .. } = event else { continue };
                if task.chapter().is_none() {
                    continue;
                }
                let chapter = ChapterKey { book: book.clone(), task };
                match what.name() {
                    "started" => self.begun.entry(chapter).or_insert(at),
                    "chapter_done" => self.done.entry(chapter).or_insert(at),
                    _ => continue,
                };
            }
        }
        Ok(())
    }

    /// Returns how many chapters were begun.
    pub(crate) fn begun(&self) -> usize {
        self.begun.len()
    }

    /// Returns when chapters were first begun, in order.
    pub(crate) fn beginnings(&self) -> Vec<Moment> {
        sorted(&self.begun)
    }

    /// Returns when chapters were done, in order.
    pub(crate) fn ends(&self) -> Vec<Moment> {
        sorted(&self.done)
    }

    /// Returns the chapters that were done within a time.
    pub(crate) fn done_within(&self, span: Span) -> BTreeSet<ChapterKey> {
        let within = self.done.iter().filter(|(_, at)| span.contains(**at));
        within.map(|(chapter, _)| chapter.clone()).collect()
    }

    /// Returns the recorded parts of these chapters.
    pub(crate) async fn parts(&self, chapters: &BTreeSet<ChapterKey>) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for book in self.books.keys() {
            for task in self.store.tasks(book).await? {
                if chapters.contains(&ChapterKey { book: book.clone(), task: task.id }) {
                    parts.extend(task.parts.into_values());
                }
            }
        }
        Ok(parts)
    }
}

impl Span {
    /// Returns whether a moment is within this time.
    pub(crate) fn contains(self, at: Moment) -> bool {
        at > self.from && at <= self.to
    }
}

fn sorted(moments: &BTreeMap<ChapterKey, Moment>) -> Vec<Moment> {
    let mut moments: Vec<Moment> = moments.values().copied().collect();
    moments.sort_unstable();
    moments
}
