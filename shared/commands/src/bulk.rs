//! What is done to many books at once.

use bindery_files::{Files, FilesError};
use bindery_ledger::{Book, Hold, State};
use bindery_runtime::Ports;
use bindery_store::{KeyScope, Store, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Action, BookFilter, Caller, CommandError, command, remove};

/// What can be done to many books at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// The books stand still until the hold is lifted.
    Hold,
    /// The hold of an operator is lifted.
    Lift,
    /// The books are called off.
    Cancel,
    /// The failed books are tried again.
    Redrive,
    /// The books are deleted with their texts and files.
    Delete,
}

impl BulkAction {
    /// Returns the scope that a caller needs.
    pub fn scope(self) -> KeyScope {
        self.action().map_or(KeyScope::Write, |action| action.scope())
    }

    /// Returns what is done to each book; `None` where the book is deleted.
    pub fn action(self) -> Option<Action> {
        match self {
            Self::Hold => Some(Action::Hold),
            Self::Lift => Some(Action::Lift),
            Self::Cancel => Some(Action::Cancel),
            Self::Redrive => Some(Action::Redrive),
            Self::Delete => None,
        }
    }

    /// Returns whether there is something to do to a book, as far as its record tells.
    pub(crate) fn concerns(self, book: &Book) -> bool {
        let held = book.holds.contains(&Hold::Operator);
        match self {
            Self::Hold => !book.state.settled() && !held,
            Self::Lift => held,
            Self::Cancel => !book.state.settled(),
            Self::Redrive => matches!(book.state, State::Failed(_)),
            Self::Delete => true,
        }
    }
}

impl Caller {
    /// Returns those of the caller's books that a filter takes and an action concerns, newest first.
    pub async fn concerned(
        &self,
        store: &dyn Store,
        filter: &BookFilter,
        action: BulkAction,
    ) -> Result<Vec<Book>, StoreError> {
        let mut books = self.books(store, filter).await?;
        books.retain(|book| action.concerns(book));
        Ok(books)
    }
}

/// What became of one of many books.
#[derive(Debug)]
pub struct BulkResult {
    /// The book, as it was before.
    pub book: Book,
    /// Why nothing was done to it; `None` where it was done.
    pub error: Option<CommandError>,
}

/// Does something to one book after the other. A book that it cannot be done to does not stop it. It stops where a server
/// fails, since the next book would fare no better: the results then name fewer books.
pub async fn act_on_each(ports: &Ports, files: &dyn Files, action: BulkAction, books: Vec<Book>) -> BulkResults {
    let mut results = Vec::with_capacity(books.len());
    for book in books {
        let done = match action.action() {
            Some(action) => command(ports, files, &book, action).await.map(drop),
            None => remove(ports, files, &book, "a caller asked for it, with others").await,
        };
        match done {
            Err(error) if is_of_server(&error) => return BulkResults { results, stopped: Some(error) },
            done => results.push(BulkResult { book, error: done.err() }),
        }
    }
    BulkResults { results, stopped: None }
}

/// What became of many books.
#[derive(Debug)]
pub struct BulkResults {
    /// What became of each, in order.
    pub results: Vec<BulkResult>,
    /// The failure of a server, where it ended the work early.
    pub stopped: Option<CommandError>,
}

/// Returns whether an error lies with a server, and not with a book.
fn is_of_server(error: &CommandError) -> bool {
    match error {
        CommandError::Deleted
        | CommandError::Invalid(_)
        | CommandError::Refused(_)
        | CommandError::TextsLeft
        | CommandError::Missing(_)
        | CommandError::Lost(_)
        | CommandError::Outdated => false,
        CommandError::Store(error) => !matches!(error, StoreError::Unreadable { .. } | StoreError::Newer(_)),
        CommandError::Files(error) => !matches!(error, FilesError::Missing { .. } | FilesError::Damaged { .. }),
    }
}
