//! The texts of sections while models write them. One reader in each process asks for them, however many listeners there are.

mod told;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use bindery_domain::BookId;
use bindery_store::{LiveCall, LiveExtent, LivePiece, LiveSection, Store};
use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(crate) use self::told::{EndedText, SectionText};
pub(super) use self::told::{TextMessage, Told};

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// In how many looks a book is asked for once, of which no text is under way.
const SELDOM: u32 = 5;

/// How many books are asked for at once.
const AT_ONCE: usize = 16;

/// Wakes the listeners of books whose texts have grown.
#[derive(Default)]
pub(crate) struct TextHub {
    watched: Mutex<HashMap<BookId, Weak<watch::Sender<Texts>>>>,
}

/// The texts of a book that are under way.
#[derive(Debug, Default)]
pub(super) struct Texts {
    under_way: BTreeMap<LiveSection, Text>,
    was_asked: bool,
}

/// The text of a section, as far as it has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    call: LiveCall,
    text: String,
}

/// A listener's hold on the texts of a book.
pub(super) struct WatchingTexts {
    _sender: Arc<watch::Sender<Texts>>,
    texts: watch::Receiver<Texts>,
}

impl WatchingTexts {
    /// Waits until the texts have changed, and returns what a listener is told that was told this much.
    pub(super) async fn changed(&mut self, told: &mut Told) -> Vec<TextMessage> {
        // The sender lives as long as this.
        let _changed = self.texts.changed().await;
        told.of(&self.texts.borrow_and_update())
    }
}

impl TextHub {
    /// Begins to listen to the texts of a book.
    pub(super) fn watch(&self, book: &BookId) -> WatchingTexts {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = watched.get(book).and_then(Weak::upgrade).unwrap_or_else(|| {
            let sender = Arc::new(watch::Sender::new(Texts::default()));
            watched.insert(book.clone(), Arc::downgrade(&sender));
            sender
        });
        let mut texts = sender.subscribe();
        // A later listener is told at once what the others were told before.
        texts.mark_changed();
        WatchingTexts { texts, _sender: sender }
    }

    /// Asks for the texts until the process stops, while anybody listens.
    pub(crate) async fn run(&self, store: &dyn Store, stopping: &CancellationToken) {
        let mut look = 0_u32;
        while stopping.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            look = look.wrapping_add(1);
            let seldom = look.is_multiple_of(SELDOM);
            let ask = |(book, sender): (BookId, Arc<watch::Sender<Texts>>)| async move {
                ask(store, &book, &sender, seldom).await
            };
            stream::iter(self.watched()).for_each_concurrent(AT_ONCE, ask).await;
        }
    }

    /// Returns the books that somebody listens to, and forgets the others.
    fn watched(&self) -> Vec<(BookId, Arc<watch::Sender<Texts>>)> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|_, sender| sender.strong_count() > 0);
        watched.iter().filter_map(|(book, sender)| Some((book.clone(), sender.upgrade()?))).collect()
    }
}

/// Asks for what is new of a book's texts, if it is this book's turn.
async fn ask(store: &dyn Store, book: &BookId, sender: &watch::Sender<Texts>, seldom: bool) {
    let Some(known) = sender.borrow().known(seldom) else { return };
    match store.live_texts().hear(book, &known).await {
        Ok(pieces) => {
            sender.send_if_modified(|texts| texts.take(pieces));
        }
        Err(error) => tracing::debug!(%error, "the texts under way could not be read; they are read again"),
    }
}

impl Texts {
    /// Returns how much is known of each text; `None` where the book is not asked for in this look.
    fn known(&self, seldom: bool) -> Option<Vec<LiveExtent>> {
        let extent = |(section, text): (&LiveSection, &Text)| LiveExtent {
            section: *section,
            call: text.call,
            bytes: text.text.len(),
        };
        let is_due = seldom || !self.was_asked || !self.under_way.is_empty();
        is_due.then(|| self.under_way.iter().map(extent).collect())
    }

    /// Takes what the store has; returns whether that is new. A section of which it has nothing is no longer under way.
    fn take(&mut self, pieces: Vec<LivePiece>) -> bool {
        self.was_asked = true;
        let mut before = std::mem::take(&mut self.under_way);
        let mut is_new = false;
        for LivePiece { section, call, offset, text: piece } in pieces {
            let known = before.remove(&section);
            let text = match known.filter(|known| known.call == call && known.text.len() == offset) {
                Some(mut known) => {
                    is_new |= !piece.is_empty();
                    known.text.push_str(&piece);
                    known
                }
                // What does not begin where the known text ends is asked for again, from its beginning.
                None if offset > 0 => {
                    is_new = true;
                    continue;
                }
                None => {
                    is_new = true;
                    Text { call, text: piece }
                }
            };
            self.under_way.insert(section, text);
        }
        is_new || !before.is_empty()
    }
}

#[cfg(test)]
mod tests;
