//! The money that the calls of one chapter share: each call reserves its worst case before it is made.

use std::sync::{Arc, Mutex, MutexGuard};

use bindery_domain::Micros;

/// An allowance from which calls reserve what they may cost. Clones share it.
#[derive(Clone, Debug)]
pub struct Allowance(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// `None` where money is no limit.
    limit: Option<Micros>,
    spent: Micros,
    reserved: Micros,
}

impl Allowance {
    /// Returns an allowance with this limit; `None` sets no limit.
    pub fn new(limit: Option<Micros>) -> Self {
        Self(Arc::new(Mutex::new(State { limit, spent: Micros::ZERO, reserved: Micros::ZERO })))
    }

    /// Returns an allowance without a limit.
    pub fn unlimited() -> Self {
        Self::new(None)
    }

    /// Returns what settled calls have cost.
    pub fn spent(&self) -> Micros {
        self.state().spent
    }

    /// Returns whether there is a limit.
    pub(crate) fn is_limited(&self) -> bool {
        self.state().limit.is_some()
    }

    /// Sets aside what a call may cost; `None` where that would exceed the limit.
    pub(crate) fn reserve(&self, worst: Micros) -> Option<Reservation> {
        let mut state = self.state();
        let after = state.spent + state.reserved + worst;
        if state.limit.is_some_and(|limit| after > limit) {
            return None;
        }
        state.reserved += worst;
        Some(Reservation { allowance: self.clone(), amount: worst, settled: false })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics holding the allowance")
    }

    fn settle(&self, reserved: Micros, cost: Micros) {
        let mut state = self.state();
        state.reserved = state.reserved.saturating_sub(reserved);
        state.spent += cost;
    }

    /// Returns what running calls have set aside.
    #[cfg(test)]
    pub(crate) fn reserved(&self) -> Micros {
        self.state().reserved
    }
}

/// What one call has set aside.
///
/// A reservation that is dropped without settling, as when a running call is cancelled, counts as spent in full: nobody
/// knows what the server charges.
#[derive(Debug)]
#[must_use]
pub(crate) struct Reservation {
    allowance: Allowance,
    amount: Micros,
    settled: bool,
}

impl Reservation {
    /// Returns the amount set aside.
    pub(crate) fn amount(&self) -> Micros {
        self.amount
    }

    /// Spends what the call has really cost and gives back the rest.
    pub(crate) fn settle(mut self, cost: Micros) {
        self.settled = true;
        self.allowance.settle(self.amount, cost);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if !self.settled {
            self.allowance.settle(self.amount, self.amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_call_that_the_allowance_cannot_cover_is_not_made() {
        let allowance = Allowance::new(Some(Micros(100)));
        let first = allowance.reserve(Micros(60)).unwrap();
        assert!(allowance.reserve(Micros(41)).is_none());
        first.settle(Micros(10));
        assert_eq!((allowance.spent(), allowance.reserved()), (Micros(10), Micros(0)));
        assert!(allowance.reserve(Micros(90)).is_some());
    }

    #[test]
    fn a_reservation_dropped_unsettled_is_spent() {
        let allowance = Allowance::unlimited();
        drop(allowance.reserve(Micros(7)));
        assert_eq!((allowance.spent(), allowance.reserved()), (Micros(7), Micros(0)));
    }

    proptest! {
        /// Each step reserves `worst`. Once more than two calls run, it ends the oldest at a share of its reservation.
        #[test]
        fn the_allowance_is_never_exceeded(
            limit in 0_u64..1000,
            steps in prop::collection::vec((0_u64..200, 0_u64..=100, any::<bool>()), 1..60),
        ) {
            let allowance = Allowance::new(Some(Micros(limit)));
            let mut running = std::collections::VecDeque::new();
            let mut expected = 0;
            for (worst, share, cancelled) in steps {
                running.extend(allowance.reserve(Micros(worst)));
                prop_assert!(allowance.spent() + allowance.reserved() <= Micros(limit));
                if running.len() > 2 {
                    let oldest: Reservation = running.pop_front().unwrap();
                    let cost = if cancelled { oldest.amount().0 } else { oldest.amount().0 * share / 100 };
                    expected += cost;
                    if cancelled { drop(oldest) } else { oldest.settle(Micros(cost)) }
                }
                prop_assert_eq!(allowance.spent(), Micros(expected));
            }
            drop(running);
            prop_assert_eq!(allowance.reserved(), Micros(0));
            prop_assert!(allowance.spent() <= Micros(limit));
        }
    }
}
