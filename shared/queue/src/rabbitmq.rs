//! The queue of a fleet: lanes as quorum queues of a RabbitMQ broker, from 3.10 on.
//!
//! One connection publishes and one consumes, since a broker that is short of memory stops reading from the
//! connections that publish. lapin's own recovery is not used: when it gives up, it tells nobody. A [`link::Link`]
//! makes its connection again instead, for ever, and whatever lives on it is made again by whoever uses it.

mod ask;
mod consume;
mod dial;
mod link;
mod properties;
mod publish;
mod settle;
mod topology;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::Lane;
use bindery_protocol::Message;

use self::{
    consume::Subscription,
    dial::{Dial, Purpose},
    link::Link,
    publish::Publisher,
};
use super::{Access, Address, Consumer, Queue, QueueError};

pub(super) struct RabbitMq {
    publisher: Arc<Publisher>,
    consuming: Arc<Link>,
}

impl RabbitMq {
    /// Connects and declares all queues; fails at once where that cannot be done.
    pub(super) async fn connect(access: &Access) -> Result<Self, QueueError> {
        let dial = Arc::new(Dial::new(access)?);
        let publishing = Link::open(dial.clone(), Purpose::Publishing).await?;
        let publisher = Publisher::open(publishing).await?;
        let consuming = Link::open(dial, Purpose::Consuming).await?;
        Ok(Self { publisher: Arc::new(publisher), consuming: Arc::new(consuming) })
    }
}

#[async_trait]
impl Queue for RabbitMq {
    async fn publish(&self, to: &Address, message: Message) -> Result<(), QueueError> {
        self.publisher.publish(to, &message).await
    }

    async fn ask(&self, lane: Lane, message: Message, patience: Duration) -> Result<Message, QueueError> {
        ask::ask(self.publisher.link(), lane, message, patience).await
    }

    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let consumer = Subscription::start(self.consuming.clone(), self.publisher.clone(), (lane, prefetch)).await?;
        Ok(Box::new(consumer))
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        let depth = async {
            let channel = self.consuming.channel().await?;
            Ok(u64::from(topology::look(&channel, lane).await?.message_count()))
        };
        self.consuming.within(depth).await
    }

    async fn probe(&self) -> Result<(), QueueError> {
        // Opening a channel is a question that the broker answers.
        self.publisher.link().within(async { self.publisher.link().channel().await.map(drop) }).await
    }
}
