//! The queue port: wake-ups, delivered at least once. A message may be lost, doubled or late; the ledger does not mind.

mod local;

#[cfg(test)]
mod conformance;

use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;

/// Carries messages from lane to consumer.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Publishes a message; returns once the broker has taken responsibility for it. A message to a lane is then in
    /// its queue; one to a topic or to whoever asked may find nobody, and that is no error.
    async fn publish(&self, to: &Address, message: Message) -> Result<(), QueueError>;

    /// Starts consuming a lane, holding at most `prefetch` unsettled deliveries.
    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError>;

    /// Returns how many messages of a lane wait for a consumer. Those that are with one are not all counted.
    async fn depth(&self, lane: Lane) -> Result<u64, QueueError>;

    /// Asks whether the broker answers.
    async fn probe(&self) -> Result<(), QueueError>;
}

/// A lane's consumer. Dropping it stops consuming; its unsettled deliveries live on.
#[async_trait]
pub trait Consumer: Send {
    /// Waits for the next delivery; none once the other side has cancelled the consumer.
    async fn next(&mut self) -> Option<Delivery>;
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Into a lane.
    Lane(Lane),
    /// To all who listen for this routing key, like `book.completed`.
    Topic(String),
    /// To the queue that a submission named as its `reply_to`.
    Reply(String),
}

/// The queues of a book's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Requests from upstream systems.
    Submissions,
    /// Plans to make.
    Plans,
    /// Chapters to write.
    Chapters,
    /// Chapters that are tried alone, since their workers fell silent.
    Solo,
    /// Books to bind.
    Bindings,
    /// Messages nobody could read.
    Dead,
}

/// What is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Stable across republishing of the same thing.
    pub id: String,
    /// JSON: of a task under 4 KB, of a submission up to 1 MB.
    pub body: Vec<u8>,
    /// What the message is, as a media type; empty for `application/json`.
    pub content_type: String,
    /// Headers whose values are texts, like `traceparent`; others are not carried.
    pub headers: BTreeMap<String, String>,
    /// The queue an answer is awaited in.
    pub reply_to: Option<String>,
    /// What the answer must carry.
    pub correlation_id: Option<String>,
    /// Who published it, as the broker has validated; none where the publisher did not say.
    pub user: Option<String>,
}

impl Message {
    /// Makes a message that is only its body.
    pub fn new(id: impl Into<String>, body: Vec<u8>) -> Self {
        Self { id: id.into(), body, ..Self::default() }
    }
}

/// The header of a dead letter that says why it is one.
pub const DEAD_REASON: &str = "x-bindery-reason";

/// The header of a dead letter that names the lane it came from.
pub const DEAD_LANE: &str = "x-bindery-lane";

/// A message on its way to be settled. Dropped unsettled, it is delivered again.
pub struct Delivery {
    /// The message.
    pub message: Message,
    /// Whether it was delivered before and not settled.
    pub redelivered: bool,
    settle: Box<dyn Settle>,
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has served its purpose.
    Ack,
    /// It is to be delivered again, to anybody.
    Return,
    /// Nobody can read it: it goes to [`Lane::Dead`], with [`DEAD_REASON`] and [`DEAD_LANE`] in its headers.
    DeadLetter {
        /// Why.
        reason: String,
    },
}

#[async_trait]
trait Settle: Send {
    async fn settle(self: Box<Self>, verdict: Verdict) -> Result<(), QueueError>;
}

impl Delivery {
    /// Settles the delivery; consuming it, so that settling twice does not compile.
    pub async fn settle(self, verdict: Verdict) -> Result<(), QueueError> {
        self.settle.settle(verdict).await
    }
}

/// How a queue failed; a message whose publishing failed may still arrive.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The URL names no queue this program knows.
    #[error("`{0}` is no queue; a queue is `local:`")]
    UnknownUrl(String),
}

/// Opens the queue that a URL names: `local:`, within this process.
pub async fn connect(url: &str) -> Result<Arc<dyn Queue>, QueueError> {
    match url {
        "local:" => Ok(Arc::new(local::Local::default())),
        _ => Err(QueueError::UnknownUrl(url.to_owned())),
    }
}

impl Lane {
    /// All lanes.
    pub const ALL: [Self; 6] = [Self::Submissions, Self::Plans, Self::Chapters, Self::Solo, Self::Bindings, Self::Dead];
}

impl From<Lane> for Address {
    fn from(lane: Lane) -> Self {
        Self::Lane(lane)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submissions => "submissions",
            Self::Plans => "plans",
            Self::Chapters => "chapters",
            Self::Solo => "solo",
            Self::Bindings => "bindings",
            Self::Dead => "dead",
        })
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("id", &self.message.id).field("redelivered", &self.redelivered).finish()
    }
}
