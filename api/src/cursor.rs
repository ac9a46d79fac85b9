//! Where a list of books goes on: behind a book that was accepted at a time.

use bindery_ledger::Book;

/// A place in the list of books, which is newest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cursor {
    accepted_at: u64,
    book: String,
}

impl Cursor {
    /// Returns the place of a book.
    pub(crate) fn of(book: &Book) -> Self {
        Self { accepted_at: book.accepted_at.0, book: book.id.to_string() }
    }

    /// Reads a cursor; `None` where the text is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (accepted_at, book) = text.split_once('-')?;
        Some(Self { accepted_at: accepted_at.parse().ok()?, book: book.to_owned() })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.accepted_at, self.book)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = Cursor { accepted_at: 17, book: "ab".to_owned() };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        assert_eq!(["", "17", "x-ab"].map(Cursor::parse), [None, None, None]);
    }
}
