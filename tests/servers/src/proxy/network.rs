//! The state of a proxy's network, and its connections.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::connection::Connection;

/// The state that all connections of one proxy follow.
#[derive(Default)]
pub(super) struct Network {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    closed: bool,
    blackhole: bool,
    delay: Duration,
    /// The bytes that may pass before all connections are reset.
    bytes_until_reset: Option<usize>,
    accepted: usize,
    /// The connections that were not reset, in the order of their arrival.
    connections: BTreeMap<usize, Arc<Connection>>,
    /// How many connections still have threads, including those that were reset.
    with_threads: usize,
}

impl Network {
    pub(super) fn open(&self) {
        self.change(|state| state.closed = false);
    }

    pub(super) fn close(&self) {
        self.change(|state| state.closed = true);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    pub(super) fn accepted(&self) -> usize {
        self.state().accepted
    }

    pub(super) fn pass(&self) {
        self.change(|state| (state.blackhole, state.delay, state.bytes_until_reset) = (false, Duration::ZERO, None));
    }

    pub(super) fn blackhole(&self) {
        self.change(|state| state.blackhole = true);
    }

    pub(super) fn delay(&self, delay: Duration) {
        self.change(|state| state.delay = delay);
    }

    pub(super) fn cut_after(&self, bytes: usize) {
        self.change(|state| state.bytes_until_reset = Some(bytes));
    }

    pub(super) fn reset_all(&self) {
        self.change(State::reset_all);
    }

    /// Waits until no connection is left.
    pub(super) fn wait_until_idle(&self) {
        let idle = self.changed.wait_while(self.state(), |state| state.with_threads > 0);
        drop(idle.unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn add(&self, connection: Connection) -> (usize, Arc<Connection>) {
        let (mut state, connection) = (self.state(), Arc::new(connection));
        let id = state.accepted;
        state.accepted += 1;
        state.with_threads += 1;
        state.connections.insert(id, Arc::clone(&connection));
        (id, connection)
    }

    /// Removes a connection whose threads have ended, and closes it.
    pub(super) fn remove(&self, id: usize, connection: Arc<Connection>) {
        let listed = self.state().connections.remove(&id);
        drop((listed, connection));
        self.change(|state| state.with_threads -= 1);
    }

    pub(super) fn reset(&self, id: usize) {
        self.change(|state| {
            if let Some(connection) = state.connections.remove(&id) {
                connection.reset();
            }
        });
    }

    /// Returns whether a connection was not reset.
    pub(super) fn has(&self, id: usize) -> bool {
        self.state().connections.contains_key(&id)
    }

    /// Returns when data that is read now may be forwarded.
    pub(super) fn due(&self) -> Instant {
        Instant::now() + self.state().delay
    }

    /// Waits until data that is due may be forwarded; returns false if the connection is reset meanwhile.
    pub(super) fn lets_through(&self, id: usize, due: Instant) -> bool {
        let mut state = self.state();
        while state.connections.contains_key(&id) {
            let remaining = due.saturating_duration_since(Instant::now());
            if !state.blackhole && remaining.is_zero() {
                return true;
            }
            let timeout = if remaining.is_zero() { Duration::MAX } else { remaining };
            state = self.changed.wait_timeout(state, timeout).unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    /// Takes up to this number of bytes from those that may pass before the reset, and returns how many it took.
    pub(super) fn take(&self, bytes: usize) -> usize {
        let mut state = self.state();
        let taken = state.bytes_until_reset.map_or(bytes, |left| left.min(bytes));
        state.bytes_until_reset = state.bytes_until_reset.map(|left| left - taken);
        taken
    }

    /// Resets all connections if the last byte before the reset has passed.
    pub(super) fn reset_when_due(&self) {
        self.change(|state| {
            if state.bytes_until_reset == Some(0) {
                state.bytes_until_reset = None;
                state.reset_all();
            }
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, how: impl FnOnce(&mut State)) {
        how(&mut self.state());
        self.changed.notify_all();
    }
}

impl State {
    fn reset_all(&mut self) {
        for connection in std::mem::take(&mut self.connections).into_values() {
            connection.reset();
        }
    }
}
