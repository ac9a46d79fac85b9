//! Whether the holders of leases could renew them lately.

use std::time::{Duration, Instant, SystemTime};

/// The longest time between two looks of a sweeper that is in order, with room for a slow sweep.
const USUAL_GAP: Duration = Duration::from_secs(2);

/// A moment on both clocks. The wall clock goes on while a machine sleeps, and the monotonic clock never jumps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) monotonic: Instant,
    pub(super) wall: SystemTime,
}

impl Now {
    pub(super) fn read() -> Self {
        Self { monotonic: Instant::now(), wall: SystemTime::now() }
    }

    /// Returns the longer of the times that have passed on the two clocks.
    fn since(self, earlier: Self) -> Duration {
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        self.monotonic.duration_since(earlier.monotonic).max(wall)
    }
}

/// Remembers when this sweeper could not look at the store. In such a time the holders of leases perhaps could not renew
/// them, so that none may lapse before each holder had the time to.
pub(super) struct Outages {
    lease: Duration,
    last_look: Now,
    spare_since: Instant,
}

impl Outages {
    /// Begins with a time in which leases are spared, since this process cannot know what was before.
    pub(super) fn new(lease: Duration, now: Now) -> Self {
        Self { lease, last_look: now, spare_since: now.monotonic }
    }

    /// Notes a look at the store, and returns whether leases that have run out are to be spared.
    pub(super) fn looked(&mut self, now: Now) -> bool {
        // A holder renews its lease three times in the time that the lease lasts.
        if now.since(self.last_look) > USUAL_GAP.max(self.lease / 3) {
            self.spare_since = now.monotonic;
        }
        self.last_look = now;
        now.monotonic.duration_since(self.spare_since) < self.lease
    }

    /// Notes that the store could not be looked at.
    pub(super) fn failed(&mut self, now: Now) {
        self.last_look = now;
        self.spare_since = now.monotonic;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(30);

    /// Two clocks, of which each can be moved.
    struct Clocks(Now);

    impl Clocks {
        fn pass(&mut self, time: Duration) -> Now {
            self.0.monotonic += time;
            self.sleep(time)
        }

        /// Lets the machine sleep.
        fn sleep(&mut self, time: Duration) -> Now {
            self.0.wall += time;
            self.0
        }
    }

    fn begun() -> (Clocks, Outages) {
        let mut clocks = Clocks(Now::read());
        let mut outages = Outages::new(LEASE, clocks.0);
        assert!(outages.looked(clocks.pass(Duration::from_secs(1))), "what was before is not known");
        for _ in 0..30 {
            outages.looked(clocks.pass(Duration::from_secs(1)));
        }
        assert!(!outages.looked(clocks.pass(Duration::from_secs(1))));
        (clocks, outages)
    }

    fn spared_for(clocks: &mut Clocks, outages: &mut Outages) -> u32 {
        let mut seconds = 0;
        while outages.looked(clocks.pass(Duration::from_secs(1))) {
            seconds += 1;
        }
        seconds
    }

    #[test]
    fn after_a_failed_look_leases_are_spared_for_one_lease() {
        let (mut clocks, mut outages) = begun();
        outages.failed(clocks.pass(Duration::from_secs(1)));
        assert_eq!(spared_for(&mut clocks, &mut outages), 29);
    }

    #[test]
    fn after_a_machine_slept_or_a_process_stood_still_leases_are_spared() {
        let (mut clocks, mut outages) = begun();
        assert!(outages.looked(clocks.sleep(Duration::from_secs(3_600))));
        assert_eq!(spared_for(&mut clocks, &mut outages), 29);
        assert!(outages.looked(clocks.pass(Duration::from_secs(11))));
        assert_eq!(spared_for(&mut clocks, &mut outages), 29);
    }

    #[test]
    fn a_slow_sweep_spares_no_lease() {
        let (mut clocks, mut outages) = begun();
        assert!(!outages.looked(clocks.pass(Duration::from_secs(9))));
    }
}
