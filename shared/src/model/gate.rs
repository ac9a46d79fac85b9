//! A provider's gate: what one call learns about the provider holds for all calls of this process.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::{Backoff, CallError};

/// How a gate treats its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateSettings {
    /// How long a held provider is left alone before one call tries it again.
    pub probe_after: Duration,
    /// How long calls wait after a rate limit that names no time.
    pub backoff: Backoff,
}

impl Default for GateSettings {
    fn default() -> Self {
        Self { probe_after: Duration::from_secs(60), backoff: Backoff::RATE_LIMIT }
    }
}

/// So many failures in a row, with no word from the provider between them, are its outage: the first may be their calls'
/// own fault. Where more calls are under way, as many: refusals come sooner than text does.
const OUTAGE: u32 = 3;

/// One provider's gate. It pauses for everyone when any call meets a rate limit or an outage, and is held for everyone
/// when the key or the account fails, until a probe gets an answer.
#[derive(Debug)]
pub struct Gate {
    provider: String,
    settings: GateSettings,
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

impl Gate {
    /// Returns an open gate for the provider with this name.
    pub fn new(provider: &str, settings: GateSettings) -> Arc<Self> {
        Self::seeded(provider, settings, fastrand::Rng::new())
    }

    fn seeded(provider: &str, settings: GateSettings, random: fastrand::Rng) -> Arc<Self> {
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
        Ok(Ticket { gate: Arc::clone(self), entered: now, is_probe: state.held.is_some() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics holding the gate")
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

    fn limited(&mut self, entered: Instant, (floor, reason): (Option<Duration>, String), gate: &Gate, now: Instant) {
        let is_new = self.last_limit.is_none_or(|last| entered > last);
        if is_new {
            self.limits = self.limits.saturating_add(1);
            self.limit_before = self.last_limit.replace(now);
        }
        let backoff = gate.settings.backoff;
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

/// One call on its way through the gate. What becomes of it is told here; a probe that is dropped untold, as
/// when its call is cancelled, leaves the gate held until the next.
#[derive(Debug)]
#[must_use]
pub(super) struct Ticket {
    gate: Arc<Gate>,
    entered: Instant,
    is_probe: bool,
}

impl Ticket {
    /// Tells the gate that the provider answered. Only a probe lifts a hold: a call that began before the key
    /// failed may end well after.
    pub(super) fn answered(mut self) {
        let lifted = {
            let mut state = self.gate.state();
            state.let_through(self.entered);
            self.is_probe && state.held.take().is_some()
        };
        self.is_probe = false;
        if lifted {
            tracing::info!(provider = self.gate.provider, "provider answers again");
        }
    }

    /// Tells the gate that text has begun to come, which is long before a text is whole.
    pub(super) fn flows(&self) {
        self.gate.state().let_through(self.entered);
    }

    /// Tells the gate how the call failed. Returns whether that is the provider's business, to be waited for, and not the
    /// call's.
    pub(super) fn failed(self, error: &CallError, now: Instant) -> bool {
        let gate = &self.gate;
        let limited = |state: &mut State, floor| state.limited(self.entered, (floor, error.to_string()), gate, now);
        match error {
            CallError::BadKey(_) | CallError::OutOfMoney(_) => gate.hold(error, now),
            CallError::RateLimited { retry_after } => limited(&mut gate.state(), *retry_after),
            CallError::Overloaded { retry_after: floor @ Some(_), .. } => limited(&mut gate.state(), *floor),
            CallError::Overloaded { retry_after: None, .. } | CallError::Connection(_) => {
                let mut state = gate.state();
                state.silent = state.silent.saturating_add(1);
                if state.silent < OUTAGE.max(state.under_way) {
                    return false;
                }
                limited(&mut state, None);
            }
            CallError::Truncated(_) | CallError::Refused(_) | CallError::BadRequest { .. } => {
                gate.state().silent = 0;
                return false;
            }
        }
        true
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.gate.state();
        state.under_way -= 1;
        if !self.is_probe {
            return;
        }
        let probe_at = Instant::now() + self.gate.settings.probe_after;
        if let Some(hold) = &mut state.held {
            hold.probing = false;
            hold.probe_at = probe_at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const MINUTE: Duration = Duration::from_secs(60);

    fn gate() -> (Arc<Gate>, Instant) {
        let random = fastrand::Rng::with_seed(1);
        let gate = Gate::seeded("openai", GateSettings::default(), random);
        (gate, Instant::now())
    }

    fn limit(seconds: Option<u64>) -> CallError {
        let retry_after = seconds.map(Duration::from_secs);
        CallError::RateLimited { retry_after }
    }

    fn paused(gate: &Gate, now: Instant) -> Duration {
        match gate.blocked(now) {
            Some(Blocked::Paused { until, .. }) => until,
            None => Duration::ZERO,
            held => panic!("{held:?}"),
        }
    }

    #[test]
    fn pauses_do_not_grow_while_a_part_of_every_wave_is_let_through() {
        let (gate, mut now) = gate();
        for _ in 0..20 {
            let (through, refused) = (gate.enter(now).unwrap(), gate.enter(now).unwrap());
            refused.failed(&limit(None), now + SECOND / 100);
            through.flows();
            now += 2 * SECOND;
            assert_eq!(paused(&gate, now), Duration::ZERO);
        }
        for _ in 0..8 {
            gate.enter(now).unwrap().failed(&limit(None), now + SECOND / 100);
            now += 2 * MINUTE;
        }
        assert_eq!(gate.state().limits, 9);
    }

    #[test]
    fn one_calls_retry_after_is_a_floor_for_all() {
        let (gate, now) = gate();
        let ticket = gate.enter(now).unwrap();
        ticket.failed(&limit(Some(8)), now);
        for _ in 0..100 {
            let wait = paused(&gate, now);
            assert!(wait >= 8 * SECOND && wait <= 10 * SECOND, "{wait:?}");
        }
        assert!(gate.enter(now + 7 * SECOND).is_err());
        assert!(gate.enter(now + 8 * SECOND).is_ok());
    }

    #[test]
    fn a_shorter_floor_does_not_shorten_a_longer_one() {
        let (gate, now) = gate();
        let [first, second] = [(); 2].map(|()| gate.enter(now).unwrap());
        first.failed(&limit(Some(30)), now);
        second.failed(&limit(Some(2)), now);
        assert!(paused(&gate, now) >= 30 * SECOND);
    }

    #[test]
    fn an_overloaded_server_that_says_how_long_is_waited_for() {
        let (gate, now) = gate();
        let overloaded = CallError::Overloaded { status: 503, retry_after: Some(SECOND) };
        assert!(gate.enter(now).unwrap().failed(&overloaded, now));
        assert!(paused(&gate, now) >= SECOND);
    }

    #[test]
    fn failures_in_a_row_without_a_word_from_the_provider_are_an_outage_that_all_wait_out() {
        let (gate, mut now) = gate();
        let failures = [
            CallError::Connection("refused".into()),
            CallError::Overloaded { status: 529, retry_after: None },
            CallError::Connection("reset".into()),
        ];
        for round in 0..3 {
            let waits = failures.each_ref().map(|failure| gate.enter(now).unwrap().failed(failure, now));
            assert_eq!(waits, [false, false, true]);
            let Some(Blocked::Paused { reason, .. }) = gate.blocked(now) else { panic!("nobody waits") };
            assert_eq!(reason, "the connection failed: reset");
            now += 2 * MINUTE;
            // Whatever else fails: the outage goes on, and the next pause may be longer.
            assert!(gate.enter(now).unwrap().failed(&failures[0], now));
            assert_eq!(gate.state().limits, 2);
            now += 2 * MINUTE;
            let word = gate.enter(now).unwrap();
            if round == 0 {
                word.answered()
            } else {
                word.flows()
            }
            assert_eq!(gate.blocked(now), None);
        }
    }

    #[test]
    fn refusals_that_come_before_the_others_text_are_no_outage() {
        let (gate, now) = gate();
        let refused = CallError::Overloaded { status: 529, retry_after: None };
        let others: Vec<_> = (0..8).map(|_| gate.enter(now).unwrap()).collect();
        for _ in 0..8 {
            assert!(!gate.enter(now).unwrap().failed(&refused, now));
        }
        // The ninth in a row, with eight others under way that have brought nothing.
        assert!(gate.enter(now).unwrap().failed(&refused, now));
        assert!(others.into_iter().all(|other| other.failed(&refused, now)));
        assert_eq!(gate.state().under_way, 0);
    }

    #[test]
    fn failures_between_which_the_provider_speaks_are_their_calls_own() {
        let (gate, now) = gate();
        let cut = CallError::Truncated("cut".into());
        for _ in 0..10 {
            assert!(!gate.enter(now).unwrap().failed(&CallError::Connection("reset".into()), now));
            gate.enter(now).unwrap().flows();
            assert!(!gate.enter(now).unwrap().failed(&CallError::Connection("reset".into()), now));
            assert!(!gate.enter(now).unwrap().failed(&cut, now));
        }
        assert_eq!(gate.blocked(now), None);
    }

    #[test]
    fn limits_without_a_time_back_off_and_calls_that_ran_together_count_once() {
        let (gate, now) = gate();
        let together: Vec<_> = (0..50).map(|_| gate.enter(now).unwrap()).collect();
        for ticket in together {
            ticket.failed(&limit(None), now);
        }
        assert_eq!(gate.state().limits, 1);
        assert!(paused(&gate, now) <= Backoff::RATE_LIMIT.base * 5 / 4);
        let mut later = now;
        for limits in 2..10 {
            later += 2 * MINUTE;
            gate.enter(later).unwrap().failed(&limit(None), later);
            assert_eq!(gate.state().limits, limits);
        }
        gate.enter(later + 2 * MINUTE).unwrap().answered();
        assert_eq!(gate.state().limits, 0);
    }

    #[test]
    fn a_floor_of_nothing_still_backs_off() {
        let (gate, now) = gate();
        gate.enter(now).unwrap().failed(&limit(Some(0)), now);
        assert!(paused(&gate, now) > Duration::ZERO);
    }

    #[test]
    fn a_bad_key_holds_everyone_until_one_probe_is_answered() {
        let (gate, now) = gate();
        let early = gate.enter(now).unwrap();
        let late = gate.enter(now).unwrap();
        early.failed(&CallError::BadKey("no".into()), now);
        late.answered();
        let held = gate.blocked(now + SECOND);
        let Some(Blocked::Held { reason, until }) = held else {
            panic!("a call from before the hold must not lift it: {held:?}");
        };
        assert_eq!((reason.as_str(), until), ("the provider rejects the key: no", 59 * SECOND));

        let probe = gate.enter(now + MINUTE).unwrap();
        assert!(gate.enter(now + MINUTE).is_err(), "one probe at a time");
        probe.answered();
        assert!(gate.enter(now + MINUTE).is_ok());
    }

    #[test]
    fn a_probe_that_fails_or_is_dropped_leaves_the_gate_held() {
        let (gate, now) = gate();
        let money = CallError::OutOfMoney("empty".into());
        gate.enter(now).unwrap().failed(&money, now);
        let mut at = now + MINUTE;
        gate.enter(at).unwrap().failed(&money, at);
        assert!(gate.enter(at).is_err());
        at += 2 * MINUTE;
        drop(gate.enter(at).unwrap());
        assert!(matches!(gate.blocked(now + SECOND), Some(Blocked::Held { .. })));
        assert!(gate.enter(at + 2 * MINUTE).is_ok());
    }
}
