//! Call permits, which go to the oldest chapter first, so that a begun chapter is finished before the next one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::sync::oneshot;

/// A number of permits to have a call running.
#[derive(Debug)]
pub(crate) struct Permits(Mutex<State>);

/// The place of a waiting call in the queue: by the age of its chapter, then by its arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    age: u64,
    arrival: u64,
}

#[derive(Debug)]
struct State {
    /// How many there are.
    count: usize,
    free: usize,
    /// How many of those in use are not given again.
    retiring: usize,
    arrivals: u64,
    /// Empty whenever a permit is free.
    waiting: BTreeMap<Place, oneshot::Sender<Permit>>,
}

impl Permits {
    /// Returns this many permits, but at least one.
    pub(crate) fn new(permits: usize) -> Arc<Self> {
        let (count, waiting) = (permits.max(1), BTreeMap::new());
        Arc::new(Self(Mutex::new(State { count, free: count, retiring: 0, arrivals: 0, waiting })))
    }

    /// Returns how many there are.
    pub(crate) fn count(&self) -> usize {
        self.state().count
    }

    /// Changes how many there are, but to at least one. Running calls keep theirs.
    pub(crate) fn set_count(self: &Arc<Self>, permits: usize) {
        let added = {
            let mut state = self.state();
            let before = std::mem::replace(&mut state.count, permits.max(1));
            let removed = before.saturating_sub(state.count);
            let at_once = removed.min(state.free);
            state.free -= at_once;
            state.retiring += removed - at_once;
            state.count.saturating_sub(before)
        };
        (0..added).for_each(|_| self.release());
    }

    /// Waits for a permit. The lowest `age` is served first, and equal ages in the order of their arrival.
    ///
    /// Dropping the future gives up the place in the queue, or the permit if one was just granted.
    pub(crate) async fn acquire(self: &Arc<Self>, age: u64) -> Permit {
        let (place, granted) = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return self.permit();
            }
            let (grant, granted) = oneshot::channel();
            let place = Place { age, arrival: state.arrivals };
            state.arrivals += 1;
            state.waiting.insert(place, grant);
            (place, granted)
        };
        let queued = Queued { permits: self, place };
        let permit = granted.await.expect("a waiting place is removed only by its grant or its own future");
        drop(queued);
        permit
    }

    fn permit(self: &Arc<Self>) -> Permit {
        Permit(Some(Arc::clone(self)))
    }

    fn release(self: &Arc<Self>) {
        loop {
            let next = {
                let mut state = self.state();
                if state.retiring > 0 {
                    state.retiring -= 1;
                    return;
                }
                let Some((_, next)) = state.waiting.pop_first() else {
                    state.free += 1;
                    return;
                };
                next
            };
            // The future was dropped after it left the queue, so its permit goes to the next one.
            let Err(mut ungranted) = next.send(self.permit()) else {
                return;
            };
            ungranted.0 = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics holding the permits")
    }
}

/// A call in the queue. Dropping it gives up its place.
struct Queued<'a> {
    permits: &'a Permits,
    place: Place,
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        let grant = self.permits.state().waiting.remove(&self.place);
        drop(grant);
    }
}

/// The right to have one call running. Dropping it passes it to the next call.
#[derive(Debug)]
#[must_use]
pub(crate) struct Permit(Option<Arc<Permits>>);

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(permits) = self.0.take() {
            permits.release();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::Pin,
        task::{Context, Poll, Waker},
    };

    use proptest::prelude::*;

    use super::*;

    type Acquiring = Pin<Box<dyn Future<Output = Permit>>>;

    fn acquire(permits: &Arc<Permits>, age: u64) -> Acquiring {
        let permits = Arc::clone(permits);
        let mut acquiring: Acquiring = Box::pin(async move { permits.acquire(age).await });
        assert!(poll(&mut acquiring).is_none(), "no permit is free");
        acquiring
    }

    fn poll(acquiring: &mut Acquiring) -> Option<Permit> {
        match acquiring.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(permit) => Some(permit),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn the_oldest_chapter_is_served_first_and_equal_ages_in_order() {
        let permits = Permits::new(1);
        let held = permits.acquire(0).await;
        let mut waiting = [(7, "first of 7"), (3, "3"), (7, "second of 7"), (5, "5")]
            .map(|(age, name)| (name, acquire(&permits, age)));
        drop(held);
        for expected in ["3", "5", "first of 7", "second of 7"] {
            let served: Vec<_> = waiting
                .iter_mut()
                .filter_map(|(name, acquiring)| {
                    // A finished future must not be polled again.
                    (!name.is_empty()).then(|| poll(acquiring).map(|permit| (std::mem::take(name), permit)))?
                })
                .collect();
            assert_eq!(served.len(), 1);
            assert_eq!(served[0].0, expected);
        }
        assert!(permits.state().waiting.is_empty());
    }

    #[tokio::test]
    async fn a_permit_granted_to_a_dropped_future_is_not_lost() {
        let permits = Permits::new(1);
        let held = permits.acquire(0).await;
        let first = acquire(&permits, 1);
        let mut second = acquire(&permits, 2);
        drop(held);
        drop(first);
        assert!(poll(&mut second).is_some());
    }

    #[tokio::test]
    async fn more_permits_serve_those_who_wait_and_fewer_are_given_once_calls_have_ended() {
        let permits = Permits::new(1);
        let first = permits.acquire(0).await;
        let mut second = acquire(&permits, 1);
        permits.set_count(3);
        let second = poll(&mut second).unwrap();
        let third = permits.acquire(2).await;
        permits.set_count(1);
        let mut fourth = acquire(&permits, 3);
        drop((first, second));
        assert!(poll(&mut fourth).is_none());
        drop(third);
        assert!(poll(&mut fourth).is_some());
        assert_eq!((permits.count(), permits.state().free), (1, 1));
    }

    proptest! {
        /// Random calls arrive, finish and give up. A plain sorted list says which ones must be running.
        #[test]
        fn permits_are_never_exceeded_lost_or_given_out_of_turn(
            count in 1_usize..4,
            steps in prop::collection::vec((0_u8..3, 0_u64..4, any::<prop::sample::Index>()), 1..80),
        ) {
            let permits = Permits::new(count);
            let mut running: Vec<(Place, Permit)> = Vec::new();
            let mut waiting: Vec<(Place, Acquiring)> = Vec::new();
            for (arrival, (step, age, which)) in (0_u64..).zip(steps) {
                match step {
                    0 => {
                        let permits = Arc::clone(&permits);
                        waiting.push((Place { age, arrival }, Box::pin(async move { permits.acquire(age).await })));
                    }
                    1 if !running.is_empty() => {
                        drop(running.swap_remove(which.index(running.len())));
                    }
                    _ if !waiting.is_empty() => {
                        drop(waiting.swap_remove(which.index(waiting.len())));
                    }
                    _ => {}
                }
                let mut expected: Vec<Place> = waiting.iter().map(|(place, _)| *place).collect();
                expected.sort_unstable();
                expected.truncate(count - running.len());
                let mut served = Vec::new();
                let mut still = Vec::new();
                for (place, mut acquiring) in waiting {
                    match poll(&mut acquiring) {
                        Some(permit) => served.push((place, permit)),
                        None => still.push((place, acquiring)),
                    }
                }
                waiting = still;
                let mut places: Vec<Place> = served.iter().map(|(place, _)| *place).collect();
                places.sort_unstable();
                prop_assert_eq!(places, expected);
                running.extend(served);
                prop_assert!(running.len() <= count);
                prop_assert_eq!(permits.state().waiting.len(), waiting.len());
            }
            drop((running, waiting));
            prop_assert_eq!(permits.state().free, count);
        }
    }
}
