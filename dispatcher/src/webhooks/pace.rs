//! How many notices of a webhook are on their way at once.
//!
//! An endpoint that never answers would otherwise take all slots of a process, each for as long as a call may take.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The most calls of a webhook at once.
const MOST: u32 = 8;

/// The longest time that nothing is sent to a webhook that fails: it may have recovered.
const MAX_REST: Duration = Duration::from_secs(600);

/// The shortest and the longest wait of a notice that finds its webhook busy.
const WHILE_BUSY: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// The same, where the webhook fails, so that the call under way may take its whole time.
const WHILE_FAILING: [Duration; 2] = [Duration::from_secs(15), Duration::from_secs(30)];

/// What this process knows of webhooks. It forgets those that are idle and work.
#[derive(Default)]
pub(super) struct Pace {
    webhooks: Mutex<HashMap<String, Load>>,
}

#[derive(Default)]
struct Load {
    calls: u32,
    /// Whether the last call failed. Then one call at a time finds out how it goes on.
    failing: bool,
    rests_until: Option<Instant>,
}

/// The right to make a call.
pub(super) struct Permit<'a> {
    pace: &'a Pace,
    webhook: String,
}

impl Pace {
    /// Returns the right to call a webhook, or how long to wait for it.
    pub(super) fn enter(&self, webhook: &str) -> Result<Permit<'_>, Duration> {
        self.with(webhook, |load| {
            let rest = load.rests_until.map(|until| until.saturating_duration_since(Instant::now()));
            if let Some(rest) = rest.filter(|rest| !rest.is_zero()) {
                return Err(rest + between(WHILE_BUSY));
            }
            if load.calls >= if load.failing { 1 } else { MOST } {
                return Err(between(if load.failing { WHILE_FAILING } else { WHILE_BUSY }));
            }
            load.calls += 1;
            Ok(())
        })?;
        Ok(Permit { pace: self, webhook: webhook.to_owned() })
    }

    fn with<T>(&self, webhook: &str, change: impl FnOnce(&mut Load) -> T) -> T {
        let mut webhooks = self.webhooks.lock().unwrap_or_else(PoisonError::into_inner);
        let load = webhooks.entry(webhook.to_owned()).or_default();
        let changed = change(load);
        if load.calls == 0 && !load.failing {
            webhooks.remove(webhook);
        }
        changed
    }
}

impl Permit<'_> {
    /// Notes that the webhook has answered as it should.
    pub(super) fn succeeded(self) {
        self.pace.with(&self.webhook, |load| (load.failing, load.rests_until) = (false, None));
    }

    /// Notes that the webhook failed, so that it rests.
    pub(super) fn failed(self, rest: Duration) {
        let until = Instant::now() + rest.min(MAX_REST);
        self.pace.with(&self.webhook, |load| (load.failing, load.rests_until) = (true, Some(until)));
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.pace.with(&self.webhook, |load| load.calls -= 1);
    }
}

fn between([least, most]: [Duration; 2]) -> Duration {
    least + (most - least).mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_webhook_takes_its_share_of_calls_and_no_more() {
        let pace = Pace::default();
        let mut permits: Vec<_> = (0..MOST).map(|_| pace.enter("a").ok().unwrap()).collect();
        assert!(pace.enter("a").is_err_and(|wait| wait <= WHILE_BUSY[1]));
        assert!(pace.enter("b").is_ok(), "another webhook is not held up");
        permits.pop().unwrap().succeeded();
        assert!(pace.enter("a").is_ok());
        drop(permits);
        assert!(pace.webhooks.lock().unwrap().is_empty(), "idle webhooks are forgotten");
    }

    #[test]
    fn a_webhook_that_fails_rests_and_is_then_called_once_at_a_time() {
        let pace = Pace::default();
        let hour = Duration::from_secs(3_600);
        pace.enter("a").ok().unwrap().failed(hour);
        let wait = pace.enter("a").err().unwrap();
        assert!(wait > MAX_REST / 2 && wait <= MAX_REST + WHILE_BUSY[1], "{wait:?}");
        pace.with("a", |load| load.rests_until = Some(Instant::now()));
        let probe = pace.enter("a").ok().unwrap();
        assert!(pace.enter("a").is_err_and(|wait| wait >= WHILE_FAILING[0]));
        probe.succeeded();
        assert!((0..MOST).all(|_| pace.enter("a").map(std::mem::forget).is_ok()), "it is called as before");
    }
}
