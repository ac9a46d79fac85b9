//! What a proxy's network is like now, and the connections it carries.

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
    left: Option<usize>,
    accepted: usize,
    /// The connections that were not reset, by the order in which they came.
    connections: BTreeMap<usize, Arc<Connection>>,
    /// The connections that still have threads, those that were reset included.
    carried: usize,
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
        self.change(|state| (state.blackhole, state.delay, state.left) = (false, Duration::ZERO, None));
    }

    pub(super) fn blackhole(&self) {
        self.change(|state| state.blackhole = true);
    }

    pub(super) fn delay(&self, delay: Duration) {
        self.change(|state| state.delay = delay);
    }

    pub(super) fn cut_after(&self, bytes: usize) {
        self.change(|state| state.left = Some(bytes));
    }

    pub(super) fn reset_all(&self) {
        self.change(State::reset_all);
    }

    /// Waits until no connection is left.
    pub(super) fn wait_until_idle(&self) {
        let idle = self.changed.wait_while(self.state(), |state| state.carried > 0);
        drop(idle.unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn add(&self, connection: Connection) -> (usize, Arc<Connection>) {
        let (mut state, connection) = (self.state(), Arc::new(connection));
        let id = state.accepted;
        state.accepted += 1;
        state.carried += 1;
        state.connections.insert(id, Arc::clone(&connection));
        (id, connection)
    }

    /// Closes a connection that nothing is carried on any more.
    pub(super) fn ended(&self, id: usize, connection: Arc<Connection>) {
        let listed = self.state().connections.remove(&id);
        drop((listed, connection));
        self.change(|state| state.carried -= 1);
    }

    pub(super) fn reset(&self, id: usize) {
        self.change(|state| {
            if let Some(connection) = state.connections.remove(&id) {
                connection.abandon();
            }
        });
    }

    /// Returns whether a connection was not reset.
    pub(super) fn has(&self, id: usize) -> bool {
        self.state().connections.contains_key(&id)
    }

    /// Returns when what is read now may go on.
    pub(super) fn due(&self) -> Instant {
        Instant::now() + self.state().delay
    }

    /// Waits until what is due may go on; false where the connection is reset meanwhile.
    pub(super) fn lets_through(&self, id: usize, due: Instant) -> bool {
        let mut state = self.state();
        while state.connections.contains_key(&id) {
            let early = due.saturating_duration_since(Instant::now());
            if !state.blackhole && early.is_zero() {
                return true;
            }
            let longest = if early.is_zero() { Duration::MAX } else { early };
            state = self.changed.wait_timeout(state, longest).unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    /// Takes so many bytes, or as many as may pass before the reset.
    pub(super) fn take(&self, bytes: usize) -> usize {
        let mut state = self.state();
        let taken = state.left.map_or(bytes, |left| left.min(bytes));
        state.left = state.left.map(|left| left - taken);
        taken
    }

    /// Resets all connections where the last byte before it has passed.
    pub(super) fn reset_when_due(&self) {
        self.change(|state| {
            if state.left == Some(0) {
                state.left = None;
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
            connection.abandon();
        }
    }
}
