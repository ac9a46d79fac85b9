//! Waits between tries. They grow exponentially and have full jitter, so that calls that failed together do not come
//! back together.

use std::time::Duration;

/// A capped exponential backoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first failure.
    pub base: Duration,
    /// The longest wait after any number of failures.
    pub cap: Duration,
}

impl Backoff {
    /// The waits between two charged tries of a part.
    const TRIES: Self = Self { base: Duration::from_millis(500), cap: Duration::from_secs(30) };

    /// The waits after a rate limit that names no time.
    pub const RATE_LIMIT: Self = Self { base: Duration::from_secs(1), cap: Duration::from_secs(60) };

    /// Returns the longest wait after this many failures in a row.
    pub fn ceiling(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }

    /// Returns a random wait after this many failures in a row, from zero to the longest.
    pub fn delay(&self, failures: u32, random: &mut fastrand::Rng) -> Duration {
        self.ceiling(failures).mul_f64(random.f64())
    }
}

/// Returns how long to wait after a failed try. The first try has the number 1.
pub fn backoff(try_number: u32) -> Duration {
    Backoff::TRIES.delay(try_number, &mut fastrand::Rng::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let seconds: Vec<f64> = (1..=8).map(|failures| Backoff::TRIES.ceiling(failures).as_secs_f64()).collect();
        assert_eq!(seconds, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]);
        assert_eq!(Backoff::TRIES.ceiling(u32::MAX), Backoff::TRIES.cap);
    }

    #[test]
    fn delays_are_spread_over_the_whole_range_and_repeat_with_the_seed() {
        let delays = |seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            (0..1000).map(|_| Backoff::TRIES.delay(3, &mut random)).collect::<Vec<_>>()
        };
        let sample = delays(7);
        assert_eq!(sample, delays(7));
        assert!(sample.iter().all(|delay| *delay < Duration::from_secs(2)));
        assert!(sample.iter().any(|delay| *delay < Duration::from_millis(200)));
        assert!(sample.iter().any(|delay| *delay > Duration::from_millis(1800)));
    }
}
