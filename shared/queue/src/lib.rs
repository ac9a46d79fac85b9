//! The queue port: it carries messages from publishers to consumers, at least once. A message may still be lost,
//! duplicated or late; the ledger tolerates all three.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod local;
mod message_limit;
mod rabbitmq;

#[cfg(test)]
mod tests;

use std::{fmt, io, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::{Lane, ServiceUrl, TraceParent};
use bindery_protocol::Message;

pub use self::{
    message_limit::MessageLimit,
    rabbitmq::management::{ManagementAccess, ManagementError, chapters_counted},
};

/// Carries messages to the consumers of their lanes.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Publishes a message, and returns once the broker has taken responsibility for it. A message to a lane is then in
    /// the lane's queue. It is no error if nobody listens to a topic, or if a reply comes too late.
    async fn publish(&self, to: &Destination, message: Message) -> Result<(), QueueError>;

    /// Publishes a message and waits for the reply to it, at most until the timeout. When no reply comes, the message may
    /// still be in its lane, or the reply may be lost with a connection. Asking again must therefore be harmless.
    async fn ask(&self, lane: Lane, message: Message, timeout: Duration) -> Result<Message, QueueError>;

    /// Starts consuming a lane, holding at most `prefetch` unsettled deliveries.
    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError>;

    /// Returns how many messages of a lane wait for a consumer. Messages that consumers hold may not be counted.
    async fn depth(&self, lane: Lane) -> Result<u64, QueueError>;

    /// Succeeds if the broker takes messages.
    async fn probe(&self) -> Result<(), QueueError>;

    /// Returns whether the broker accepts messages as large as Bindery needs, and no larger ones.
    async fn message_limit(&self) -> Result<MessageLimit, QueueError>;
}

/// A lane's consumer. Dropping it stops consuming; its unsettled deliveries live on.
#[async_trait]
pub trait Consumer: Send {
    /// Waits for the next delivery; `None` once the other side has cancelled the consumer.
    async fn next(&mut self) -> Option<Delivery>;
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Into a lane.
    Lane(Lane),
    /// To everyone who listens to this routing key, like `book.completed`.
    Topic(String),
    /// To the queue that a submission named as its `reply_to`.
    Reply(String),
}

/// A message that was delivered and is to be settled. If it is dropped unsettled, it is delivered again.
pub struct Delivery {
    /// The message.
    pub message: Message,
    /// Whether it was delivered before and not settled.
    pub redelivered: bool,
    /// The span of its work in a trace; `None` where nothing is traced.
    pub trace_parent: Option<TraceParent>,
    settle: Box<dyn Settle>,
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The message has served its purpose and is removed.
    Ack,
    /// The message is delivered again, to any consumer.
    Requeue,
    /// This process cannot serve the message and another may: it goes behind all messages that wait in its lane. Brokers
    /// limit how often a message may be requeued, and this does not count there; [`Message::times_behind`] counts it.
    MoveToBack,
    /// Nobody can read the message: it goes to [`Lane::Dead`], with [`DEAD_REASON`](bindery_protocol::DEAD_REASON) and
    /// [`DEAD_LANE`](bindery_protocol::DEAD_LANE) in its headers, and its sender in
    /// [`SENDER`](bindery_protocol::SENDER).
    DeadLetter {
        /// Why nobody can read it.
        reason: String,
    },
}

/// Settles one delivery.
#[async_trait]
pub trait Settle: Send {
    /// Does with the delivery what the verdict says.
    async fn settle(self: Box<Self>, verdict: Verdict) -> Result<(), QueueError>;
}

impl Delivery {
    /// Settles the delivery, and consumes it, so that settling twice does not compile.
    pub async fn settle(self, verdict: Verdict) -> Result<(), QueueError> {
        self.settle.settle(verdict).await
    }

    /// Returns the delivery with its way of settling wrapped into another.
    pub fn settled_by(self, wrap: impl FnOnce(Box<dyn Settle>) -> Box<dyn Settle>) -> Self {
        Self { settle: wrap(self.settle), ..self }
    }
}

/// Why a queue failed. A message whose publishing failed may still arrive. No variant holds a password.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The URL has a scheme that no adapter serves.
    #[error("`{0}` is not the URL of a queue; write `local:` or `amqp://USER:PASSWORD@HOST/VHOST`, `amqps` with TLS")]
    UnknownUrl(String),
    /// The URL cannot be parsed.
    #[error("`{0}` is malformed; write `amqp://USER:PASSWORD@HOST:PORT/VHOST`, with special characters as %XX")]
    MalformedUrl(String),
    /// A file of the TLS settings cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        cause: io::Error,
    },
    /// A certificate is set without its key, or a key without its certificate.
    #[error("a client certificate needs both `cert_file` and `key_file`")]
    IncompleteIdentity,
    /// The connection could not be made, or is lost.
    #[error("{broker} cannot be reached: {cause}")]
    Unreachable {
        /// The broker's URL.
        broker: String,
        /// Why it cannot be reached.
        cause: String,
    },
    /// The broker does not know the user, or the password is wrong.
    #[error("{broker} refused the login; check the user and the password, and that the user may come from this host")]
    LoginRefused {
        /// The broker's URL.
        broker: String,
    },
    /// The broker has no such vhost, or the user has no permissions there.
    #[error("{broker} refused the vhost `{vhost}`; make it, or give the user its permissions there: {cause}")]
    VhostRefused {
        /// The broker's URL.
        broker: String,
        /// The vhost.
        vhost: String,
        /// What the broker said.
        cause: String,
    },
    /// The broker has raised an alarm, and accepts no messages until it ends.
    #[error("the broker has blocked publishers; its memory or disk is short")]
    Blocked,
    /// The broker has not done what it was told, or has not confirmed it in time.
    #[error("the broker did not confirm: {0}")]
    Unconfirmed(String),
    /// A name is longer than the broker can carry, so nothing was sent to it.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The message is with the broker, but no consumer has replied in time.
    #[error("nobody answered within {} s", .0.as_secs_f64())]
    Unanswered(Duration),
}

/// A name that AMQP cannot carry: it may have at most 255 bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {what} has {bytes} bytes, of which the broker can carry 255: `{begins}…`")]
pub struct TooLong {
    what: &'static str,
    begins: String,
    bytes: usize,
}

impl TooLong {
    fn new(what: &'static str, text: &str) -> Self {
        Self { what, begins: text.chars().take(40).collect(), bytes: text.len() }
    }
}

/// Where a queue is, and what is needed to connect to it.
#[derive(Clone, Debug)]
pub struct Access {
    /// `local:`, within this process, or a RabbitMQ broker: `amqp://`, or `amqps://` with TLS.
    pub url: ServiceUrl,
    /// PEM file of authorities that may have signed the broker's certificate, in addition to those the system trusts.
    pub ca_file: Option<PathBuf>,
    /// PEM file of the certificate that this program presents.
    pub cert_file: Option<PathBuf>,
    /// PEM file of that certificate's key.
    pub key_file: Option<PathBuf>,
    /// How long the broker may take to answer.
    pub timeout: Duration,
}

impl Access {
    /// Names a queue that needs no files, with the default timeout.
    pub fn new(url: &str) -> Self {
        let timeout = Duration::from_secs(10);
        Self { url: ServiceUrl::from(url), ca_file: None, cert_file: None, key_file: None, timeout }
    }
}

/// Opens a queue; fails at once if it cannot be reached.
pub async fn connect(access: &Access) -> Result<Arc<dyn Queue>, QueueError> {
    match access.url.expose() {
        "local:" => Ok(Arc::new(local::LocalQueue::default())),
        url if url.starts_with("amqp://") || url.starts_with("amqps://") => {
            Ok(Arc::new(rabbitmq::RabbitMq::connect(access).await?))
        }
        _ => Err(QueueError::UnknownUrl(access.url.to_string())),
    }
}

impl From<Lane> for Destination {
    fn from(lane: Lane) -> Self {
        Self::Lane(lane)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("id", &self.message.id).field("redelivered", &self.redelivered).finish()
    }
}
