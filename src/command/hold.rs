//! `bindery hold` holds a book until an operator lifts the hold. Running calls are finished.

use bindery_ledger::{Book, Operated};

use crate::exit::Failure;

/// Says that a book is held, or why not.
pub(super) fn held(book: &Book, operated: &Operated) -> Result<String, Failure> {
    match operated {
        Operated::Done { .. } => {
            Ok(format!("The book {} is held; `bindery hold {} --lift` lets it continue.", book.id, book.id))
        }
        Operated::Unchanged => Err(Failure::usage(format!("the book {} was held already; nothing was done", book.id))),
        _ => Err(settled(book)),
    }
}

/// Says that a book can continue, or why not.
pub(super) fn lifted(book: &Book, operated: &Operated) -> Result<String, Failure> {
    match operated {
        Operated::Done { .. } => Ok(format!("The book {} can continue.", book.id)),
        Operated::Unchanged => {
            Err(Failure::usage(format!("the book {} is not held by an operator; nothing was done", book.id)))
        }
        _ => Err(settled(book)),
    }
}

fn settled(book: &Book) -> Failure {
    Failure::usage(format!("the book {} is {} already", book.id, book.state))
}
