//! The money the calls of one chapter share: the worst case is set aside before each call.

use std::sync::{Arc, Mutex, MutexGuard};

use bindery_domain::Micros;

/// An allowance from which calls reserve what they may cost. Clones share it.
#[derive(Clone, Debug)]
pub struct Allowance(Arc<Mutex<Content>>);

#[derive(Debug)]
struct Content {
    /// None where money is no limit.
    allowance: Option<Micros>,
    spent: Micros,
    reserved: Micros,
}

impl Allowance {
    /// Returns a allowance with this allowance, or one without a limit.
    pub fn new(allowance: Option<Micros>) -> Self {
        Self(Arc::new(Mutex::new(Content { allowance, spent: Micros::ZERO, reserved: Micros::ZERO })))
    }

    /// Returns a allowance without a limit.
    pub fn unlimited() -> Self {
        Self::new(None)
    }

    /// Returns whether there is an allowance to keep to.
    pub fn limited(&self) -> bool {
        self.content().allowance.is_some()
    }

    /// Sets aside what a call may cost, unless that would pass the allowance.
    pub fn reserve(&self, worst: Micros) -> Option<Reservation> {
        let mut content = self.content();
        let after = content.spent + content.reserved + worst;
        if content.allowance.is_some_and(|allowance| after > allowance) {
            return None;
        }
        content.reserved += worst;
        Some(Reservation { allowance: self.clone(), amount: worst, settled: false })
    }

    /// Returns what settled calls have cost.
    pub fn spent(&self) -> Micros {
        self.content().spent
    }

    /// Returns what running calls have set aside.
    pub fn reserved(&self) -> Micros {
        self.content().reserved
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().expect("nothing panics holding the allowance")
    }

    fn settle(&self, reserved: Micros, cost: Micros) {
        let mut content = self.content();
        content.reserved = content.reserved.saturating_sub(reserved);
        content.spent += cost;
    }
}

/// What one call has set aside. Dropped without settling, as when a running call is cancelled, it counts as
/// spent in full: nobody knows what the server charges.
#[derive(Debug)]
#[must_use]
pub struct Reservation {
    allowance: Allowance,
    amount: Micros,
    settled: bool,
}

impl Reservation {
    /// Returns what is set aside.
    pub fn amount(&self) -> Micros {
        self.amount
    }

    /// Spends what the call has really cost and gives back the rest.
    pub fn settle(mut self, cost: Micros) {
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
    fn a_call_the_purse_cannot_cover_is_not_made() {
        let allowance = Allowance::new(Some(Micros(100)));
        let first = allowance.reserve(Micros(60)).unwrap();
        assert!(allowance.reserve(Micros(41)).is_none());
        first.settle(Micros(10));
        assert_eq!((allowance.spent(), allowance.reserved()), (Micros(10), Micros(0)));
        assert!(allowance.reserve(Micros(90)).is_some());
    }

    #[test]
    fn a_reservation_that_nobody_settles_is_spent() {
        let allowance = Allowance::unlimited();
        drop(allowance.reserve(Micros(7)));
        assert_eq!((allowance.spent(), allowance.reserved()), (Micros(7), Micros(0)));
    }

    proptest! {
        /// Each step reserves `worst` and settles the reservation after next at a share of what it set aside.
        #[test]
        fn the_allowance_is_never_passed(
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
