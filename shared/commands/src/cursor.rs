//! Where a list of books goes on: behind a book that was accepted at a time.

use std::fmt;

use bindery_domain::Moment;
use bindery_ledger::Book;

/// A place in the list of books, which is newest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    accepted_at: Moment,
    book: String,
}

impl Place {
    /// Returns the place of a book.
    pub(crate) fn of(book: &Book) -> Self {
        Self { accepted_at: book.accepted_at, book: book.id.to_string() }
    }
}

/// Where the next page of a list begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) behind: Place,
    /// When the first page was asked for. Ages are counted from then on all pages, so that no book leaves the list meanwhile.
    pub(crate) asked_at: Moment,
}

impl Cursor {
    /// Reads a cursor; `None` where the text is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut pieces = text.split('-');
        let mut piece = || pieces.next();
        let (accepted_at, book, asked_at) = (piece()?.parse().ok()?, piece()?, piece()?.parse().ok()?);
        let behind = Place { accepted_at: Moment(accepted_at), book: book.to_owned() };
        pieces.next().is_none().then_some(Self { behind, asked_at: Moment(asked_at) })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.behind.accepted_at.0, self.behind.book, self.asked_at.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let behind = Place { accepted_at: Moment(17), book: "ab".to_owned() };
        let cursor = Cursor { behind, asked_at: Moment(20) };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        assert_eq!(["", "17", "x-ab-20", "17-ab", "17-ab-20-1"].map(Cursor::parse), [const { None }; 5]);
    }
}
