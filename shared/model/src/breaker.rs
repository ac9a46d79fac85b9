//! A provider's circuit breaker: what one call learns about the provider holds for all calls of this process.

#[cfg(test)]
mod tests;
mod unanswered;

use std::{
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bindery_domain::Backoff;
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use self::unanswered::Unanswered;
use crate::CallErrorKind;

/// The settings of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BreakerSettings {
    /// How long a held provider is left alone before a probe.
    pub(crate) probe_after: Duration,
    /// How long calls wait after a rate limit that names no time.
    pub(crate) backoff: Backoff,
    /// Whether a provider that answers none of the first calls is waited for.
    pub(crate) waits: bool,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { probe_after: Duration::from_secs(60), backoff: Backoff::RATE_LIMIT, waits: true }
    }
}

/// The waits between the first calls to a provider that answers none of them.
const FIRST_CALLS: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(2) };

/// The failures in a row, with no answer between them, that count as the provider's outage.
///
/// Fewer may be the calls' own fault. Where more calls are in flight, it takes as many failures as there are calls: a
/// refusal comes sooner than text does.
const OUTAGE_FAILURES: u32 = 3;

/// The longest random time that is added to a wait.
const LONGEST_JITTER: Duration = Duration::from_secs(5);

/// One provider's breaker.
///
/// It makes all calls back off when any call meets a rate limit or an outage. It holds all calls when the key or the
/// account fails, until a probe gets an answer.
#[derive(Debug)]
pub(crate) struct Breaker {
    provider: String,
    settings: BreakerSettings,
    state: Mutex<State>,
    /// Wakes the calls that wait for the end of a probe.
    probe_ended: Notify,
}

#[derive(Debug)]
struct State {
    backoff_until: Instant,
    /// The failure that asked for the longest backoff, in its own words.
    backoff_reason: String,
    /// The calls that failed since the provider last sent an answer.
    failures_in_row: u32,
    /// The calls that were admitted and have not ended.
    in_flight: u32,
    /// The rate limits since the last answer. Those of calls that ran at the same time count once.
    limits_in_row: u32,
    last_limit: Option<Instant>,
    /// The limit before the last one.
    previous_limit: Option<Instant>,
    held: Option<ProviderHold>,
    /// What is known of a provider that has answered no call; `None` where it has, or where it is waited for.
    unanswered: Option<Unanswered>,
    /// The last request that can never succeed.
    rejection: Option<CallErrorKind>,
    random: fastrand::Rng,
}

/// How long a call is put aside that has waited in vain for the end of a probe.
pub(crate) const PROBE_RECHECK: Duration = Duration::from_secs(15);

#[derive(Debug)]
struct ProviderHold {
    reason: String,
    probe_at: Instant,
    is_probing: bool,
}

/// Why a call may not be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blocked {
    /// The provider asked to wait, or does not answer.
    BackingOff { reason: String, wait: Duration },
    /// The key or the account fails; a probe may run after this wait.
    Held { reason: String, wait: Duration },
    /// The key or the account failed, and a probe runs. Its end may come at any moment.
    Probing { reason: String },
}

/// A rate limit or an outage, as one call met it.
struct Limit {
    /// When the call was admitted.
    admitted: Instant,
    /// The shortest time that the provider asks to wait.
    retry_after: Option<Duration>,
    reason: String,
}

impl Breaker {
    /// Returns the breaker of the provider with this name. It lets calls through.
    pub(crate) fn new(provider: &str, settings: BreakerSettings) -> Arc<Self> {
        Self::seeded(provider, settings, fastrand::Rng::new())
    }

    fn seeded(provider: &str, settings: BreakerSettings, random: fastrand::Rng) -> Arc<Self> {
        Arc::new(Self {
            provider: provider.to_owned(),
            settings,
            state: Mutex::new(State {
                backoff_until: Instant::now(),
                backoff_reason: String::new(),
                failures_in_row: 0,
                in_flight: 0,
                limits_in_row: 0,
                last_limit: None,
                previous_limit: None,
                held: None,
                unanswered: (!settings.waits).then(Unanswered::default),
                rejection: None,
                random,
            }),
            probe_ended: Notify::new(),
        })
    }

    /// Returns how long the provider is left alone once its key or its account fails.
    pub(crate) fn probe_after(&self) -> Duration {
        self.settings.probe_after
    }

    /// Returns the error for which the provider counts as not there; `None` where it has answered or is waited for.
    pub(crate) fn verdict(&self) -> Option<CallErrorKind> {
        self.state().unanswered.as_ref()?.verdict().cloned()
    }

    /// Returns the last request that can never succeed.
    pub(crate) fn rejection(&self) -> Option<CallErrorKind> {
        self.state().rejection.clone()
    }

    /// Returns why a call may not be made; `None` where it may. It does not admit the call.
    pub(crate) fn blocked(&self, now: Instant) -> Option<Blocked> {
        self.state().blocked(now)
    }

    /// Admits a call, as the probe where one is due.
    pub(crate) fn admit(self: &Arc<Self>, now: Instant) -> Result<AdmittedCall, Blocked> {
        let mut state = self.state();
        if let Some(blocked) = state.blocked(now) {
            return Err(blocked);
        }
        if let Some(hold) = &mut state.held {
            hold.is_probing = true;
        }
        state.in_flight += 1;
        Ok(AdmittedCall { breaker: Arc::clone(self), admitted: now, is_probe: AtomicBool::new(state.held.is_some()) })
    }

    /// Waits for the end of the probe that runs, but not longer than this.
    pub(crate) async fn probe_ended(&self, longest: Duration) {
        let mut ended = pin!(self.probe_ended.notified());
        // The probe may end before this call waits.
        ended.as_mut().enable();
        if self.state().held.as_ref().is_some_and(|hold| hold.is_probing) {
            let _ = timeout(longest, ended).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics holding the breaker")
    }

    /// Counts a failure of a provider that has answered no call. Returns whether the failure counts.
    fn count_unanswered(&self, limit: Limit, error: &CallErrorKind, now: Instant) -> bool {
        let mut state = self.state();
        let failures = state.failures_in_row.saturating_add(1);
        let all_failed = failures >= state.in_flight;
        let Some(unanswered) = &mut state.unanswered else { return false };
        if !unanswered.count(error, limit.admitted, now, all_failed) {
            return false;
        }
        state.failures_in_row = failures;
        state.limit(limit, FIRST_CALLS, now);
        true
    }

    fn hold(&self, error: &CallErrorKind, now: Instant) {
        let probe_at = now + self.settings.probe_after;
        let reason = error.to_string();
        let is_new = {
            let mut state = self.state();
            match &mut state.held {
                Some(hold) => {
                    hold.reason = reason;
                    false
                }
                none => {
                    *none = Some(ProviderHold { reason, probe_at, is_probing: false });
                    true
                }
            }
        };
        if is_new {
            tracing::warn!(
                provider = self.provider,
                error = %error,
                probe_after_s = self.settings.probe_after.as_secs(),
                "provider held: its calls wait until a probe is answered"
            );
        }
    }

    fn limit(&self, limit: Limit, now: Instant) {
        self.state().limit(limit, self.settings.backoff, now);
    }

    /// Counts a call that the provider did not answer. Returns whether the failures are an outage by now, which limits
    /// all calls.
    fn count_failure(&self, limit: Limit, now: Instant) -> bool {
        let mut state = self.state();
        state.failures_in_row = state.failures_in_row.saturating_add(1);
        let is_outage = state.failures_in_row >= OUTAGE_FAILURES.max(state.in_flight);
        if is_outage {
            state.limit(limit, self.settings.backoff, now);
        }
        is_outage
    }
}

impl State {
    fn blocked(&mut self, now: Instant) -> Option<Blocked> {
        if let Some(error) = self.unanswered.as_ref().and_then(Unanswered::verdict) {
            return Some(Blocked::Held { reason: error.to_string(), wait: PROBE_RECHECK });
        }
        if let Some(hold) = &self.held
            && (hold.is_probing || now < hold.probe_at)
        {
            let to_probe = hold.probe_at.saturating_duration_since(now);
            let reason = hold.reason.clone();
            return Some(if hold.is_probing {
                Blocked::Probing { reason }
            } else {
                Blocked::Held { reason, wait: to_probe }
            });
        }
        let rest = self.backoff_until.saturating_duration_since(now);
        if rest.is_zero() {
            return None;
        }
        // Without jitter, all waiting calls would come at the same moment.
        let jitter = (rest / 4).min(LONGEST_JITTER).mul_f64(self.random.f64());
        Some(Blocked::BackingOff { reason: self.backoff_reason.clone(), wait: rest + jitter })
    }

    /// Notes that the provider answers a call.
    ///
    /// An answer to a call that was admitted after the last limit shows that the limit is over. An answer to a call of
    /// the same wave shows that the provider takes a part of the wave. Then the next backoff need not be longer.
    fn note_answer(&mut self, admitted: Instant) {
        self.failures_in_row = 0;
        self.unanswered = None;
        if self.last_limit.is_none_or(|last| admitted > last) {
            self.limits_in_row = 0;
        } else if self.previous_limit.is_none_or(|previous| admitted > previous) {
            self.limits_in_row = self.limits_in_row.min(1);
        }
    }

    /// Notes that the provider has responded, but not with an answer that can be used.
    fn note_response(&mut self, error: &CallErrorKind) {
        self.failures_in_row = 0;
        match error {
            CallErrorKind::BadRequest { .. } => self.rejection = Some(error.clone()),
            // What a proxy sends in place of a server says nothing of the server.
            CallErrorKind::Truncated(_) => {}
            _ => self.unanswered = None,
        }
    }

    fn limit(&mut self, limit: Limit, backoff: Backoff, now: Instant) {
        let is_new = self.last_limit.is_none_or(|last| limit.admitted > last);
        if is_new {
            self.limits_in_row = self.limits_in_row.saturating_add(1);
            self.previous_limit = self.last_limit.replace(now);
        }
        let wait = match limit.retry_after {
            Some(retry_after) if retry_after >= backoff.base => retry_after,
            // A limit that is already counted has set its backoff.
            retry_after if !is_new => retry_after.unwrap_or_default(),
            // With a wait of next to nothing, the calls would hammer the provider.
            retry_after => retry_after.unwrap_or_default().max(backoff.delay(self.limits_in_row, &mut self.random)),
        };
        if self.backoff_until <= now + wait {
            self.backoff_until = now + wait;
            self.backoff_reason = limit.reason;
        }
    }
}

/// A call that the breaker let through, and that reports to it how it goes.
///
/// A probe that is dropped without a report, as when its call is cancelled, leaves the provider held until the next probe.
#[derive(Debug)]
#[must_use]
pub(crate) struct AdmittedCall {
    breaker: Arc<Breaker>,
    admitted: Instant,
    is_probe: AtomicBool,
}

impl AdmittedCall {
    /// Reports that the provider answered. Only a probe lifts a hold: a call that began before the key failed may end
    /// well after.
    pub(crate) fn succeeded(self) {
        self.text_began();
    }

    /// Reports that text has begun to arrive, which is long before a text is whole.
    pub(crate) fn text_began(&self) {
        let is_lifted = {
            let mut state = self.breaker.state();
            state.note_answer(self.admitted);
            self.is_probe.swap(false, Ordering::Relaxed) && state.held.take().is_some()
        };
        if is_lifted {
            tracing::info!(provider = self.breaker.provider, "provider answers again");
            self.breaker.probe_ended.notify_waiters();
        }
    }

    /// Reports how the call failed. Returns whether the provider is the cause, so that the call waits for it and no try
    /// is charged.
    pub(crate) fn failed(self, error: &CallErrorKind, now: Instant) -> bool {
        let breaker = &self.breaker;
        let limit = |retry_after| Limit { admitted: self.admitted, retry_after, reason: error.to_string() };
        if breaker.count_unanswered(limit(None), error, now) {
            return true;
        }
        match error {
            CallErrorKind::BadKey(_) | CallErrorKind::OutOfMoney(_) => breaker.hold(error, now),
            CallErrorKind::RateLimited { retry_after, .. } => breaker.limit(limit(*retry_after), now),
            CallErrorKind::Overloaded { retry_after: retry_after @ Some(_), .. } => {
                breaker.limit(limit(*retry_after), now);
            }
            CallErrorKind::Overloaded { retry_after: None, .. } | CallErrorKind::Connection(_) => {
                return breaker.count_failure(limit(None), now);
            }
            // The calls of a dead connection say nothing of the provider, and no new one is made on it.
            CallErrorKind::DeadConnection(_) => {
                breaker.count_failure(limit(None), now);
            }
            CallErrorKind::Truncated(_)
            | CallErrorKind::NoRoom(_)
            | CallErrorKind::PromptCut(_)
            | CallErrorKind::Refused(_)
            | CallErrorKind::BadRequest { .. } => {
                let mut state = breaker.state();
                state.note_response(error);
                return false;
            }
        }
        true
    }
}

impl Drop for AdmittedCall {
    fn drop(&mut self) {
        let mut state = self.breaker.state();
        state.in_flight -= 1;
        if !self.is_probe.load(Ordering::Relaxed) {
            return;
        }
        let probe_at = Instant::now() + self.breaker.settings.probe_after;
        if let Some(hold) = &mut state.held {
            hold.is_probing = false;
            hold.probe_at = probe_at;
        }
        drop(state);
        self.breaker.probe_ended.notify_waiters();
    }
}
