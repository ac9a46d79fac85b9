//! What a caller's calls are doing right now, for progress displays.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A snapshot of a caller's calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallerStats {
    /// Calls waiting for a permit or for the provider.
    pub waiting: u64,
    /// Calls that run.
    pub running: u64,
    /// Calls answered.
    pub answered: u64,
    /// Calls that failed or were cancelled while running.
    pub failed: u64,
    /// Output tokens that have arrived, estimated from the length of their text; reasoning is left out.
    pub tokens: u64,
}

/// The counters behind the snapshots.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    waiting: AtomicU64,
    running: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    characters: AtomicU64,
}

impl Counters {
    /// Takes a snapshot.
    pub(crate) fn snapshot(&self) -> CallerStats {
        const CHARACTERS_PER_TOKEN: u64 = 4;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CallerStats {
            waiting: read(&self.waiting),
            running: read(&self.running),
            answered: read(&self.answered),
            failed: read(&self.failed),
            tokens: read(&self.characters) / CHARACTERS_PER_TOKEN,
        }
    }

    /// Counts a call as waiting until the guard is dropped.
    pub(crate) fn wait(self: &Arc<Self>) -> Waiting {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(Arc::clone(self))
    }

    /// Counts a call as running until the guard is dropped, and then as failed unless it was answered.
    pub(crate) fn run(self: &Arc<Self>) -> Running {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running { counters: Arc::clone(self), answered: false }
    }
}

/// A call that waits.
pub(crate) struct Waiting(Arc<Counters>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call that runs.
pub(crate) struct Running {
    counters: Arc<Counters>,
    answered: bool,
}

impl Running {
    /// Counts a piece of text.
    pub(crate) fn count_text(&self, piece: &str) {
        let characters = piece.chars().map(|_| 1).sum();
        self.counters.characters.fetch_add(characters, Ordering::Relaxed);
    }

    /// Counts the call as answered.
    pub(crate) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.counters.running.fetch_sub(1, Ordering::Relaxed);
        let outcome = if self.answered { &self.counters.answered } else { &self.counters.failed };
        outcome.fetch_add(1, Ordering::Relaxed);
    }
}
