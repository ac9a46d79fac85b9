//! A fleet as the API shows it.

use bindery_commands::{BusyWorker, CommonWait, DeadLetterOrigin, DeadLetters, FleetLook, SentAgain, StuckBook};
use bindery_domain::{Moment, timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::{BookSummary, summary};

/// A fleet, as its store and its broker tell of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Fleet")]
pub(crate) struct FleetView {
    /// When it was looked at, by RFC 3339.
    pub(crate) at: String,
    /// How many books are not settled.
    pub(crate) open: usize,
    /// How many of them are held.
    pub(crate) held: usize,
    /// How many books have failed in the last day.
    pub(crate) failed: usize,
    /// How many chapters of open books that are not held are still to be written.
    pub(crate) chapters_missing: u64,
    /// How many chapters were written in each of the last 60 minutes, the oldest first. Chapters of deleted books are not counted.
    pub(crate) chapters_per_minute: Vec<u32>,
    /// The queues, with the messages that wait in them. It is empty where the broker does not answer.
    pub(crate) lanes: Vec<LaneView>,
    /// Why the broker does not answer, if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) broker_fault: Option<String>,
    /// The share of the store's memory that is used, from 0 to 1; it is missing where the memory has no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) store_memory: Option<f64>,
    /// The workers that have tasks. A worker without a task is not known to the store.
    pub(crate) workers: Vec<WorkerView>,
    /// What tasks are put aside for, like a provider that is held, that of most tasks first.
    pub(crate) waits: Vec<WaitView>,
    /// The books that stand still until somebody does something or their wait is over, and those that have failed in the last day.
    pub(crate) stuck: Vec<StuckView>,
    /// How many books stand still beside those.
    pub(crate) more_stuck: usize,
    /// How many books were not looked at, because the others have too many chapters.
    pub(crate) books_not_read: usize,
}

/// A queue of the fleet.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Lane")]
pub(crate) struct LaneView {
    /// Its name.
    pub(crate) name: String,
    /// How many messages wait in it.
    pub(crate) messages: u64,
}

/// A worker that has tasks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Worker")]
pub(crate) struct WorkerView {
    /// Its name.
    name: String,
    /// How many tasks it works on.
    tasks: usize,
    /// How many books these are of.
    books: usize,
    /// How many of its tasks it has fallen silent on. They are given to others.
    silent: usize,
}

/// What several tasks are put aside for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Wait")]
pub(crate) struct WaitView {
    /// Why, in the provider's words where it is the provider.
    reason: String,
    /// The models that write the books of these tasks, as `provider:model`.
    models: Vec<String>,
    /// How many tasks are put aside.
    tasks: usize,
    /// How many books these are of.
    books: usize,
    /// When the first of them is tried again.
    until: String,
}

/// A book that stands still.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "StuckBook")]
pub(crate) struct StuckView {
    /// The book.
    #[serde(flatten)]
    book: BookSummary,
    /// Since when it has been held, or when it failed. It is missing where its tasks were put aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// What it waits for, a sentence each.
    reasons: Vec<String>,
    /// How many reasons there are beside those.
    more_reasons: usize,
}

/// The messages that no process could read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct DeadLetterList {
    /// The messages, the oldest first.
    letters: Vec<DeadLetterView>,
    /// How many there are beside those.
    left: u64,
}

/// A message that no process could read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "DeadLetter")]
pub(crate) struct DeadLetterView {
    /// Its id.
    id: String,
    /// The queue that it comes from; empty where it does not say.
    lane: String,
    /// Why no process could read it.
    reason: String,
    /// The tenant that sent it. It is missing where it comes from the fleet itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
}

/// What became of a dead letter.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "SentAgain")]
pub(crate) struct SentAgainView {
    /// The id of the message.
    id: String,
    /// The queue that it was sent to. It is missing where the message stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_to: Option<String>,
    /// The tenant that it was sent as.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    /// Why it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl FleetView {
    /// Describes what the store tells, without what the broker does.
    pub(crate) fn of(look: FleetLook, now: Moment) -> Self {
        Self {
            at: timestamp(now),
            open: look.open,
            held: look.held,
            failed: look.failed,
            chapters_missing: look.chapters_missing,
            chapters_per_minute: look.pace,
            lanes: Vec::new(),
            broker_fault: None,
            store_memory: None,
            workers: look.workers.into_iter().map(WorkerView::of).collect(),
            waits: look.waits.into_iter().map(WaitView::of).collect(),
            stuck: look.stuck.into_iter().map(StuckView::of).collect(),
            more_stuck: look.more_stuck,
            books_not_read: look.unread,
        }
    }
}

impl WorkerView {
    fn of(BusyWorker { name, tasks, books, silent }: BusyWorker) -> Self {
        Self { name, tasks, books, silent }
    }
}

impl WaitView {
    fn of(CommonWait { reason, models, tasks, books, until }: CommonWait) -> Self {
        Self { reason, models: models.into_iter().collect(), tasks, books, until: timestamp(until) }
    }
}

impl StuckView {
    fn of(StuckBook { book, missing, since, reasons, more_reasons }: StuckBook) -> Self {
        Self { book: summary(&book, missing), since: since.map(timestamp), reasons, more_reasons }
    }
}

impl DeadLetterList {
    /// Describes dead letters.
    pub(crate) fn of(taken: &DeadLetters) -> Self {
        let letters = taken.messages().map(|message| {
            let DeadLetterOrigin { lane, reason, tenant } = DeadLetterOrigin::of(message);
            let (lane, reason) = (lane.to_owned(), reason.to_owned());
            DeadLetterView { id: message.id.clone(), lane, reason, tenant: tenant.map(str::to_owned) }
        });
        Self { letters: letters.collect(), left: taken.left() }
    }
}

impl SentAgainView {
    /// Describes what became of a dead letter.
    pub(crate) fn of(SentAgain { id, sender, sent }: SentAgain) -> Self {
        let (sent_to, reason) = match sent {
            Ok(lane) => (Some(lane.to_string()), None),
            Err(stays) => (None, Some(stays.to_string())),
        };
        Self { id, sent_to, tenant: sender, reason }
    }
}
