//! A provider's breaker: what one call learns about the provider holds for all calls of this process.

#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use bindery_domain::Backoff;
use tokio::time::Instant;

use super::CallError;

/// How a breaker treats its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// How long a held provider is left alone before one call tries it again.
    pub probe_after: Duration,
    /// How long calls wait after a rate limit that names no time.
    pub backoff: Backoff,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { probe_after: Duration::from_secs(60), backoff: Backoff::RATE_LIMIT }
    }
}

/// So many failures in a row, with no word from the provider between them, are its outage: the first may be their calls'
/// own fault. Where more calls are under way, as many: refusals come sooner than text does.
const OUTAGE: u32 = 3;

/// One provider's breaker. It pauses for everyone when any call meets a rate limit or an outage, and is held for everyone
/// when the key or the account fails, until a probe gets an answer.
#[derive(Debug)]
pub struct Breaker {
    provider: String,
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    paused_until: Instant,
    /// Why it is, in the words of the failure that asked for the longest pause.
    pause_reason: String,
    /// Calls that failed since the last word from the provider.
    silent: u32,
    /// Calls that were let through and have not ended.
    under_way: u32,
    /// Rate limits since the last answer, those of calls that ran at the same time counted once.
    limits: u32,
    last_limit: Option<Instant>,
    /// When the limit before that one was met.
    limit_before: Option<Instant>,
    held: Option<Hold>,
    random: fastrand::Rng,
}

#[derive(Debug)]
struct Hold {
    reason: String,
    probe_at: Instant,
    probing: bool,
}

/// Why a call may not be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blocked {
    /// The provider asked to wait, or does not answer.
    Paused { reason: String, until: Duration },
    /// The key or the account fails; a probe may run after this long.
    Held { reason: String, until: Duration },
}

impl Breaker {
    /// Returns an open breaker for the provider with this name.
    pub fn new(provider: &str, settings: BreakerSettings) -> Arc<Self> {
        Self::seeded(provider, settings, fastrand::Rng::new())
    }

    fn seeded(provider: &str, settings: BreakerSettings, random: fastrand::Rng) -> Arc<Self> {
        Arc::new(Self {
            provider: provider.to_owned(),
            settings,
            state: Mutex::new(State {
                paused_until: Instant::now(),
                pause_reason: String::new(),
                silent: 0,
                under_way: 0,
                limits: 0,
                last_limit: None,
                limit_before: None,
                held: None,
                random,
            }),
        })
    }

    /// Returns how long the provider is left alone once its key or its account fails.
    pub(super) fn probe_after(&self) -> Duration {
        self.settings.probe_after
    }

    /// Returns why a call may not be made, without making it the probe.
    pub(super) fn blocked(&self, now: Instant) -> Option<Blocked> {
        self.state().blocked(now, self.settings.probe_after)
    }

    /// Lets a call through, as the probe where one is due.
    pub(super) fn enter(self: &Arc<Self>, now: Instant) -> Result<Ticket, Blocked> {
        let mut state = self.state();
        if let Some(blocked) = state.blocked(now, self.settings.probe_after) {
            return Err(blocked);
        }
        if let Some(hold) = &mut state.held {
            hold.probing = true;
        }
        state.under_way += 1;
        Ok(Ticket { breaker: Arc::clone(self), entered: now, is_probe: state.held.is_some() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics holding the breaker")
    }

    fn hold(&self, error: &CallError, now: Instant) {
        let probe_at = now + self.settings.probe_after;
        let reason = error.to_string();
        let newly = {
            let mut state = self.state();
            match &mut state.held {
                Some(hold) => {
                    hold.reason = reason;
                    false
                }
                closed => {
                    let probing = false;
                    *closed = Some(Hold { reason, probe_at, probing });
                    true
                }
            }
        };
        if newly {
            tracing::warn!(
                provider = self.provider,
                error = %error,
                probe_after_s = self.settings.probe_after.as_secs(),
                "provider held: its calls wait until a probe is answered"
            );
        }
    }
}

impl State {
    fn blocked(&mut self, now: Instant, probe_after: Duration) -> Option<Blocked> {
        if let Some(hold) = &self.held
            && (hold.probing || now < hold.probe_at)
        {
            let until = hold.probe_at.saturating_duration_since(now);
            return Some(Blocked::Held {
                reason: hold.reason.clone(),
                until: if hold.probing { probe_after } else { until },
            });
        }
        let wait = self.paused_until.saturating_duration_since(now);
        if wait.is_zero() {
            return None;
        }
        // Those who wait for the same moment must not all come at it.
        let spread = (wait / 4).min(Duration::from_secs(5));
        let until = wait + spread.mul_f64(self.random.f64());
        Some(Blocked::Paused { reason: self.pause_reason.clone(), until })
    }

    /// Notes that a call was let through. One that began after the last limit shows that the limit is over; one of the
    /// same wave shows that the provider takes a part of the wave, so that the next pause need not be longer.
    fn let_through(&mut self, entered: Instant) {
        self.silent = 0;
        if self.last_limit.is_none_or(|last| entered > last) {
            self.limits = 0;
        } else if self.limit_before.is_none_or(|before| entered > before) {
            self.limits = self.limits.min(1);
        }
    }

    fn limited(
        &mut self,
        entered: Instant,
        (floor, reason): (Option<Duration>, String),
        breaker: &Breaker,
        now: Instant,
    ) {
        let is_new = self.last_limit.is_none_or(|last| entered > last);
        if is_new {
            self.limits = self.limits.saturating_add(1);
            self.limit_before = self.last_limit.replace(now);
        }
        let backoff = breaker.settings.backoff;
        let wait = match floor {
            Some(floor) if floor >= backoff.base => floor,
            // A limit already counted has set its pause.
            floor if !is_new => floor.unwrap_or_default(),
            // A floor of next to nothing would have the calls hammer the provider.
            floor => floor.unwrap_or_default().max(backoff.delay(self.limits, &mut self.random)),
        };
        if self.paused_until <= now + wait {
            self.paused_until = now + wait;
            self.pause_reason = reason;
        }
    }
}

/// One call on its way through the breaker. What becomes of it is told here; a probe that is dropped untold, as
/// when its call is cancelled, leaves the breaker held until the next.
#[derive(Debug)]
#[must_use]
pub(super) struct Ticket {
    breaker: Arc<Breaker>,
    entered: Instant,
    is_probe: bool,
}

impl Ticket {
    /// Tells the breaker that the provider answered. Only a probe lifts a hold: a call that began before the key
    /// failed may end well after.
    pub(super) fn answered(mut self) {
        let lifted = {
            let mut state = self.breaker.state();
            state.let_through(self.entered);
            self.is_probe && state.held.take().is_some()
        };
        self.is_probe = false;
        if lifted {
            tracing::info!(provider = self.breaker.provider, "provider answers again");
        }
    }

    /// Tells the breaker that text has begun to come, which is long before a text is whole.
    pub(super) fn flows(&self) {
        self.breaker.state().let_through(self.entered);
    }

    /// Tells the breaker how the call failed. Returns whether that is the provider's business, to be waited for, and not the
    /// call's.
    pub(super) fn failed(self, error: &CallError, now: Instant) -> bool {
        let breaker = &self.breaker;
        let limited = |state: &mut State, floor| state.limited(self.entered, (floor, error.to_string()), breaker, now);
        match error {
            CallError::BadKey(_) | CallError::OutOfMoney(_) => breaker.hold(error, now),
            CallError::RateLimited { retry_after } => limited(&mut breaker.state(), *retry_after),
            CallError::Overloaded { retry_after: floor @ Some(_), .. } => limited(&mut breaker.state(), *floor),
            CallError::Overloaded { retry_after: None, .. } | CallError::Connection(_) => {
                let mut state = breaker.state();
                state.silent = state.silent.saturating_add(1);
                if state.silent < OUTAGE.max(state.under_way) {
                    return false;
                }
                limited(&mut state, None);
            }
            CallError::Truncated(_) | CallError::Refused(_) | CallError::BadRequest { .. } => {
                breaker.state().silent = 0;
                return false;
            }
        }
        true
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.breaker.state();
        state.under_way -= 1;
        if !self.is_probe {
            return;
        }
        let probe_at = Instant::now() + self.breaker.settings.probe_after;
        if let Some(hold) = &mut state.held {
            hold.probing = false;
            hold.probe_at = probe_at;
        }
    }
}
