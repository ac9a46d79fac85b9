//! How many requests a key has in a minute, counted in each process by itself.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const MINUTE: Duration = Duration::from_secs(60);

/// What is left to each key.
pub(crate) struct Rates {
    per_minute: Option<u32>,
    buckets: Mutex<HashMap<String, Bucket>>,
}

/// The requests that a key has left. They come back evenly.
struct Bucket {
    left: f64,
    filled_at: Instant,
}

impl Rates {
    pub(crate) fn new(per_minute: Option<u32>) -> Self {
        Self { per_minute, buckets: Mutex::default() }
    }

    /// Takes one request from what a key has left. Returns how long it must wait where nothing is left.
    pub(crate) fn take(&self, key: &str, now: Instant) -> Option<Duration> {
        let all = f64::from(self.per_minute?);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket { left: all, filled_at: now });
        let back = now.duration_since(bucket.filled_at).as_secs_f64() / MINUTE.as_secs_f64() * all;
        bucket.left = (bucket.left + back).min(all);
        bucket.filled_at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return None;
        }
        Some(MINUTE.mul_f64((1.0 - bucket.left) / all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_has_used_its_requests_gets_them_back_evenly() {
        let (rates, begun) = (Rates::new(Some(60)), Instant::now());
        assert!((0..60).all(|_| rates.take("a", begun).is_none()));
        let wait = rates.take("a", begun).unwrap();
        assert_eq!(wait, Duration::from_secs(1));
        assert_eq!(rates.take("b", begun), None, "each key has its own");
        assert_eq!(rates.take("a", begun + wait), None);
        assert!(rates.take("a", begun + wait).is_some());
    }

    #[test]
    fn without_a_limit_every_request_is_served() {
        let rates = Rates::new(None);
        assert!((0..10_000).all(|_| rates.take("a", Instant::now()).is_none()));
    }
}
