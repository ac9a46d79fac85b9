//! Tests of the filter, on the records of books that the ledger has accepted.

use std::time::Duration;

use bindery_ledger::{
    Hold, Stage, accept,
    sample::{RULES, request},
};

use super::*;

/// The time of the tests: the eleventh day of 1970.
const NOW: Moment = Moment(10 * 86_400_000);

/// Returns a book that was accepted so many hours ago.
fn book(name: &str, hours: u64) -> Book {
    let at = Moment(NOW.0 - hours * 3_600_000);
    let mut book = accept(&RULES, at, &request(name, 2), None, None).1.book.unwrap();
    book.title = format!("About {name}");
    book
}

fn taken(query: &BookQuery, books: &[Book]) -> Vec<String> {
    let filter = query.read(NOW).unwrap();
    books.iter().filter(|book| filter.takes(book)).map(|book| book.request_id.clone()).collect()
}

#[test]
fn each_part_of_a_filter_lets_its_own_books_pass() {
    let mut failed = book("tides", 30);
    failed.state = State::Failed(Stage::Write);
    let mut held = book("Knots", 2);
    held.holds.insert(Hold::Operator);
    let mut done = book("bells", 50);
    (done.state, done.tenant) = (State::Done, "press".to_owned());
    done.terms.tags.insert("autumn".to_owned());
    let books = [held, failed, done];
    let some = |text: &str| Some(text.to_owned());
    let all = BookQuery::default();
    for (query, expected) in [
        (all.clone(), &["Knots", "tides", "bells"][..]),
        (BookQuery { state: some("failed,done"), ..all.clone() }, &["tides", "bells"]),
        (BookQuery { failed: Some(true), ..all.clone() }, &["tides"]),
        (BookQuery { failed: Some(false), ..all.clone() }, &["Knots", "bells"]),
        (BookQuery { held: Some(true), ..all.clone() }, &["Knots"]),
        (BookQuery { open: Some(false), ..all.clone() }, &["tides", "bells"]),
        (BookQuery { tenant: some("press"), ..all.clone() }, &["bells"]),
        (BookQuery { text: some("KNOT"), ..all.clone() }, &["Knots"]),
        (BookQuery { tag: some("autumn"), ..all.clone() }, &["bells"]),
        (BookQuery { tag: some("autum"), ..all.clone() }, &[]),
        (BookQuery { since: some("1d 6h"), ..all.clone() }, &["Knots", "tides"]),
        (BookQuery { until: some("1d 6h"), ..all.clone() }, &["bells"]),
        (BookQuery { since: some("1970-01-10"), ..all.clone() }, &["Knots"]),
        (BookQuery { until: some("1970-01-09T00:00:00Z"), ..all.clone() }, &["bells"]),
        (BookQuery { since: some("2d"), until: some("1d"), failed: Some(true), ..all }, &["tides"]),
    ] {
        assert_eq!(taken(&query, &books), expected, "{query:?}");
    }
}

#[test]
fn all_faults_of_a_filter_are_named_at_once() {
    let wrong = |text: &str| Some(text.to_owned());
    let query = BookQuery {
        state: wrong("done,lost"),
        limit: Some(0),
        cursor: wrong("x"),
        since: wrong("yesterday"),
        until: wrong("3"),
        ..BookQuery::default()
    };
    let errors = query.read(NOW).unwrap_err();
    for about in ["state:", "limit:", "cursor:", "since:", "until:"] {
        assert!(errors.iter().any(|error| error.starts_with(about)), "{about} is missing in {errors:?}");
    }
    assert_eq!(errors.len(), 5, "{errors:?}");
}

#[test]
fn the_pages_of_a_filter_hold_each_book_once_also_if_one_grows_too_old_meanwhile() {
    let books = [book("a", 1), book("b", 2), book("c", 3)];
    let query = BookQuery { since: Some("3h".to_owned()), ..BookQuery::default() };
    assert_eq!(taken(&query, &books), ["a", "b", "c"]);
    let cursor = query.read(NOW).unwrap().behind(&books[1]);
    let next = BookQuery { cursor: Some(cursor.to_string()), ..query };
    let later = next.read(NOW + Duration::from_secs(7_200)).unwrap();
    let left: Vec<&str> = books.iter().filter(|book| later.takes(book)).map(|book| book.request_id.as_str()).collect();
    assert_eq!(left, ["c"], "the age is counted from the first page");
}
