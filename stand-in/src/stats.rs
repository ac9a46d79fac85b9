//! What a stand-in has served so far.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{
    ask::Usage,
    faults::{Fault, Subject},
};

/// What a stand-in has served so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Stats {
    /// Calls that asked something, faults included and rejected requests left out.
    pub calls: u64,
    /// Calls answered to the end, with a terminal event.
    pub completed: u64,
    /// Requests that the real server would reject: malformed, too large, without the right key.
    pub rejected: u64,
    /// Calls by task; `chat` for prompts without a contract.
    pub by_task: BTreeMap<String, u64>,
    /// Calls by the fault that befell them.
    pub by_fault: BTreeMap<String, u64>,
    /// Calls being answered now.
    pub in_flight: u64,
    /// The most calls that were answered at once.
    pub peak_in_flight: u64,
    /// Prompt tokens of the calls answered, cached ones included.
    pub input_tokens: u64,
    /// Those of `input_tokens` that came from the prompt cache.
    pub cached_tokens: u64,
    /// Output tokens sent.
    pub output_tokens: u64,
    /// Calls by what they were about, in its order.
    pub served: Vec<Served>,
}

/// How many calls were about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Served {
    /// The contract's task.
    pub task: String,
    /// The chapter's number, where the task has one.
    pub chapter: Option<u32>,
    /// The section's number, where the task has one.
    pub section: Option<u32>,
    /// The number of the try.
    #[serde(rename = "try")]
    pub attempt: u32,
    /// How many calls came.
    pub calls: u64,
}

/// Keeps the counts. One lock is enough: it is taken a few times a call and held for a few additions.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    kept: Mutex<Checkpoint>,
    /// Tells those who wait that a call has begun.
    begun: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Checkpoint {
    /// The counts, but for what is kept by a key below.
    stats: Stats,
    by_task: BTreeMap<&'static str, u64>,
    by_fault: BTreeMap<&'static str, u64>,
    served: BTreeMap<Subject, u64>,
}

impl Counts {
    fn lock(&self) -> MutexGuard<'_, Checkpoint> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request that is rejected.
    pub(crate) fn reject(&self) {
        self.lock().stats.rejected += 1;
    }

    /// Counts a call that begins, and the fault that befalls it; it is in flight until the value is dropped.
    pub(crate) fn begin(self: &Arc<Self>, subject: Subject, fault: Option<Fault>) -> InFlight {
        let mut kept = self.lock();
        kept.stats.calls += 1;
        kept.stats.in_flight += 1;
        kept.stats.peak_in_flight = kept.stats.peak_in_flight.max(kept.stats.in_flight);
        *kept.by_task.entry(subject.task).or_default() += 1;
        if let Some(fault) = fault {
            *kept.by_fault.entry(fault.name()).or_default() += 1;
        }
        *kept.served.entry(subject).or_default() += 1;
        drop(kept);
        self.begun.send_replace(());
        InFlight { counts: Arc::clone(self) }
    }

    /// Waits for a call after which the counts are as wanted, and returns them; they may be so already.
    pub(crate) async fn wait_for(&self, wanted: impl Fn(&Stats) -> bool) -> Stats {
        let mut begun = self.begun.subscribe();
        loop {
            let stats = self.stats();
            if wanted(&stats) {
                return stats;
            }
            // The sender lives as long as these counts, so the wait cannot fail.
            let _ = begun.changed().await;
        }
    }

    /// Returns the counts as they stand.
    pub(crate) fn stats(&self) -> Stats {
        let kept = self.lock();
        let named = |(name, count): (&&'static str, &u64)| ((*name).to_owned(), *count);
        let served = kept.served.iter().map(|(subject, &calls)| Served {
            task: subject.task.to_owned(),
            chapter: subject.chapter,
            section: subject.section,
            attempt: subject.attempt,
            calls,
        });
        Stats {
            by_task: kept.by_task.iter().map(named).collect(),
            by_fault: kept.by_fault.iter().map(named).collect(),
            served: served.collect(),
            ..kept.stats.clone()
        }
    }
}

/// A call being answered.
#[derive(Debug)]
pub(crate) struct InFlight {
    counts: Arc<Counts>,
}

impl InFlight {
    /// Counts the prompt, once its answer begins.
    pub(crate) fn read(&self, usage: &Usage) {
        let mut kept = self.counts.lock();
        kept.stats.input_tokens += usage.input;
        kept.stats.cached_tokens += usage.cached;
    }

    /// Counts output that was sent.
    pub(crate) fn sent(&self, tokens: u64) {
        self.counts.lock().stats.output_tokens += tokens;
    }

    /// Counts the call as answered to the end.
    pub(crate) fn complete(&self) {
        self.counts.lock().stats.completed += 1;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.counts.lock().stats.in_flight -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(section: u32) -> Subject {
        Subject { task: "section", chapter: Some(1), section: Some(section), attempt: 1 }
    }

    #[test]
    fn calls_are_in_flight_until_dropped_and_the_peak_stays() {
        let counts = Arc::new(Counts::default());
        let first = counts.begin(subject(1), None);
        let second = counts.begin(subject(1), Some(Fault::Reset));
        drop(first);
        let third = counts.begin(subject(2), None);
        drop((second, third));
        let stats = counts.stats();
        assert_eq!((stats.calls, stats.in_flight, stats.peak_in_flight), (3, 0, 2));
        assert_eq!(stats.by_fault["reset"], 1);
        let served: Vec<_> = stats.served.iter().map(|s| (s.section, s.calls)).collect();
        assert_eq!(served, [(Some(1), 2), (Some(2), 1)]);
    }

    #[test]
    fn stats_survive_their_journey_as_json() {
        let counts = Arc::new(Counts::default());
        drop(counts.begin(subject(7), Some(Fault::Hang)));
        let stats = counts.stats();
        let json = serde_json::to_string(&stats).unwrap();
        assert!(json.contains(r#""try":1"#));
        assert_eq!(serde_json::from_str::<Stats>(&json).unwrap(), stats);
    }
}
