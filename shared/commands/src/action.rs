//! What is done to a book at the wish of a caller.

use bindery_domain::{BookId, Digest};
use bindery_files::{Files, FilesError};
use bindery_ledger::{Book, EditedText, Hold, Operated, Operation, Plan, Revision, State};
use bindery_protocol::problem::{Problem, ProblemKind};
use bindery_runtime::{Ports, publish};
use bindery_store::{KeyScope, Store, StoreError};

use crate::change::MAX_NOTE;

/// What a caller wants done to a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The book is called off.
    Cancel,
    /// The book stands still until the hold is lifted.
    Hold,
    /// The hold of an operator is lifted.
    Lift,
    /// The plan of a book that waits for a review is approved.
    Approve,
    /// A failed book is tried again, and a finished book without its files is bound again.
    Redrive,
    /// Chapters of a settled book are written again.
    Rewrite {
        /// The numbers of the chapters.
        chapters: Vec<u32>,
        /// A note on these chapters for the model.
        note: Option<String>,
    },
    /// A model changes in chapters what notes ask for. [`Manuscript::revisions`](crate::Manuscript::revisions) makes these.
    Revise(Vec<Revision>),
    /// Texts of an editor, or former texts, take the place of the present ones.
    ReplaceTexts(Vec<EditedText>),
    /// An edited plan takes the place of the one that waits for a review. [`replacement`](crate::replacement) makes it.
    ReplacePlan {
        /// The new plan.
        plan: Box<Plan>,
        /// The digest of the plan that it was made from.
        instead_of: Digest,
    },
}

impl Action {
    /// Returns the scope that a caller needs.
    pub fn scope(&self) -> KeyScope {
        match self {
            Self::Cancel | Self::Redrive | Self::Rewrite { .. } | Self::Revise(_) | Self::ReplaceTexts(_) => {
                KeyScope::Write
            }
            Self::Approve | Self::ReplacePlan { .. } => KeyScope::Approve,
            Self::Hold | Self::Lift => KeyScope::Operate,
        }
    }
}

/// The most faults that are named at once.
const MAX_FAULTS: usize = 20;

impl Action {
    /// Refuses what no state of the book would allow, with all that is wrong with it.
    fn check(&self, book: &Book) -> Result<(), CommandError> {
        let Self::Rewrite { chapters, note } = self else { return Ok(()) };
        let mut faults = Vec::new();
        if chapters.is_empty() {
            faults.push("chapters: is empty; name at least one".to_owned());
        }
        if note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE) {
            faults.push(format!("note: may have {MAX_NOTE} characters"));
        }
        let unknown = chapters.iter().filter(|number| !(1..=book.chapters).contains(number));
        faults.extend(
            unknown.map(|number| format!("chapters: there is no chapter {number}; the book has {}", book.chapters)),
        );
        faults.truncate(MAX_FAULTS);
        if faults.is_empty() { Ok(()) } else { Err(CommandError::Invalid(faults)) }
    }
}

/// Why a command could not be run.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The book is gone.
    #[error("the book was deleted")]
    Deleted,
    /// It has these faults.
    #[error("{}", .0.join("; "))]
    Invalid(Vec<String>),
    /// The state of the book does not allow it.
    #[error("{0}")]
    Refused(String),
    /// It needs texts that have left the store.
    #[error("the texts have left the store after the time that store.retention gives; the files of the book stay")]
    TextsLeft,
    /// There is no such text or plan.
    #[error("{0}")]
    Missing(String),
    /// The store has lost something of the book, or holds what cannot be read.
    #[error("{0}")]
    Lost(String),
    /// Somebody else has changed meanwhile what it was made from.
    #[error("somebody has changed it since you read it; read it again, then repeat your change")]
    Outdated,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files could not be reached.
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl CommandError {
    /// Returns the problem that the caller is told of; `None` where a server failed.
    pub fn problem(&self) -> Option<Problem> {
        match self {
            Self::Deleted => Some(Problem::no_book()),
            Self::Invalid(faults) => Some(Problem::invalid(faults.clone())),
            Self::Refused(why) => Some(Problem::new(ProblemKind::Conflict, why.as_str())),
            Self::TextsLeft => Some(Problem::new(ProblemKind::TextsGone, self.to_string())),
            Self::Missing(what) => Some(Problem::new(ProblemKind::NotFound, what.as_str())),
            Self::Outdated => Some(Problem::new(ProblemKind::Outdated, self.to_string())),
            Self::Lost(_) | Self::Store(_) | Self::Files(_) => None,
        }
    }
}

/// Does to a book what a caller wants, and returns the book as it is then, or says why it cannot be done.
pub async fn command(ports: &Ports, files: &dyn Files, book: &Book, action: Action) -> Result<Book, CommandError> {
    action.check(book)?;
    let operated = act(ports, files, book, action.clone()).await?;
    outcome(ports, book, &action, operated).await
}

/// Does the same as [`command`], but once, however often it is called with the same name.
pub async fn command_once(
    ports: &Ports,
    files: &dyn Files,
    book: &Book,
    action: Action,
    name: Digest,
) -> Result<Book, CommandError> {
    action.check(book)?;
    let operation = Box::new(operation(files, book, action.clone()).await);
    let operated = operate(ports, &book.id, Operation::Once { command: name, operation }).await?;
    outcome(ports, book, &action, operated).await
}

/// Returns the book as it is after an action, or why nothing was done.
async fn outcome(ports: &Ports, book: &Book, action: &Action, operated: Operated) -> Result<Book, CommandError> {
    let now = ports.store.book(&book.id).await?.ok_or(CommandError::Deleted)?;
    match operated {
        Operated::Done { .. } => Ok(now),
        // A request that is repeated finds its plan in place.
        Operated::Unchanged if matches!(action, Action::ReplacePlan { .. }) => Ok(now),
        Operated::TextsLeft => Err(CommandError::TextsLeft),
        Operated::Outdated => Err(CommandError::Outdated),
        _ => Err(CommandError::Refused(refusal(&now, action))),
    }
}

/// Says why an action could not be done to a book.
pub fn refusal(book: &Book, action: &Action) -> String {
    let state = book.state;
    match action {
        Action::Cancel => format!("the book is {state} already"),
        Action::Hold if book.state.settled() => format!("the book is {state}, so there is nothing to hold"),
        Action::Hold => "the book is held by an operator already".to_owned(),
        Action::Lift => "no operator holds the book".to_owned(),
        Action::Approve => format!("the book does not wait for a review; it is {state}"),
        Action::Redrive => format!("the book has not failed; it is {state}"),
        Action::Rewrite { .. } if book.state.settled() => {
            format!("the book is {state}, so nothing of it is written again; send its outline under another name")
        }
        Action::Rewrite { .. } => format!("the book is {state}; wait until it has settled"),
        Action::Revise(_) | Action::ReplaceTexts(_) => {
            format!("the book is {state}; the texts of a finished book can be changed")
        }
        Action::ReplacePlan { .. } => format!("the book does not wait for a review; it is {state}"),
    }
}

/// Does to a book what a caller wants, and publishes the tasks that it released.
pub async fn act(ports: &Ports, files: &dyn Files, book: &Book, action: Action) -> Result<Operated, CommandError> {
    let operated = act_unpublished(&*ports.store, files, book, action).await?;
    publish_released(ports, &book.id, &operated).await;
    Ok(operated)
}

/// Does to a book what a caller wants. The tasks that it released are left to the sweeper of another process.
pub async fn act_unpublished(
    store: &dyn Store,
    files: &dyn Files,
    book: &Book,
    action: Action,
) -> Result<Operated, CommandError> {
    let operation = operation(files, book, action).await;
    store.operate(&book.id, operation).await?.ok_or(CommandError::Deleted)
}

/// Returns what an action does to a book as it is.
async fn operation(files: &dyn Files, book: &Book, action: Action) -> Operation {
    match action {
        Action::Cancel => Operation::Cancel,
        Action::Hold => Operation::Hold,
        Action::Lift => Operation::Lift(Hold::Operator),
        Action::Approve => Operation::Lift(Hold::Review),
        Action::Redrive if book.state == State::Done && !bound(files, book).await => Operation::Rebind,
        Action::Redrive => Operation::Redrive,
        Action::Rewrite { chapters, note } => Operation::Rewrite { chapters, note },
        Action::Revise(revisions) => Operation::Revise(revisions),
        Action::ReplaceTexts(texts) => Operation::ReplaceTexts(texts),
        Action::ReplacePlan { plan, instead_of } => Operation::ReplacePlan { plan, instead_of },
    }
}

/// Runs an operation on a whole book and publishes the tasks that it released.
pub async fn operate(ports: &Ports, book: &BookId, operation: Operation) -> Result<Operated, CommandError> {
    let operated = ports.store.operate(book, operation).await?.ok_or(CommandError::Deleted)?;
    publish_released(ports, book, &operated).await;
    Ok(operated)
}

async fn publish_released(ports: &Ports, book: &BookId, operated: &Operated) {
    if let Operated::Done { released } = operated {
        // What could not be published is logged, and due again soon.
        let _published = publish(&*ports.queue, &*ports.store, book, released).await;
    }
}

/// Returns whether the files of a book are there in all of its formats.
pub async fn bound(files: &dyn Files, book: &Book) -> bool {
    for format in &book.terms.formats {
        let file = book.binding.iter().flat_map(|binding| &binding.files).find(|file| file.format == *format);
        let Some(file) = file else { return false };
        if files.get(&book.id, file).await.is_err() {
            return false;
        }
    }
    true
}

/// Removes the files of a book, then the book. If the files cannot be removed, the command can be repeated.
pub async fn remove(ports: &Ports, files: &dyn Files, book: &Book, reason: &str) -> Result<(), CommandError> {
    // Nobody writes the texts of an open book again while they are removed.
    ports.store.operate(&book.id, Operation::Cancel).await?;
    remove_stored(ports, files, &book.id).await?;
    let (tenant, request_id) = (&book.tenant, &book.request_id);
    tracing::info!(tenant, request_id, book = %book.id, reason, "the book was deleted");
    Ok(())
}

/// Removes what is stored of a book, also of one whose record cannot be read.
pub async fn remove_stored(ports: &Ports, files: &dyn Files, book: &BookId) -> Result<(), CommandError> {
    files.delete(book).await?;
    ports.store.delete(book).await?;
    // A binding that was under way may have stored a file meanwhile. One that stores a file later finds the book gone.
    Ok(files.delete(book).await?)
}
