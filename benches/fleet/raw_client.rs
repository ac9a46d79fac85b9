//! A raw client of the same broker and store: it sends one message for each chapter, keeps a text, and does nothing
//! else.

#![expect(clippy::disallowed_methods, reason = "all names here are fixed and short")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, stream};
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer,
    message::Delivery,
    options::{
        BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
        QueueDeclareOptions,
    },
    types::{AMQPValue, FieldTable},
};
use redis::{AsyncCommands as _, aio::MultiplexedConnection};

use crate::servers::Servers;

const QUEUE: &str = "raw";

/// A message of the length of a task's.
const BODY: [u8; 160] = [b'x'; 160];

/// The delivery mode of a message that the broker writes to disk before it confirms it.
const PERSISTENT: u8 = 2;

/// A connected raw client.
pub(crate) struct RawClient {
    publishing: Channel,
    deliveries: Consumer,
    store: MultiplexedConnection,
    _connections: [Connection; 2],
}

impl RawClient {
    /// Connects, declares a queue of its own and consumes from it with this prefetch.
    pub(crate) async fn connect(servers: &Servers, prefetch: u16) -> Result<Self> {
        let connect = || Connection::connect(&servers.amqp, ConnectionProperties::default());
        let connections = [connect().await?, connect().await?];
        let publishing = connections[0].create_channel().await?;
        publishing.confirm_select(ConfirmSelectOptions::default()).await?;
        let mut arguments = FieldTable::default();
        arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        publishing.queue_declare(QUEUE.into(), durable, arguments).await?;
        let consuming = connections[1].create_channel().await?;
        consuming.basic_qos(prefetch, BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions::default();
        let deliveries = consuming.basic_consume(QUEUE.into(), "".into(), options, FieldTable::default()).await?;
        let store = redis::Client::open(servers.redis.url())?.get_multiplexed_async_connection().await?;
        Ok(Self { publishing, deliveries, store, _connections: connections })
    }

    /// Sends messages, keeps a text for each and acknowledges it, so many at once. Returns messages a second.
    pub(crate) async fn rate(&mut self, text: &str, messages: usize, at_once: usize) -> Result<f64> {
        let begun = Instant::now();
        let publishing = self.publishing.clone();
        let publish = tokio::spawn(async move {
            let one = |_| publish(&publishing, &BODY);
            let published = stream::iter(0..messages).map(one).buffer_unordered(at_once).collect::<Vec<_>>().await;
            published.into_iter().collect::<Result<()>>()
        });
        let (store, next, text) = (self.store.clone(), AtomicUsize::new(0), Arc::new(text.to_owned()));
        let keep = |delivery: lapin::Result<Delivery>| {
            let (mut store, text) = (store.clone(), text.clone());
            let key = format!("raw:{}", next.fetch_add(1, Ordering::Relaxed));
            async move {
                let delivery = delivery?;
                store.set::<_, _, ()>(key, text.as_str()).await?;
                ack(delivery).await
            }
        };
        let kept: Vec<Result<()>> =
            self.deliveries.by_ref().take(messages).map(keep).buffer_unordered(at_once).collect().await;
        kept.into_iter().collect::<Result<()>>()?;
        publish.await??;
        Ok(messages as f64 / begun.elapsed().as_secs_f64())
    }

    /// Publishes a message, consumes it and acknowledges it. Returns how long that took.
    pub(crate) async fn hop(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        publish(&self.publishing, &BODY).await?;
        ack(self.deliveries.next().await.context("the consumer has ended")??).await?;
        Ok(begun.elapsed())
    }

    /// Publishes a message. Returns how long that took until its confirm.
    pub(crate) async fn publish(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        publish(&self.publishing, &BODY).await?;
        let confirmed = begun.elapsed();
        ack(self.deliveries.next().await.context("the consumer has ended")??).await?;
        Ok(confirmed)
    }

    /// Publishes messages with this body, so many at once, and leaves them in the queue. Returns how long that took until the last
    /// confirm.
    pub(crate) async fn publish_all(&self, body: &[u8], messages: usize, at_once: usize) -> Result<Duration> {
        let begun = Instant::now();
        let one = |_| publish(&self.publishing, body);
        let published: Vec<_> = stream::iter(0..messages).map(one).buffer_unordered(at_once).collect().await;
        published.into_iter().collect::<Result<()>>()?;
        Ok(begun.elapsed())
    }

    /// Keeps a text in the store. Returns how long that took.
    pub(crate) async fn keep(&mut self, text: &str) -> Result<Duration> {
        let begun = Instant::now();
        self.store.set::<_, _, ()>("raw", text).await?;
        Ok(begun.elapsed())
    }
}

async fn publish(channel: &Channel, body: &[u8]) -> Result<()> {
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let properties = BasicProperties::default().with_delivery_mode(PERSISTENT);
    let confirm = channel.basic_publish("".into(), QUEUE.into(), options, body, properties).await?.await?;
    ensure!(matches!(confirm, Confirmation::Ack(None)), "the broker did not confirm: {confirm:?}");
    Ok(())
}

async fn ack(delivery: Delivery) -> Result<()> {
    delivery.acker.ack(BasicAckOptions::default()).await?;
    Ok(())
}
