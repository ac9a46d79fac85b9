//! `bindery cancel` cancels a book, or all books of a filter. Its running calls stop when their workers next renew their leases.

use bindery_ledger::{Book, Operated};

use crate::exit::Failure;

/// Says that a book is cancelled, or why not.
pub(super) fn told(book: &Book, operated: &Operated) -> Result<String, Failure> {
    match operated {
        Operated::Done { .. } => Ok(format!("The book {} is cancelled; its finished parts are kept.", book.id)),
        Operated::Unchanged => {
            Err(Failure::usage(format!("the book {} was cancelled already; nothing was done", book.id)))
        }
        _ => Err(Failure::usage(format!("the book {} is {} already", book.id, book.state))),
    }
}
