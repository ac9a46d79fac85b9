//! What a dispatcher does when the store has lost what it had stored last.
//!
//! Messages of tasks may then be gone though the store says that they wait. The message was settled, and the store has
//! forgotten what it was told before that. Such a task would wait until its message counts as lost.

use std::time::{Duration, Instant};

use bindery_domain::BookId;
use bindery_ledger::{Released, Rules, Standing, Task};
use bindery_runtime::{Ports, PublishError, publish};
use bindery_store::{Heartbeat, Setback, StoreError};

use super::is_general;

/// The time between two heartbeats.
const BEAT: Duration = Duration::from_secs(1);

/// Remembers the store's last heartbeat.
#[derive(Default)]
pub(super) struct Pulse {
    seen: Option<Heartbeat>,
    at: Option<Instant>,
}

impl Pulse {
    /// Asks the store for its heartbeat, at most once a second, and returns what became of the store since the last one.
    pub(super) async fn feel(&mut self, ports: &Ports) -> Result<Option<Setback>, StoreError> {
        if self.at.is_some_and(|at| at.elapsed() < BEAT) {
            return Ok(None);
        }
        let now = ports.store.beat(self.seen.as_ref()).await?;
        let setback = self.seen.as_ref().and_then(|seen| now.setback_since(seen));
        (self.seen, self.at) = (Some(now), Some(Instant::now()));
        match setback {
            Some(setback) if setback.is_loss() => {
                tracing::error!(kind = setback.name(), "the store has lost what it had stored last");
            }
            Some(setback) => {
                tracing::warn!(
                    kind = setback.name(),
                    "another master of the store has taken over; it may lack the last writes"
                );
            }
            None => {}
        }
        Ok(setback)
    }
}

/// Publishes again every task whose message may be gone, once a store has lost something. A message too many does no harm.
///
/// The store and the broker often fail together. What cannot be published stays owed until it can.
#[derive(Default)]
pub(super) struct Republishing {
    /// When the loss was noticed; `None` where nothing is owed.
    since: Option<Instant>,
    /// The books whose tasks are owed; `None` before the store was asked for them.
    books: Option<Vec<BookId>>,
    /// How many tasks were published.
    published: usize,
}

impl Republishing {
    /// Begins anew with all books.
    pub(super) fn begin(&mut self) {
        *self = Self { since: Some(Instant::now()), ..Self::default() };
    }

    /// Publishes what is owed. It ends at the first failure, and goes on there the next time. Only a failure that meets all
    /// due times is returned.
    pub(super) async fn go_on(&mut self, ports: &Ports, rules: &Rules) -> Result<(), PublishError> {
        // Another dispatcher may have been the leader meanwhile. After this time the messages count as lost in any case.
        if self.since.is_none_or(|since| since.elapsed() > rules.lost_after) {
            *self = Self::default();
            return Ok(());
        }
        let mut books = match self.books.take() {
            Some(books) => books,
            None => ports.store.open_books().await?.into_iter().map(|book| book.id).collect(),
        };
        while let Some(book) = books.pop() {
            match publish_tasks(ports, rules, &book).await {
                Ok(count) => self.published += count,
                Err(PublishError::Store(error @ (StoreError::Newer(_) | StoreError::Unreadable { .. }))) => {
                    tracing::warn!(book.id = %book, %error, "the tasks of a book cannot be published again");
                }
                Err(error) => {
                    books.push(book);
                    self.books = Some(books);
                    return if is_general(ports, &error).await { Err(error) } else { Ok(()) };
                }
            }
        }
        tracing::warn!(tasks = self.published, "tasks were published again, since the store had lost writes");
        *self = Self::default();
        Ok(())
    }
}

/// Publishes a book's tasks whose messages may be gone, and returns their number.
async fn publish_tasks(ports: &Ports, rules: &Rules, book: &BookId) -> Result<usize, PublishError> {
    let Some(book) = ports.store.book(book).await?.filter(|book| !book.held() && !book.state.settled()) else {
        return Ok(0);
    };
    let tasks = ports.store.tasks(&book.id).await?;
    let hanging = tasks.iter().filter(|task| hangs(task));
    let released: Vec<Released> = hanging.map(|task| Released::of(&book, task, rules)).collect();
    publish(&*ports.queue, &*ports.store, &book.id, &released).await?;
    Ok(released.len())
}

/// Returns whether a task waits for a message alone.
fn hangs(task: &Task) -> bool {
    task.standing == Standing::Released && task.lease.is_none() && task.parked.is_none()
}
