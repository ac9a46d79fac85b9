//! Publishing: each message counts as published once the broker has confirmed it.
//!
//! Nearly all messages share one channel and wait for their confirms together. lapin hands a message that the broker returns
//! to whichever confirm comes next. So only replies are `mandatory`, and they go over a channel of their own, one at a time.

use bindery_domain::Lane;
use bindery_protocol::{Message, SENDER};
use lapin::{
    Channel, Confirmation, ErrorKind,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    protocol::AMQPErrorKind,
};
use tokio::sync::{Mutex, Semaphore};

use super::{
    super::{Destination, QueueError},
    connection::{BrokerError, RETRY_BACKOFF, SupervisedConnection},
    properties::{Carrier, to_properties},
    short_string,
    topology::{self, EVENTS_EXCHANGE},
};

/// How many messages may wait for their confirms at once.
const MAX_UNCONFIRMED: usize = 256;

/// How the names begin under which direct replies are published. These replies reach no queue: a mandatory one is
/// returned as unroutable, and delivered all the same (RabbitMQ 3.10).
const DIRECT_REPLY_PREFIX: &str = "amq.rabbitmq.reply-to.";

/// The name of a direct reply that nobody waits for.
pub(super) const REPLY_TO_NOBODY: &str = "amq.rabbitmq.reply-to.nobody";

/// Where a message goes at the broker.
#[derive(Clone, Copy)]
struct Address<'a> {
    exchange: &'a str,
    key: &'a str,
    /// Whether the broker returns the message if it reaches no queue.
    mandatory: bool,
}

pub(super) struct Publisher {
    connection: SupervisedConnection,
    unconfirmed: Semaphore,
    /// The channel that messages share, in confirm mode; `None` before the first use and after a failure.
    shared: Mutex<Option<Channel>>,
    /// The channel of replies; locked while the outcome of one is awaited.
    replies: Mutex<Option<Channel>>,
}

impl Publisher {
    /// Declares everything, so that a refusal is known at once. A broker that fails, as one too busy to make a queue
    /// does, is asked again until the timeout.
    pub(super) async fn open(connection: SupervisedConnection) -> Result<Self, QueueError> {
        let unconfirmed = Semaphore::new(MAX_UNCONFIRMED);
        let publisher = Self { connection, unconfirmed, shared: Mutex::default(), replies: Mutex::default() };
        let declared = async {
            loop {
                match publisher.shared_channel().await {
                    Err(BrokerError::Amqp(error)) if !is_refusal(&error) => {
                        tokio::time::sleep(RETRY_BACKOFF.base).await;
                    }
                    declared => return declared.map(drop),
                }
            }
        };
        publisher.connection.with_timeout(declared).await?;
        Ok(publisher)
    }

    pub(super) fn connection(&self) -> &SupervisedConnection {
        &self.connection
    }

    /// Publishes a message and waits for its confirm.
    pub(super) async fn publish(&self, to: &Destination, message: &Message) -> Result<(), QueueError> {
        match to {
            Destination::Reply(queue) if !queue.starts_with(DIRECT_REPLY_PREFIX) => {
                self.connection.with_timeout(self.reply(queue, message)).await
            }
            _ => self.connection.with_timeout(self.publish_on_shared_channel(to, message)).await,
        }
    }

    async fn publish_on_shared_channel(&self, to: &Destination, message: &Message) -> Result<(), BrokerError> {
        let _permit = self.unconfirmed.acquire().await.expect("the semaphore is never closed");
        // While the broker reads nothing, messages would only pile up on this side.
        let carrier = self.connection.carrier().await?;
        let channel = self.shared_channel().await?;
        match to {
            Destination::Lane(lane) => {
                topology::expect(&channel, *lane).await?;
                publish_to_lane(&channel, *lane, message, carrier).await
            }
            Destination::Topic(key) => {
                let address = Address { exchange: EVENTS_EXCHANGE, key, mandatory: false };
                publish_and_confirm(&channel, address, message, carrier).await
            }
            Destination::Reply(key) => {
                let address = Address { exchange: "", key, mandatory: false };
                publish_and_confirm(&channel, address, message, carrier).await
            }
        }
    }

    /// Puts a reply into a client's queue, which may be gone.
    async fn reply(&self, queue: &str, message: &Message) -> Result<(), BrokerError> {
        let mut held = self.replies.lock().await;
        let carrier = self.connection.carrier().await?;
        // The channel is put back only once the outcome is known. A reply that times out takes it along, so that the
        // next reply does not get its outcome.
        let channel = match held.take().filter(|channel| channel.status().connected()) {
            Some(channel) => channel,
            None => self.confirming_channel().await?,
        };
        let address = Address { exchange: "", key: queue, mandatory: true };
        let published = publish_and_confirm(&channel, address, message, carrier).await;
        if matches!(published, Ok(()) | Err(BrokerError::Unroutable(_))) {
            *held = Some(channel);
        }
        published
    }

    /// Returns the shared channel, made anew if the last one has ended.
    async fn shared_channel(&self) -> Result<Channel, BrokerError> {
        let mut held = self.shared.lock().await;
        if let Some(channel) = &*held
            && channel.status().connected()
        {
            return Ok(channel.clone());
        }
        let channel = self.confirming_channel().await?;
        topology::declare(&channel).await?;
        *held = Some(channel.clone());
        Ok(channel)
    }

    async fn confirming_channel(&self) -> Result<Channel, BrokerError> {
        let channel = self.connection.channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        Ok(channel)
    }
}

/// Returns whether the broker has refused something, which it will do again. When the broker itself fails, it ends the
/// connection instead.
fn is_refusal(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(refusal) if matches!(refusal.kind(), AMQPErrorKind::Soft(_)))
}

/// Publishes to a lane, whose queue is known to exist, on a channel in confirm mode, and waits for the confirm.
pub(super) async fn publish_to_lane(
    channel: &Channel,
    lane: Lane,
    message: &Message,
    carrier: Carrier<'_>,
) -> Result<(), BrokerError> {
    // Nobody would believe the sender's name, and the book would become another's.
    if lane.is_public() && message.headers.contains_key(SENDER) && carrier.user.is_none() {
        return Err(BrokerError::Anonymous);
    }
    let address = Address { exchange: "", key: topology::queue_name(lane), mandatory: false };
    publish_and_confirm(channel, address, message, carrier).await
}

async fn publish_and_confirm(
    channel: &Channel,
    address: Address<'_>,
    message: &Message,
    carrier: Carrier<'_>,
) -> Result<(), BrokerError> {
    let Address { exchange, key, mandatory } = address;
    let options = BasicPublishOptions { mandatory, ..BasicPublishOptions::default() };
    let properties = to_properties(message, carrier)?;
    let confirm = short_string::publish(channel, exchange, key, options, properties, &message.body).await?;
    match confirm.await? {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(BrokerError::Unroutable(key.to_owned())),
        Confirmation::Nack(_) => Err(BrokerError::Nacked(key.to_owned())),
        Confirmation::NotRequested => Err(BrokerError::NoConfirms),
    }
}
