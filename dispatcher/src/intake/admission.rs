//! Whether there is room for another book.
//!
//! The store itself refuses a book that is one too many. A look at the store only keeps this process from taking submissions
//! that would be refused. Its own submissions under way count as open books. Those of other dispatchers are unknown here.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bindery_runtime::{FaultCaller, STORE_FAULT};
use bindery_store::{Load, Store};
use tokio_util::task::TaskTracker;

/// The share of the store's memory above which no book is accepted, so that open books can finish.
const MAX_MEMORY_SHARE: f64 = 0.8;

/// The pause between two looks.
pub(super) const LOOK: Duration = Duration::from_secs(2);

/// How often a full store is logged.
const REMINDER: Duration = Duration::from_secs(60);

/// The most submissions under way at once. Accepting is quick, and each may be as large as the broker allows.
const MANY: u16 = 2;

/// How fast submissions are taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Several at once.
    Many,
    /// One after the other, where little room is left or a server may fail again. The broker counts how often it requeues
    /// a message, and whoever holds one submission at a time seldom hands back another.
    One,
}

impl Pace {
    /// Returns how many submissions are under way at once.
    pub(super) fn prefetch(self) -> u16 {
        match self {
            Self::Many => MANY,
            Self::One => 1,
        }
    }
}

/// Why there is no room for another book.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
enum Full {
    /// The share of the store's memory that is used.
    #[error("the store has used {:.0} % of its memory", .0 * 100.0)]
    Memory(f64),
    /// How many books may be open.
    #[error("{0} books are open")]
    Books(u64),
}

/// Looks how much room the store has, and says so when there is none.
pub(super) struct Admission {
    store: Arc<dyn Store>,
    limit: u64,
    /// How many submissions were taken in since there was no room, or since the start.
    taken: u64,
    told: Option<Instant>,
    fault: FaultCaller<'static>,
}

impl Admission {
    pub(super) fn new(store: Arc<dyn Store>, limit: u64) -> Self {
        Self { store, limit, taken: 0, told: None, fault: STORE_FAULT.caller() }
    }

    /// Waits until there is room, and returns the pace that it allows.
    pub(super) async fn wait(&mut self, under_way: &TaskTracker) -> Pace {
        loop {
            if let Some(pace) = self.look(under_way.len()).await {
                return pace;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Returns the pace for which there is room beside the submissions under way; `None` where there is no room, or where
    /// the store does not answer.
    pub(super) async fn look(&mut self, under_way: usize) -> Option<Pace> {
        let load = match self.store.load().await {
            Ok(load) => load,
            Err(error) => {
                self.taken = 0;
                self.fault.failed(&error);
                return None;
            }
        };
        self.fault.ended();
        match self.room(&load, under_way as u64) {
            Ok(room) if room >= 2 * u64::from(MANY) && self.taken >= 2 * u64::from(MANY) => Some(Pace::Many),
            Ok(_) => Some(Pace::One),
            Err(full) => {
                self.taken = 0;
                self.tell(full);
                None
            }
        }
    }

    /// Notes that a submission was taken in.
    pub(super) fn taken(&mut self) {
        self.taken += 1;
    }

    /// Returns for how many more books there is room, or why there is none.
    fn room(&self, load: &Load, under_way: u64) -> Result<u64, Full> {
        if let Some(used) = load.memory.filter(|used| *used > MAX_MEMORY_SHARE) {
            return Err(Full::Memory(used));
        }
        match self.limit.saturating_sub(load.open_books + under_way) {
            0 => Err(Full::Books(self.limit)),
            room => Ok(room),
        }
    }

    fn tell(&mut self, full: Full) {
        if self.told.is_none_or(|at| at.elapsed() >= REMINDER) {
            self.told = Some(Instant::now());
            tracing::warn!(reason = %full, "no submission is taken in until books have finished");
        }
    }
}
