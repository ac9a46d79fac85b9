//! The queue port: wake-ups, delivered at least once. A message may be lost, doubled or late; the ledger does not mind.

mod local;
mod rabbitmq;

#[cfg(test)]
mod conformance;

use std::{fmt, io, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::{Lane, ServiceUrl, TraceParent};
use bindery_protocol::Message;

/// Carries messages from lane to consumer.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Publishes a message; returns once the broker has taken responsibility for it. A message to a lane is then in
    /// its queue; one to a topic or to whoever asked may find nobody, and that is no error.
    async fn publish(&self, to: &Address, message: Message) -> Result<(), QueueError>;

    /// Publishes a message and waits for the answer to it, at most so long. Where none came, the message may still be
    /// in its lane, or the answer lost with a connection: asking again must be harmless.
    async fn ask(&self, lane: Lane, message: Message, patience: Duration) -> Result<Message, QueueError>;

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

/// A message on its way to be settled. Dropped unsettled, it is delivered again.
pub struct Delivery {
    /// The message.
    pub message: Message,
    /// Whether it was delivered before and not settled.
    pub redelivered: bool,
    /// Where in a trace its work stands; none where nothing is traced.
    pub place: Option<TraceParent>,
    settle: Box<dyn Settle>,
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has served its purpose.
    Ack,
    /// It is to be delivered again, to anybody.
    Return,
    /// This process cannot serve it and another may: it is to be delivered again after all that wait. Unlike one that
    /// is returned it does not count as having come back, which brokers allow a message a few times only;
    /// [`Message::times_behind`] says how often it was done.
    Behind,
    /// Nobody can read it: it goes to [`Lane::Dead`], with [`DEAD_REASON`](bindery_protocol::DEAD_REASON) and [`DEAD_LANE`](bindery_protocol::DEAD_LANE) in its headers.
    DeadLetter {
        /// Why.
        reason: String,
    },
}

/// How a delivery is settled.
#[async_trait]
pub trait Settle: Send {
    /// Does with the delivery what the verdict says.
    async fn settle(self: Box<Self>, verdict: Verdict) -> Result<(), QueueError>;
}

impl Delivery {
    /// Settles the delivery; consuming it, so that settling twice does not compile.
    pub async fn settle(self, verdict: Verdict) -> Result<(), QueueError> {
        self.settle.settle(verdict).await
    }

    /// Returns the delivery with another way to settle it.
    pub fn settled_by(self, way: impl FnOnce(Box<dyn Settle>) -> Box<dyn Settle>) -> Self {
        Self { settle: way(self.settle), ..self }
    }
}

/// How a queue failed; a message whose publishing failed may still arrive. No variant holds a password.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The URL names no queue this program knows.
    #[error("`{0}` is no queue; a queue is `local:` or `amqp://USER:PASSWORD@HOST/VHOST`, `amqps` with TLS")]
    UnknownUrl(String),
    /// The URL cannot be read.
    #[error("`{0}` is malformed; write `amqp://USER:PASSWORD@HOST:PORT/VHOST`, with special characters as %XX")]
    Malformed(String),
    /// A file of the TLS settings cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// There is a certificate without its key, or a key without its certificate.
    #[error("a client certificate needs both `cert_file` and `key_file`")]
    HalfAnIdentity,
    /// No connection comes about, or the one there was is lost.
    #[error("{place} cannot be reached: {cause}")]
    Unreachable {
        /// The broker.
        place: String,
        /// Why.
        cause: String,
    },
    /// The broker does not know the user, or not with this password.
    #[error("{place} refused the login; check the user and the password, and that the user may come from this host")]
    LoginRefused {
        /// The broker.
        place: String,
    },
    /// The broker has no such vhost, or not for this user.
    #[error("{place} refused the vhost `{vhost}`; make it, or give the user its permissions there: {cause}")]
    VhostRefused {
        /// The broker.
        place: String,
        /// The vhost.
        vhost: String,
        /// What the broker said.
        cause: String,
    },
    /// The broker has raised an alarm and takes no messages until it ends.
    #[error("the broker has blocked publishers; its memory or disk is short")]
    Blocked,
    /// The broker has not done what was asked, or has not said so in time.
    #[error("the broker did not confirm: {0}")]
    Unconfirmed(String),
    /// The message is with the broker, but whoever takes it has not answered in time.
    #[error("nobody answered within {} s", .0.as_secs_f64())]
    Unanswered(Duration),
}

/// Where a queue is, and how to get in.
#[derive(Clone, Debug)]
pub struct Access {
    /// `local:`, within this process, or a RabbitMQ broker: `amqp://`, or `amqps://` with TLS.
    pub url: ServiceUrl,
    /// Certificates of the authorities that a broker's own must come from, as PEM, beside those the system trusts.
    pub ca_file: Option<PathBuf>,
    /// The certificate this program shows, as PEM.
    pub cert_file: Option<PathBuf>,
    /// Its key, as PEM.
    pub key_file: Option<PathBuf>,
    /// How long the broker may take for an answer.
    pub timeout: Duration,
}

impl Access {
    /// Names a queue that needs no files, with the usual timeout.
    pub fn new(url: &str) -> Self {
        let timeout = Duration::from_secs(10);
        Self { url: ServiceUrl::from(url), ca_file: None, cert_file: None, key_file: None, timeout }
    }
}

/// Opens a queue; fails at once where it cannot be reached.
pub async fn connect(access: &Access) -> Result<Arc<dyn Queue>, QueueError> {
    match access.url.expose() {
        "local:" => Ok(Arc::new(local::Local::default())),
        url if url.starts_with("amqp://") || url.starts_with("amqps://") => {
            Ok(Arc::new(rabbitmq::RabbitMq::connect(access).await?))
        }
        _ => Err(QueueError::UnknownUrl(access.url.to_string())),
    }
}

impl From<Lane> for Address {
    fn from(lane: Lane) -> Self {
        Self::Lane(lane)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("id", &self.message.id).field("redelivered", &self.redelivered).finish()
    }
}
