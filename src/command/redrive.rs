//! `bindery redrive` tries the failed chapters of a book again, each with its full number of tries. It binds a finished
//! book again if a file or a format is missing.

use bindery_ledger::{Book, Operated};

use crate::{app::App, exit::Failure};

/// Says that a book is tried again, or why not.
pub(super) fn told(app: &App, book: &Book, operated: &Operated) -> Result<String, Failure> {
    match operated {
        Operated::Done { .. } if app.fleet() => Ok(format!("The book {} is tried again.", book.id)),
        Operated::Done { .. } => Ok(format!("The book {} is open again: run `bindery write` on its outline.", book.id)),
        Operated::TextsLeft => Err(app.texts_left(&book.id)),
        _ => Err(Failure::usage(format!("the book {} has not failed; it is {}", book.id, book.state))),
    }
}
