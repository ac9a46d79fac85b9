//! Publishing: messages share one channel, and each counts as published once the broker has confirmed it.

use bindery_protocol::Message;
use lapin::{
    Channel, Confirmation, ErrorKind,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    protocol::AMQPErrorKind,
};
use tokio::sync::{Mutex, Semaphore};

use super::{
    super::{Destination, QueueError},
    connection::{BrokerError, RETRY_BACKOFF, SupervisedConnection},
    properties::to_properties,
    topology::{self, EVENTS_EXCHANGE},
};

/// How many messages may wait for their confirms at once.
const MAX_UNCONFIRMED: usize = 256;

/// How the names begin under which direct replies are published. These replies reach no queue: a mandatory one is
/// returned as unroutable, and delivered all the same (RabbitMQ 3.10).
const DIRECT_REPLY_PREFIX: &str = "amq.rabbitmq.reply-to.";

/// The name of a direct reply that nobody waits for.
pub(super) const REPLY_TO_NOBODY: &str = "amq.rabbitmq.reply-to.nobody";

pub(super) struct Publisher {
    connection: SupervisedConnection,
    unconfirmed: Semaphore,
    /// The channel in confirm mode; `None` before the first use and after a failure.
    channel: Mutex<Option<Channel>>,
}

impl Publisher {
    /// Declares everything, so that a refusal is known at once. A broker that fails, as one too busy to make a queue
    /// does, is asked again until the timeout.
    pub(super) async fn open(connection: SupervisedConnection) -> Result<Self, QueueError> {
        let publisher = Self { connection, unconfirmed: Semaphore::new(MAX_UNCONFIRMED), channel: Mutex::default() };
        let declared = async {
            loop {
                match publisher.channel().await {
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
        self.connection.with_timeout(self.publish_on_shared_channel(to, message)).await
    }

    async fn publish_on_shared_channel(&self, to: &Destination, message: &Message) -> Result<(), BrokerError> {
        let _permit = self.unconfirmed.acquire().await.expect("the semaphore is never closed");
        // While the broker reads nothing, messages would only pile up on this side.
        self.connection.ready().await?;
        let channel = self.channel().await?;
        let published = publish_and_confirm(&channel, to, message).await;
        if let (Err(BrokerError::Unroutable(_)), Destination::Lane(_)) = (&published, to) {
            self.discard(&channel).await;
        }
        published
    }

    /// Returns the channel, made anew if the last one has ended.
    async fn channel(&self) -> Result<Channel, BrokerError> {
        let mut held = self.channel.lock().await;
        if let Some(channel) = &*held
            && channel.status().connected()
        {
            return Ok(channel.clone());
        }
        let channel = self.connection.channel().await?;
        topology::declare(&channel).await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        *held = Some(channel.clone());
        Ok(channel)
    }

    /// Discards the channel, so that the next message declares everything anew. Messages that still wait for confirms
    /// keep their channel.
    async fn discard(&self, channel: &Channel) {
        self.channel.lock().await.take_if(|held| held.id() == channel.id());
    }
}

/// Returns whether the broker has refused something, which it will do again. When the broker itself fails, it ends the
/// connection instead.
fn is_refusal(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(refusal) if matches!(refusal.kind(), AMQPErrorKind::Soft(_)))
}

/// Publishes on a channel in confirm mode, and waits for the confirm.
pub(super) async fn publish_and_confirm(
    channel: &Channel,
    to: &Destination,
    message: &Message,
) -> Result<(), BrokerError> {
    let (exchange, key, mandatory) = match to {
        Destination::Lane(lane) => ("", topology::queue_name(*lane), true),
        Destination::Topic(key) => (EVENTS_EXCHANGE, key.as_str(), false),
        Destination::Reply(queue) => ("", queue.as_str(), !queue.starts_with(DIRECT_REPLY_PREFIX)),
    };
    let options = BasicPublishOptions { mandatory, ..BasicPublishOptions::default() };
    let properties = to_properties(message);
    let confirm = channel.basic_publish(exchange.into(), key.into(), options, &message.body, properties).await?;
    match confirm.await? {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(BrokerError::Unroutable(key.to_owned())),
        Confirmation::Nack(_) => Err(BrokerError::Nacked(key.to_owned())),
        Confirmation::NotRequested => Err(BrokerError::NoConfirms),
    }
}
