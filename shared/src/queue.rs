//! The queue port: wake-ups, delivered at least once. A message may be lost, doubled or late; the ledger does not mind.

mod local;

#[cfg(test)]
mod conformance;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

/// Carries messages from lane to consumer.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Publishes a message; returns once the broker has taken responsibility for it.
    async fn publish(&self, lane: Lane, message: Message) -> Result<(), QueueError>;

    /// Starts consuming a lane, holding at most `prefetch` unsettled deliveries.
    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError>;

    /// Returns how many messages of a lane are ready or unsettled.
    async fn depth(&self, lane: Lane) -> Result<u64, QueueError>;
}

/// A lane's consumer. Dropping it stops consuming; its unsettled deliveries live on.
#[async_trait]
pub trait Consumer: Send {
    /// Waits for the next delivery; none once the other side has cancelled the consumer.
    async fn next(&mut self) -> Option<Delivery>;
}

/// The queues of a book's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Stable across republishing of the same thing.
    pub id: String,
    /// JSON under 4 KB.
    pub body: Vec<u8>,
}

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
    /// Nobody can read it.
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
    pub const ALL: [Self; 5] = [Self::Plans, Self::Chapters, Self::Solo, Self::Bindings, Self::Dead];
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
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
