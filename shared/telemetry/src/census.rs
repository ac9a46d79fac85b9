//! The open books, counted by where they stand, and their missing chapters.

use std::{collections::BTreeMap, time::Duration};

use bindery_domain::{BookId, Moment};
use bindery_ledger::{Book, State};
use bindery_store::{Store, StoreError};

use super::Metrics;

/// Between two counts: all open books are read for one.
pub(super) const TICK: Duration = Duration::from_secs(30);

/// Where an open book may stand; one that is held stands nowhere else.
const STATES: [&str; 5] = ["accepted", "planning", "writing", "binding", "held"];

/// Reads the open books and what they miss, and counts them. A store that does not answer is asked again later.
pub(super) async fn take(metrics: &Metrics, store: &dyn Store) -> Result<(), StoreError> {
    let books = store.open_books().await?;
    count(metrics, &books);
    let awaited: Vec<BookId> = books.iter().filter(|book| !book.held()).map(|book| book.id.clone()).collect();
    let missing = store.missing(&awaited).await?;
    metrics.chapters_missing.set(missing as f64);
    Ok(())
}

/// Counts these open books.
fn count(metrics: &Metrics, books: &[Book]) {
    let now = bindery_store::now();
    let mut by_state: BTreeMap<String, i64> = STATES.map(|state| (state.to_owned(), 0)).into();
    for book in books {
        *by_state.entry(stands(book)).or_default() += 1;
    }
    for (state, count) in by_state {
        metrics.books.with_label_values(&[&state]).set(count);
    }
    metrics.oldest_missing_chapter.set(oldest(books, now).as_secs_f64());
}

fn stands(book: &Book) -> String {
    if book.held() { "held".to_owned() } else { book.state.to_string() }
}

/// Returns for how long a chapter has been missing that somebody waits for, at most; nothing where none is.
fn oldest(books: &[Book], now: Moment) -> Duration {
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
        let (_, writes) = accept(&RULES, Moment(accepted), (&request(name, 1), None), None);
        Book { state, ..writes.book.unwrap() }
    }

    #[test]
    fn every_state_is_shown_also_where_no_book_stands_there() {
        let mut held = book("held", State::Writing, 5_000);
        held.holds.insert(Hold::Operator);
        let metrics = Metrics::new();
        count(&metrics, &[book("a", State::Writing, 9_000), book("b", State::Writing, 8_000), held]);
        let of = |state| metrics.books.with_label_values(&[state]).get();
        assert_eq!(STATES.map(of), [0, 0, 2, 0, 1]);
        count(&metrics, &[]);
        assert_eq!(STATES.map(|state| metrics.books.with_label_values(&[state]).get()), [0; 5]);
        assert_eq!(metrics.oldest_missing_chapter.get(), 0.0);
    }

    #[test]
    fn a_chapter_is_missing_since_its_book_was_opened_unless_it_is_held_or_has_all() {
        let now = Moment(100_000);
        let mut held = book("held", State::Writing, 1_000);
        held.holds.insert(Hold::Budget);
        let whole = book("whole", State::Binding, 2_000);
        let books = [held, whole, book("a", State::Planning, 40_000), book("b", State::Writing, 70_000)];
        assert_eq!(oldest(&books, now), Duration::from_secs(60));
        assert_eq!(oldest(&books[..2], now), Duration::ZERO);
        // What was held does not count: the deadline was moved by as much.
        let mut lifted = book("lifted", State::Writing, 10_000);
        lifted.deadline_at = lifted.deadline_at + Duration::from_secs(50);
        assert_eq!(oldest(&[lifted], now), Duration::from_secs(40));
    }
}
