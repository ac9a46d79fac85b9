//! How the texts of a settled book leave the store: its record stays, so that a repeated request is still known.
//!
//! They leave in two steps. The first says so, from when on nothing is done that would need them; then the store removes
//! them, a bounded number at a time; the second notes that none is left. Whatever dies between, the book stays due.

use super::{State, Texts, operate::{Operated, Operation, OperationStep}};

impl Operation {
    /// Returns whether it would reopen a book that stands so, and go on from texts that are there.
    fn needs_texts(&self, state: State) -> bool {
        match self {
            Self::Redrive => matches!(state, State::Failed(_)),
            Self::Rebind => state == State::Done,
            Self::Rewrite { .. } | Self::Revise { .. } => true,
            _ => false,
        }
    }
}

impl OperationStep<'_> {
    /// Returns whether an operation needs texts that are there no more.
    pub(super) fn lacks_texts(&self, operation: &Operation) -> bool {
        matches!(self.book.texts, Texts::Leaving(_) | Texts::Left) && operation.needs_texts(self.book.state)
    }

    /// Lets the texts of a settled book leave once it is time.
    pub(super) fn let_texts_leave(&mut self) -> Operated {
        match self.book.texts {
            Texts::Until(at) if at <= self.now => {
                // A worker that slept may still hold a lease: it must not bring a text after they have left.
                self.forfeit_leases();
                self.book.texts = Texts::Leaving(self.now);
                Operated::Leaving
            }
            Texts::Leaving(_) => Operated::Leaving,
            Texts::Until(_) | Texts::Kept | Texts::Left => Operated::Unchanged,
        }
    }

    /// Notes that none is left.
    pub(super) fn texts_removed(&mut self) -> Operated {
        let Texts::Leaving(_) = self.book.texts else { return Operated::Unchanged };
        self.book.texts = Texts::Left;
        Operated::Done { released: Vec::new() }
    }
}
