//! What the ledger tells of the chapters of some books: when each was begun and done, and what its parts took.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::Result;
use bindery_domain::{BookId, Moment, TaskId};
use bindery_ledger::{Event, Part};
use bindery_store::Store;

/// A chapter of one of the books.
pub(crate) type ChapterOf = (BookId, TaskId);

/// The books' events so far.
pub(crate) struct Progress {
    store: Arc<dyn Store>,
    /// By book, with the number of the last event that was read.
    books: BTreeMap<BookId, u64>,
    begun: BTreeMap<ChapterOf, Moment>,
    done: BTreeMap<ChapterOf, Moment>,
}

impl Progress {
    /// Begins to follow these books.
    pub(crate) fn of(store: Arc<dyn Store>, books: impl IntoIterator<Item = BookId>) -> Self {
        let books = books.into_iter().map(|book| (book, 0)).collect();
        Self { store, books, begun: BTreeMap::new(), done: BTreeMap::new() }
    }

    /// Reads what has happened since the last time.
    pub(crate) async fn read(&mut self) -> Result<()> {
        for (book, seen) in &mut self.books {
            for event in self.store.events(book, *seen, u32::MAX).await? {
                *seen = event.seq;
                let Event { at, what, task: Some(task), .. } = event else { continue };
                if task.chapter().is_none() {
                    continue;
                }
                match what.name() {
                    "started" => self.begun.entry((book.clone(), task)).or_insert(at),
                    "chapter_done" => self.done.entry((book.clone(), task)).or_insert(at),
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

    /// Returns the chapters that were done after one moment and not after another.
    pub(crate) fn done_within(&self, (from, to): (Moment, Moment)) -> BTreeSet<ChapterOf> {
        let within = self.done.iter().filter(|(_, at)| **at > from && **at <= to);
        within.map(|(chapter, _)| chapter.clone()).collect()
    }

    /// Returns the recorded parts of these chapters.
    pub(crate) async fn parts(&self, chapters: &BTreeSet<ChapterOf>) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for book in self.books.keys() {
            for task in self.store.tasks(book).await? {
                if chapters.contains(&(book.clone(), task.id)) {
                    parts.extend(task.parts.into_values());
                }
            }
        }
        Ok(parts)
    }
}

fn sorted(moments: &BTreeMap<ChapterOf, Moment>) -> Vec<Moment> {
    let mut moments: Vec<Moment> = moments.values().copied().collect();
    moments.sort_unstable();
    moments
}
