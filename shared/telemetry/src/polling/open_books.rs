//! The open books by their states, and their missing chapters.

use std::{collections::BTreeMap, time::Duration};

use bindery_domain::{BookId, Moment};
use bindery_ledger::{Book, State};
use bindery_store::{Store, StoreError};

use crate::Metrics;

/// How long to wait between two polls, each of which reads all open books.
pub(super) const INTERVAL: Duration = Duration::from_secs(30);

/// The states of open books. A held book is in no other state.
const STATES: [&str; 6] = ["accepted", "planning", "writing", "auditing", "binding", "held"];

/// Reads the open books and counts them and their missing chapters.
pub(super) async fn poll(metrics: &Metrics, store: &dyn Store) -> Result<(), StoreError> {
    let books = store.open_books().await?;
    set_books(metrics, &books);
    let not_held: Vec<BookId> = books.iter().filter(|book| !book.held()).map(|book| book.id.clone()).collect();
    let missing = store.missing(&not_held).await?;
    metrics.chapters_missing.set(missing as f64);
    Ok(())
}

fn set_books(metrics: &Metrics, books: &[Book]) {
    let now = bindery_store::now();
    let mut by_state: BTreeMap<String, i64> = STATES.map(|state| (state.to_owned(), 0)).into();
    for book in books {
        *by_state.entry(state_label(book)).or_default() += 1;
    }
    for (state, count) in by_state {
        metrics.books.with_label_values(&[&state]).set(count);
    }
    metrics.oldest_missing_chapter.set(oldest_missing(books, now).as_secs_f64());
}

fn state_label(book: &Book) -> String {
    if book.held() { "held".to_owned() } else { book.state.to_string() }
}

/// Returns how long the oldest missing chapter of books that are not held has been missing; zero where none is missing.
fn oldest_missing(books: &[Book], now: Moment) -> Duration {
    let misses =
        |book: &&Book| matches!(book.state, State::Accepted | State::Planning | State::Writing) && !book.held();
    books.iter().filter(misses).map(|book| now.since(book.opened_at())).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bindery_ledger::{
        Hold, accept,
        sample::{RULES, request},
    };

    use super::*;

    fn book(name: &str, state: State, accepted: u64) -> Book {
        let (_, writes) = accept(&RULES, Moment(accepted), &request(name, 1), None, None);
        Book { state, ..writes.book.unwrap() }
    }

    #[test]
    fn every_state_is_shown_even_when_no_book_is_in_it() {
        let mut held = book("held", State::Writing, 5_000);
        held.holds.insert(Hold::Operator);
        let metrics = Metrics::new();
        set_books(&metrics, &[book("a", State::Writing, 9_000), book("b", State::Writing, 8_000), held]);
        let shown = |state| metrics.books.with_label_values(&[state]).get();
        assert_eq!(STATES.map(shown), [0, 0, 2, 0, 0, 1]);
        set_books(&metrics, &[]);
        assert_eq!(STATES.map(shown), [0; 6]);
        assert_eq!(metrics.oldest_missing_chapter.get(), 0.0);
    }

    #[test]
    fn a_chapter_is_missing_since_its_book_was_opened_unless_the_book_is_held_or_has_all_chapters() {
        let now = Moment(100_000);
        let mut held = book("held", State::Writing, 1_000);
        held.holds.insert(Hold::Budget);
        let complete = book("complete", State::Binding, 2_000);
        let books = [held, complete, book("a", State::Planning, 40_000), book("b", State::Writing, 70_000)];
        assert_eq!(oldest_missing(&books, now), Duration::from_secs(60));
        assert_eq!(oldest_missing(&books[..2], now), Duration::ZERO);
        // A hold that was lifted moved the deadline by its own length, which does not count.
        let mut lifted = book("lifted", State::Writing, 10_000);
        lifted.deadline_at = lifted.deadline_at + Duration::from_secs(50);
        assert_eq!(oldest_missing(&[lifted], now), Duration::from_secs(40));
    }
}
