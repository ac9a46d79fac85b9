//! The texts that are under way, in the memory of this process. Another process that has the file open does not hear them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bindery_domain::{BookId, Moment};

use super::Sqlite;
use crate::{LIVE_FOR, LiveCall, LiveExtent, LivePiece, LiveSection, LiveTexts, StoreError};

/// The books that somebody listens to.
#[derive(Default)]
pub(super) struct Listened(Mutex<HashMap<BookId, Book>>);

#[derive(Default)]
struct Book {
    /// Until when somebody listens to it.
    until: Moment,
    texts: BTreeMap<LiveSection, Text>,
}

struct Text {
    call: LiveCall,
    until: Moment,
    text: String,
}

impl Listened {
    /// Returns the books that somebody still listens to, and forgets the others.
    fn at(&self, now: Moment) -> MutexGuard<'_, HashMap<BookId, Book>> {
        let mut books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        books.retain(|_, book| book.until > now);
        books
    }
}

impl Book {
    /// Adds a piece, and returns how many bytes of its text are stored then.
    fn add(&mut self, piece: &LivePiece, now: Moment) -> usize {
        let stored = self.texts.get(&piece.section).filter(|stored| stored.until > now);
        if stored.is_some_and(|stored| stored.call.lease > piece.call.lease) {
            return piece.offset + piece.text.len();
        }
        let is_same = stored.is_some_and(|stored| stored.call == piece.call);
        if !is_same && piece.offset > 0 {
            return 0;
        }
        if !is_same {
            self.texts.insert(piece.section, Text { call: piece.call, until: now, text: String::new() });
        }
        let Some(stored) = self.texts.get_mut(&piece.section) else { return 0 };
        stored.until = now + LIVE_FOR;
        if stored.text.len() == piece.offset {
            stored.text.push_str(&piece.text);
        }
        stored.text.len()
    }
}

impl Text {
    /// Returns what is behind the known part of the text.
    fn behind(&self, section: LiveSection, known: &[LiveExtent]) -> LivePiece {
        let known = known.iter().find(|known| known.section == section && known.call == self.call);
        let offset = known.map_or(0, |known| known.bytes);
        let (offset, text) = self.text.get(offset..).map_or((0, self.text.as_str()), |text| (offset, text));
        LivePiece { section, call: self.call, offset, text: text.to_owned() }
    }
}

#[async_trait]
impl LiveTexts for Sqlite {
    async fn add(&self, book: &BookId, pieces: &[LivePiece]) -> Result<Option<Vec<usize>>, StoreError> {
        let now = self.clock.now();
        let mut books = self.listened.at(now);
        let add = |book: &mut Book| pieces.iter().map(|piece| book.add(piece, now)).collect();
        Ok(books.get_mut(book).map(add))
    }

    async fn end(&self, book: &BookId, ended: &[(LiveSection, LiveCall)]) -> Result<(), StoreError> {
        if let Some(book) = self.listened.at(self.clock.now()).get_mut(book) {
            book.texts.retain(|section, text| !ended.contains(&(*section, text.call)));
        }
        Ok(())
    }

    async fn hear(&self, book: &BookId, known: &[LiveExtent]) -> Result<Vec<LivePiece>, StoreError> {
        let now = self.clock.now();
        let mut books = self.listened.at(now);
        let book = books.entry(book.clone()).or_default();
        book.until = now + LIVE_FOR;
        book.texts.retain(|_, text| text.until > now);
        Ok(book.texts.iter().map(|(section, text)| text.behind(*section, known)).collect())
    }
}
