//! Whether the loops and consumers of a process still make progress.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a loop that runs every second may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// How long messages may wait in a lane that has free slots, before its consumer counts as lost.
const STARVED: Duration = Duration::from_secs(120);

/// When a process's loops and lanes last showed a sign of life.
#[derive(Default)]
pub(crate) struct Liveness(Mutex<State>);

#[derive(Default)]
struct State {
    loops: BTreeMap<String, Instant>,
    lanes: BTreeMap<String, LaneSlots>,
}

#[derive(Default)]
struct LaneSlots {
    slots: u32,
    used: u32,
    starved_since: Option<Instant>,
}

impl Liveness {
    /// Notes that a loop has run once more.
    pub(crate) fn loop_ran(&self, name: &str) {
        let mut state = self.state();
        match state.loops.get_mut(name) {
            Some(last) => *last = Instant::now(),
            None => drop(state.loops.insert(name.to_owned(), Instant::now())),
        }
    }

    /// Adds slots of a lane, or takes them away.
    pub(crate) fn add_slots(&self, lane: &str, change: i64) {
        self.change(lane, |lane| {
            lane.slots = lane.slots.saturating_add_signed(saturated(change));
            // A consumer that begins anew has been given no time yet.
            lane.starved_since = None;
        });
    }

    /// Notes that slots of a lane were taken, or that they are free again.
    pub(crate) fn add_used_slots(&self, lane: &str, change: i64) {
        self.change(lane, |lane| {
            lane.used = lane.used.saturating_add_signed(saturated(change));
            lane.starved_since = None;
        });
    }

    /// Returns the lanes that this process has free slots for.
    pub(crate) fn lanes_with_free_slots(&self) -> Vec<String> {
        let state = self.state();
        state.lanes.iter().filter(|(_, lane)| lane.used < lane.slots).map(|(name, _)| name.clone()).collect()
    }

    /// Notes how many messages wait in a lane that this process has free slots for.
    pub(crate) fn messages_wait(&self, lane: &str, messages: u64) {
        self.change(lane, |lane| match messages {
            0 => lane.starved_since = None,
            _ => drop(lane.starved_since.get_or_insert_with(Instant::now)),
        });
    }

    /// Notes that the broker or the store is silent. A loop that waits for it has not stopped, and no consumer is lost to this
    /// process alone. Readiness tells of such a server, and a restart would not bring it back.
    pub(crate) fn server_is_silent(&self) {
        let mut state = self.state();
        let now = Instant::now();
        state.loops.values_mut().for_each(|last| *last = now);
        state.lanes.values_mut().for_each(|lane| lane.starved_since = None);
    }

    /// Returns what has stopped; empty where everything goes on.
    pub(crate) fn stalled(&self) -> Vec<String> {
        let state = self.state();
        let silent = |(name, last): (&String, &Instant)| {
            let silence = last.elapsed();
            (silence > SILENCE).then(|| format!("the loop of the {name} has not run for {} s", silence.as_secs()))
        };
        let starved = |(name, lane): (&String, &LaneSlots)| {
            let hunger = lane.starved_since.filter(|_| lane.used < lane.slots)?.elapsed();
            (hunger > STARVED).then(|| {
                format!("messages wait in {name} and slots are free, but none was delivered for {} s", hunger.as_secs())
            })
        };
        state.loops.iter().filter_map(silent).chain(state.lanes.iter().filter_map(starved)).collect()
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut LaneSlots)) {
        change(self.state().lanes.entry(name.to_owned()).or_default());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let liveness = Liveness::default();
        liveness.loop_ran("sweeper");
        liveness.loop_ran("event-publisher");
        assert_eq!(liveness.stalled(), [""; 0]);
        liveness.state().loops.insert("sweeper".into(), ago(61));
        assert_eq!(liveness.stalled(), ["the loop of the sweeper has not run for 61 s"]);
    }

    #[test]
    fn nothing_counts_as_stopped_while_a_server_is_silent() {
        let liveness = Liveness::default();
        liveness.loop_ran("sweeper");
        liveness.add_slots("chapters", 2);
        liveness.messages_wait("chapters", 5);
        {
            let mut state = liveness.state();
            state.loops.insert("sweeper".into(), ago(61));
            state.lanes.get_mut("chapters").unwrap().starved_since = Some(ago(121));
        }
        assert_eq!(liveness.stalled().len(), 2);
        liveness.server_is_silent();
        assert_eq!(liveness.stalled(), [""; 0]);
    }

    #[test]
    fn a_consumer_that_was_given_up_while_there_was_no_room_does_not_starve_when_it_begins_anew() {
        let liveness = Liveness::default();
        liveness.add_slots("submissions", 16);
        liveness.messages_wait("submissions", 5);
        liveness.state().lanes.get_mut("submissions").unwrap().starved_since = Some(ago(600));
        liveness.add_slots("submissions", -16);
        assert_eq!(liveness.stalled(), [""; 0], "it waits for room and consumes nothing");
        assert!(liveness.lanes_with_free_slots().is_empty());
        liveness.add_slots("submissions", 1);
        assert_eq!(liveness.stalled(), [""; 0], "it has begun only now");
    }

    #[test]
    fn a_lane_starves_while_messages_wait_and_slots_are_free_and_not_otherwise() {
        let liveness = Liveness::default();
        liveness.add_slots("chapters", 2);
        liveness.add_used_slots("chapters", 1);
        assert_eq!(liveness.lanes_with_free_slots(), ["chapters"]);
        liveness.messages_wait("chapters", 5);
        assert_eq!(liveness.stalled(), [""; 0], "not at once");
        let starve = || liveness.state().lanes.get_mut("chapters").unwrap().starved_since = Some(ago(121));
        starve();
        assert_eq!(liveness.stalled().len(), 1);
        liveness.messages_wait("chapters", 0);
        assert_eq!(liveness.stalled(), [""; 0], "other processes have taken the messages");
        starve();
        liveness.add_used_slots("chapters", 1);
        assert!(
            liveness.lanes_with_free_slots().is_empty() && liveness.stalled().is_empty(),
            "a delivery is a sign of life"
        );
    }
}
