//! Logging a fault that lasts: one line when it begins, one a minute while it lasts, and one when it ends. A process tries
//! a silent server many times a second, and a line for each try would bury all others.

use std::{
    fmt::Display,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How often a fault that lasts is logged again.
const REMINDER: Duration = Duration::from_secs(60);

/// The store fails. The log is one for the process, since all its tasks meet the same fault.
pub static STORE_FAULT: FaultLog = FaultLog::new("the store failed; trying again", "the store answers again");

/// The broker does not confirm what this process publishes.
pub static PUBLISH_FAULT: FaultLog = FaultLog::new(
    "a released task could not be published; it is due again soon",
    "the broker confirms what is published again",
);

/// Logs one kind of fault.
pub struct FaultLog {
    begins: &'static str,
    ends: &'static str,
    state: Mutex<State>,
}

/// A caller that repeats what fails. The fault lasts until the last of its callers has succeeded or given up.
pub struct FaultCaller<'a> {
    log: &'a FaultLog,
    failing: bool,
}

struct State {
    lasting: Option<Lasting>,
    /// The callers that have failed and not succeeded since.
    callers: usize,
}

struct Lasting {
    since: Instant,
    told: Instant,
}

/// What is to be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Begins,
    Lasts(Duration),
    Ends(Duration),
}

impl FaultLog {
    /// Makes the log of one kind of fault, with the messages of its first and its last line.
    pub const fn new(begins: &'static str, ends: &'static str) -> Self {
        Self { begins, ends, state: Mutex::new(State { lasting: None, callers: 0 }) }
    }

    /// Notes that something failed.
    pub fn failed(&self, error: &dyn Display) {
        let line = self.state().failed(Instant::now());
        self.log(line, Some(error));
    }

    /// Notes that something succeeded, which ends the fault unless a caller still repeats what failed.
    pub fn ended(&self) {
        let line = self.state().ended(Instant::now());
        self.log(line, None);
    }

    /// Makes a caller that may repeat what fails.
    pub fn caller(&self) -> FaultCaller<'_> {
        FaultCaller { log: self, failing: false }
    }

    fn log(&self, line: Option<Line>, error: Option<&dyn Display>) {
        let error = error.map(tracing::field::display);
        match line {
            Some(Line::Begins) => tracing::warn!(error, "{}", self.begins),
            Some(Line::Lasts(time)) => tracing::warn!(error, lasts_s = time.as_secs(), "{}", self.begins),
            Some(Line::Ends(time)) => tracing::info!(lasted_s = time.as_secs(), "{}", self.ends),
            None => {}
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultCaller<'_> {
    /// Notes that the caller failed and will try again.
    pub fn failed(&mut self, error: &dyn Display) {
        if !self.failing {
            self.failing = true;
            self.log.state().callers += 1;
        }
        self.log.failed(error);
    }

    /// Notes that the caller has succeeded, or tries no more.
    pub fn ended(&mut self) {
        if std::mem::take(&mut self.failing) {
            self.log.state().callers -= 1;
            self.log.ended();
        }
    }
}

impl Drop for FaultCaller<'_> {
    fn drop(&mut self) {
        self.ended();
    }
}

impl State {
    fn failed(&mut self, now: Instant) -> Option<Line> {
        let Some(lasting) = &mut self.lasting else {
            self.lasting = Some(Lasting { since: now, told: now });
            return Some(Line::Begins);
        };
        if now.duration_since(lasting.told) < REMINDER {
            return None;
        }
        lasting.told = now;
        Some(Line::Lasts(now.duration_since(lasting.since)))
    }

    fn ended(&mut self, now: Instant) -> Option<Line> {
        if self.callers > 0 {
            return None;
        }
        self.lasting.take().map(|lasting| Line::Ends(now.duration_since(lasting.since)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_logged_when_it_begins_once_a_minute_and_when_it_ends() {
        let (mut state, begun) = (State { lasting: None, callers: 0 }, Instant::now());
        let after = |seconds| begun + Duration::from_secs(seconds);
        let lines: Vec<_> = (0..150).filter_map(|second| state.failed(after(second))).collect();
        let lasts = |seconds| Line::Lasts(Duration::from_secs(seconds));
        assert_eq!(lines, [Line::Begins, lasts(60), lasts(120)]);
        assert_eq!(state.ended(after(150)), Some(Line::Ends(Duration::from_secs(150))));
        assert_eq!(state.ended(after(151)), None, "it is over");
        assert_eq!(state.failed(after(152)), Some(Line::Begins), "a new fault is told at once");
    }

    #[test]
    fn a_fault_lasts_until_its_last_caller_has_succeeded_or_is_gone() {
        let log = FaultLog::new("it fails", "it works");
        let (mut one, mut other) = (log.caller(), log.caller());
        one.failed(&"no answer");
        one.failed(&"no answer");
        other.failed(&"no answer");
        log.ended();
        one.ended();
        assert!(log.state().lasting.is_some(), "the other caller still fails");
        drop(other);
        assert!(log.state().lasting.is_none());
        assert_eq!(log.state().callers, 0);
    }
}
