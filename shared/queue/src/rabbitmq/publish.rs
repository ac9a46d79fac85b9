//! Publishing: pipelined on one channel, and done only once the broker has confirmed it.

use bindery_protocol::Message;
use lapin::{
    Channel, Confirmation, ErrorKind,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    protocol::AMQPErrorKind,
};
use tokio::sync::{Mutex, Semaphore};

use super::{
    super::{Address, QueueError},
    link::{Fault, Link, RETRY},
    properties::properties,
    topology::{self, EVENTS},
};

/// How many messages may wait for their confirms at once.
const OUTSTANDING: usize = 256;

/// Where direct replies go. They pass by the queues: one that must be routed is returned, and delivered all the same
/// (RabbitMQ 3.10).
const DIRECT: &str = "amq.rabbitmq.reply-to.";

pub(super) struct Publisher {
    link: Link,
    outstanding: Semaphore,
    /// The channel in confirm mode; none before the first use, and after a failure.
    channel: Mutex<Option<Channel>>,
}

impl Publisher {
    /// Declares everything, so that a broker that refuses it is known at once. One that fails, as when it is too busy to
    /// make a queue, is asked again for as long as it has to answer.
    pub(super) async fn open(link: Link) -> Result<Self, QueueError> {
        let publisher = Self { link, outstanding: Semaphore::new(OUTSTANDING), channel: Mutex::default() };
        let declared = async {
            loop {
                match publisher.channel().await {
                    Err(Fault::Amqp(error)) if !is_refusal(&error) => tokio::time::sleep(RETRY.base).await,
                    declared => return declared.map(drop),
                }
            }
        };
        publisher.link.within(declared).await?;
        Ok(publisher)
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// Publishes a message and waits for its confirm.
    pub(super) async fn publish(&self, to: &Address, message: &Message) -> Result<(), QueueError> {
        self.link.within(self.publish_confirmed(to, message)).await
    }

    async fn publish_confirmed(&self, to: &Address, message: &Message) -> Result<(), Fault> {
        let _one = self.outstanding.acquire().await.expect("the semaphore is never closed");
        // While the broker reads nothing, messages would only pile up on this side.
        self.link.up().await?;
        let channel = self.channel().await?;
        let sent = send(&channel, to, message).await;
        if let (Err(Fault::Unroutable(_)), Address::Lane(_)) = (&sent, to) {
            self.forget(&channel).await;
        }
        sent
    }

    /// Returns the channel, made anew where the last one has ended.
    async fn channel(&self) -> Result<Channel, Fault> {
        let mut held = self.channel.lock().await;
        if let Some(channel) = &*held
            && channel.status().connected()
        {
            return Ok(channel.clone());
        }
        let channel = self.link.channel().await?;
        topology::declare(&channel).await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        *held = Some(channel.clone());
        Ok(channel)
    }

    /// Has the next message declare everything anew. Messages still waiting for confirms keep their channel.
    async fn forget(&self, channel: &Channel) {
        self.channel.lock().await.take_if(|held| held.id() == channel.id());
    }
}

/// Returns whether the broker has refused something, which it will do again. A failure of its own ends the connection.
fn is_refusal(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(refusal) if matches!(refusal.kind(), AMQPErrorKind::Soft(_)))
}

/// Publishes on a channel in confirm mode, and waits for the confirm.
pub(super) async fn send(channel: &Channel, to: &Address, message: &Message) -> Result<(), Fault> {
    let (exchange, key, mandatory) = match to {
        Address::Lane(lane) => ("", topology::queue(*lane), true),
        Address::Topic(key) => (EVENTS, key.as_str(), false),
        Address::Reply(queue) => ("", queue.as_str(), !queue.starts_with(DIRECT)),
    };
    let options = BasicPublishOptions { mandatory, ..BasicPublishOptions::default() };
    let properties = properties(message);
    let confirm = channel.basic_publish(exchange.into(), key.into(), options, &message.body, properties).await?;
    match confirm.await? {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(Fault::Unroutable(key.to_owned())),
        Confirmation::Nack(_) => Err(Fault::Refused(format!("the broker does not take it into `{key}`"))),
        Confirmation::NotRequested => Err(Fault::Refused("the channel gives no confirms".to_owned())),
    }
}
