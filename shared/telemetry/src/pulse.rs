//! Whether a process makes progress: that it exists, its port says already.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a loop that turns every second may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// How long a lane may have messages waiting, and this process free slots for it, before its consumer counts as lost.
const STARVED: Duration = Duration::from_secs(120);

/// What was last heard of a process's loops and lanes.
#[derive(Default)]
pub(super) struct Pulse(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    loops: BTreeMap<String, Instant>,
    lanes: BTreeMap<String, Lane>,
}

#[derive(Default)]
struct Lane {
    slots: u32,
    used: u32,
    starved_since: Option<Instant>,
}

impl Pulse {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a loop has turned.
    pub(super) fn turned(&self, name: &str) {
        let mut heard = self.heard();
        match heard.loops.get_mut(name) {
            Some(last) => *last = Instant::now(),
            None => drop(heard.loops.insert(name.to_owned(), Instant::now())),
        }
    }

    /// Notes that so many slots of a lane are consumed into, or no longer.
    pub(super) fn slots(&self, lane: &str, change: i64) {
        self.change(lane, |lane| lane.slots = lane.slots.saturating_add_signed(saturated(change)));
    }

    /// Notes that a slot was taken, or is free again.
    pub(super) fn used(&self, lane: &str, change: i64) {
        self.change(lane, |lane| {
            lane.used = lane.used.saturating_add_signed(saturated(change));
            lane.starved_since = None;
        });
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Lane)) {
        change(self.heard().lanes.entry(name.to_owned()).or_default());
    }

    /// Returns the lanes that this process has free slots for.
    pub(super) fn hungry(&self) -> Vec<String> {
        let heard = self.heard();
        heard.lanes.iter().filter(|(_, lane)| lane.used < lane.slots).map(|(name, _)| name.clone()).collect()
    }

    /// Notes whether messages wait in a lane that this process has free slots for.
    pub(super) fn waiting(&self, lane: &str, messages: u64) {
        self.change(lane, |lane| match messages {
            0 => lane.starved_since = None,
            _ => drop(lane.starved_since.get_or_insert_with(Instant::now)),
        });
    }

    /// Returns what has stopped; empty where all goes on.
    pub(super) fn stopped(&self) -> Vec<String> {
        let heard = self.heard();
        let silent = |(name, last): (&String, &Instant)| {
            let silence = last.elapsed();
            (silence > SILENCE).then(|| format!("the {name} has not turned for {} s", silence.as_secs()))
        };
        let starved = |(name, lane): (&String, &Lane)| {
            let hunger = lane.starved_since.filter(|_| lane.used < lane.slots)?.elapsed();
            (hunger > STARVED).then(|| {
                format!("messages wait in {name} and slots are free, but none was delivered for {} s", hunger.as_secs())
            })
        };
        heard.loops.iter().filter_map(silent).chain(heard.lanes.iter().filter_map(starved)).collect()
    }
}

fn saturated(change: i64) -> i32 {
    i32::try_from(change).unwrap_or(if change < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ago(seconds: u64) -> Instant {
        Instant::now() - Duration::from_secs(seconds)
    }

    #[test]
    fn a_loop_that_falls_silent_is_named() {
        let pulse = Pulse::default();
        pulse.turned("sweeper");
        pulse.turned("herald");
        assert_eq!(pulse.stopped(), [""; 0]);
        pulse.heard().loops.insert("sweeper".into(), ago(61));
        assert_eq!(pulse.stopped(), ["the sweeper has not turned for 61 s"]);
    }

    #[test]
    fn a_lane_starves_while_messages_wait_and_slots_are_free_and_not_otherwise() {
        let pulse = Pulse::default();
        pulse.slots("chapters", 2);
        pulse.used("chapters", 1);
        assert_eq!(pulse.hungry(), ["chapters"]);
        pulse.waiting("chapters", 5);
        assert_eq!(pulse.stopped(), [""; 0], "not at once");
        let starve = || pulse.heard().lanes.get_mut("chapters").unwrap().starved_since = Some(ago(121));
        starve();
        assert_eq!(pulse.stopped().len(), 1);
        pulse.waiting("chapters", 0);
        assert_eq!(pulse.stopped(), [""; 0], "others have taken them");
        starve();
        pulse.used("chapters", 1);
        assert!(pulse.hungry().is_empty() && pulse.stopped().is_empty(), "a delivery is a sign of life");
    }
}
