//! The queue of a fleet: each lane is a quorum queue of a RabbitMQ broker, version 3.10 or later.
//!
//! One connection publishes and one consumes, since a broker that is short of memory stops reading from connections that
//! publish. The recovery of lapin is not used, because it tells nobody when it gives up. Instead a [`SupervisedConnection`] is
//! made again without end, and its users open their channels again.

mod ask;
mod connection;
mod connector;
mod consume;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod limit;
pub(super) mod management;
mod properties;
mod provenance;
mod publish;
mod settle;
mod short_string;
mod topology;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::Lane;
use bindery_protocol::Message;

use self::{
    connection::SupervisedConnection,
    connector::{Connector, Purpose},
    consume::LaneConsumer,
    publish::Publisher,
};
use super::{Access, Consumer, Destination, MessageLimit, Queue, QueueError};

pub(super) struct RabbitMq {
    publisher: Arc<Publisher>,
    consuming: Arc<SupervisedConnection>,
}

impl RabbitMq {
    /// Connects and declares all queues; fails at once if that is not possible.
    pub(super) async fn connect(access: &Access) -> Result<Self, QueueError> {
        let connector = Arc::new(Connector::new(access)?);
        let publishing = SupervisedConnection::open(connector.clone(), Purpose::Publishing).await?;
        let publisher = Publisher::open(publishing).await?;
        let consuming = SupervisedConnection::open(connector, Purpose::Consuming).await?;
        Ok(Self { publisher: Arc::new(publisher), consuming: Arc::new(consuming) })
    }
}

#[async_trait]
impl Queue for RabbitMq {
    async fn publish(&self, to: &Destination, message: Message) -> Result<(), QueueError> {
        self.publisher.publish(to, &message).await
    }

    async fn ask(&self, lane: Lane, message: Message, timeout: Duration) -> Result<Message, QueueError> {
        ask::ask(self.publisher.connection(), lane, message, timeout).await
    }

    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let consumer = LaneConsumer::start(self.consuming.clone(), self.publisher.clone(), lane, prefetch).await?;
        Ok(Box::new(consumer))
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        let depth = async {
            let channel = self.consuming.channel().await?;
            Ok(u64::from(topology::inspect(&channel, lane).await?.message_count()))
        };
        self.consuming.with_timeout(depth).await
    }

    async fn probe(&self) -> Result<(), QueueError> {
        // The broker drops a direct reply to nobody, and confirms it like any message. Under an alarm it still takes the
        // first message of a connection, and none after that.
        let nobody = Destination::Reply(publish::REPLY_TO_NOBODY.to_owned());
        self.publisher.publish(&nobody, &Message::default()).await?;
        self.publisher.publish(&nobody, &Message::default()).await
    }

    async fn message_limit(&self) -> Result<MessageLimit, QueueError> {
        limit::message_limit(self.publisher.connection()).await
    }
}
