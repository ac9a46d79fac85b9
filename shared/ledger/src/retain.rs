//! How the texts of a settled book leave the store. The book's record stays, so that a repeated request is still known.
//!
//! They leave in two steps. The first step marks the texts as leaving, and from then on no operation that needs them is
//! allowed. The store then removes them, a bounded number at a time. The second step records that none is left. The book
//! stays due until then, so a crash between the steps loses nothing.

use super::{
    State, Texts,
    operate::{Operated, Operation, OperationStep},
};

impl Operation {
    /// Returns whether the operation would reopen a book in this state and continue from its stored texts.
    fn needs_texts(&self, state: State) -> bool {
        match self {
            Self::Redrive => matches!(state, State::Failed(_)),
            Self::Rebind => state == State::Done,
            Self::Rewrite { .. } | Self::Revise(_) | Self::ReplaceOutline { .. } | Self::ReplaceTexts(_) => true,
            _ => false,
        }
    }
}

impl OperationStep<'_> {
    /// Returns whether an operation needs texts that the store no longer has.
    pub(super) fn lacks_texts(&self, operation: &Operation) -> bool {
        matches!(self.book.texts, Texts::Leaving(_) | Texts::Left) && operation.needs_texts(self.book.state)
    }

    /// Marks the texts of a settled book as leaving once their time has come.
    pub(super) fn let_texts_leave(&mut self) -> Operated {
        match self.book.texts {
            Texts::Until(at) if at <= self.now => {
                // A worker that slept may still hold a lease. It must not store a text after the others have left.
                self.forfeit_leases();
                self.book.texts = Texts::Leaving(self.now);
                Operated::Leaving
            }
            Texts::Leaving(_) => Operated::Leaving,
            Texts::Until(_) | Texts::Kept | Texts::Left => Operated::Unchanged,
        }
    }

    /// Records that no text is left.
    pub(super) fn texts_removed(&mut self) -> Operated {
        let Texts::Leaving(_) = self.book.texts else { return Operated::Unchanged };
        self.book.texts = Texts::Left;
        Operated::Done { released: Vec::new() }
    }
}
