//! Decisions: each is made from records that were read, and applied unless one of them has changed meanwhile. Where one
//! has, they are read and decided again.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use bindery_domain::BookId;
use bindery_ledger::{Book, Rules, Writes};
use tokio::sync::{Mutex, MutexGuard};

use super::{
    apply,
    connect::{Connection, Connections},
    hints,
    packed::Packed,
    read::Versions,
};
use crate::{Clock, StoreError};

/// How often a decision is made anew because a record has changed under it: each time another's has got through.
pub(super) const ROUNDS: u32 = 200;

/// How long the others' turn is left to them after one was lost, at most.
const PAUSE: Duration = Duration::from_millis(10);

/// Locks on books. Two books may share one, which costs them a wait and nothing else.
const TURNS: usize = 256;

/// What decisions are made with.
pub(super) struct Desk {
    pub(super) connections: Connections,
    pub(super) rules: Rules,
    pub(super) clock: Clock,
    /// Whoever decides about a whole book within this process does so in turn, so as not to undo another's reading.
    turns: Vec<Mutex<()>>,
}

/// Who is decided about by what was read of whom.
pub(super) struct Decided<'a> {
    pub(super) id: &'a BookId,
    pub(super) versions: &'a mut Versions,
    pub(super) before: Option<&'a Book>,
    pub(super) guard: Guard,
}

/// What a decision has to do with the book's version, beyond those of the tasks it writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// The book must still be open: what is said of one task holds whatever else becomes of its book.
    Open,
    /// The book must not have changed, and others who found it so need not look again: whether it has a budget says what a
    /// lease's beginning or end means to it.
    Unchanged,
    /// The book must not have changed, and others who found it so must look again.
    Changes,
}

impl Desk {
    pub(super) fn new(connections: Connections, rules: Rules, clock: Clock) -> Self {
        Self { connections, rules, clock, turns: (0..TURNS).map(|_| Mutex::new(())).collect() }
    }

    pub(super) async fn turn(&self, book: &BookId) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        book.hash(&mut hasher);
        let nth = usize::try_from(hasher.finish() % TURNS as u64).expect("it is below the number of turns");
        self.turns[nth].lock().await
    }

    /// Applies a decision; whether it could be, since nothing it was made from has changed. What it has written has new
    /// versions then.
    pub(super) async fn apply(
        &self,
        connection: &mut Connection,
        decided: Decided<'_>,
        (writes, packed): (&Writes, &Packed),
    ) -> Result<bool, StoreError> {
        if *writes == Writes::default() {
            return Ok(true);
        }
        let was_open = decided.before.is_some_and(|before| !before.state.settled());
        let settles = was_open && writes.book.as_ref().is_some_and(|book| book.state.settled());
        let opened = writes.book.as_ref().filter(|book| !was_open && !book.state.settled());
        if let Some(book) = opened {
            connection.query::<()>(&hints::open(book)).await?;
        }
        let guard = if writes.book.is_some() { Guard::Changes } else { decided.guard };
        let checks = (decided.versions, guard);
        let Some(left) = apply::writes(connection, (decided.id, settles), checks, (writes, packed)).await? else {
            return Ok(false);
        };
        let pipe = hints::follow(decided.id, left, opened);
        if !pipe.is_empty() {
            connection.query::<()>(&pipe).await?;
        }
        Ok(true)
    }
}

/// Leaves the others their turn where a decision was lost to them. The first time most had only found a task that was
/// marked or renewed meanwhile, and is made again at once.
pub(super) async fn give_way(round: u32) {
    if round > 1 {
        tokio::time::sleep(PAUSE.mul_f64(fastrand::f64())).await;
    }
}

pub(super) fn contended() -> StoreError {
    StoreError::Failed(format!("the book was changed by others {ROUNDS} times in a row"))
}
