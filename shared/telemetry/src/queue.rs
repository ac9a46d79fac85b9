//! The queue, measured: what is published, confirmed, delivered and settled.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bindery_domain::Lane;
use bindery_protocol::Message;
use bindery_queue::{Address, Consumer, Delivery, Queue, QueueError, Settle, Verdict};

use super::{Metrics, pulse::Pulse};

/// When a message was published, in milliseconds since 1970 by its publisher's clock.
const PUBLISHED_AT: &str = "x-bindery-published-at";

/// Stands before a queue and counts what goes by.
pub(super) struct MeasuredQueue {
    queue: Arc<dyn Queue>,
    metrics: Arc<Metrics>,
    pulse: Arc<Pulse>,
}

impl MeasuredQueue {
    /// Measures a queue.
    pub(super) fn new(queue: Arc<dyn Queue>, metrics: Arc<Metrics>, pulse: Arc<Pulse>) -> Self {
        Self { queue, metrics, pulse }
    }

    fn confirmed(&self, to: &Address) {
        match to {
            Address::Lane(lane) => self.metrics.published.with_label_values(&[&lane.to_string()]).inc(),
            Address::Topic(key) => {
                self.metrics.published.with_label_values(&["event"]).inc();
                self.metrics.events.with_label_values(&[event(key)]).inc();
            }
            Address::Reply(_) => self.metrics.published.with_label_values(&["reply"]).inc(),
        }
    }
}

/// Returns the event that a routing key names; what follows it is a tenant.
pub(super) fn event(key: &str) -> &str {
    key.split('.').nth(1).unwrap_or_default()
}

fn lane(to: &Address) -> String {
    match to {
        Address::Lane(lane) => lane.to_string(),
        Address::Topic(_) => "event".to_owned(),
        Address::Reply(_) => "reply".to_owned(),
    }
}

/// Returns the message with the time it is published at.
pub(super) fn stamped(mut message: Message) -> Message {
    message.headers.insert(PUBLISHED_AT.to_owned(), bindery_store::now().0.to_string());
    message
}

#[async_trait]
impl Queue for MeasuredQueue {
    async fn publish(&self, to: &Address, message: Message) -> Result<(), QueueError> {
        let (begun, name) = (Instant::now(), lane(to));
        let published = self.queue.publish(to, stamped(message)).await;
        match &published {
            Ok(()) => {
                self.confirmed(to);
                self.metrics.publish_seconds.with_label_values(&[&name]).observe(begun.elapsed().as_secs_f64());
            }
            Err(_) => self.metrics.publish_errors.with_label_values(&[&name]).inc(),
        }
        published
    }

    async fn ask(&self, lane: Lane, message: Message, patience: Duration) -> Result<Message, QueueError> {
        self.queue.ask(lane, stamped(message), patience).await
    }

    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let consumer = self.queue.consume(lane, prefetch).await?;
        let slots =
            Slots { metrics: self.metrics.clone(), pulse: self.pulse.clone(), lane: lane.to_string(), prefetch };
        slots.open();
        Ok(Box::new(MeasuredConsumer { consumer, slots: Arc::new(slots) }))
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        self.queue.depth(lane).await
    }

    async fn probe(&self) -> Result<(), QueueError> {
        self.queue.probe().await
    }
}

struct MeasuredConsumer {
    consumer: Box<dyn Consumer>,
    slots: Arc<Slots>,
}

/// The slots of a consumer, until it and all its deliveries are gone.
struct Slots {
    metrics: Arc<Metrics>,
    pulse: Arc<Pulse>,
    lane: String,
    prefetch: u16,
}

impl Slots {
    fn open(&self) {
        self.metrics.slots.with_label_values(&[&self.lane]).add(self.prefetch.into());
        self.metrics.slots_used.with_label_values(&[&self.lane]);
        self.metrics.deliveries.with_label_values(&[&self.lane, "true"]);
        self.pulse.slots(&self.lane, self.prefetch.into());
    }

    fn used(&self, change: i64) {
        self.metrics.slots_used.with_label_values(&[&self.lane]).add(change);
        self.pulse.used(&self.lane, change);
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        self.metrics.slots.with_label_values(&[&self.lane]).sub(self.prefetch.into());
        self.pulse.slots(&self.lane, -i64::from(self.prefetch));
    }
}

#[async_trait]
impl Consumer for MeasuredConsumer {
    async fn next(&mut self) -> Option<Delivery> {
        let delivery = self.consumer.next().await?;
        let (metrics, lane) = (&self.slots.metrics, self.slots.lane.as_str());
        let redelivered = if delivery.redelivered { "true" } else { "false" };
        metrics.deliveries.with_label_values(&[lane, redelivered]).inc();
        if let Some(waited) = waited(&delivery.message).filter(|_| !delivery.redelivered) {
            metrics.queue_seconds.with_label_values(&[lane]).observe(waited.as_secs_f64());
        }
        self.slots.used(1);
        let slots = self.slots.clone();
        Some(delivery.settled_by(|settle| Box::new(Slot { settle: Some(settle), slots })))
    }
}

/// Returns how long a message was on its way; nothing where the two hosts' clocks disagree by more than that.
fn waited(message: &Message) -> Option<Duration> {
    let now = Duration::from_millis(bindery_store::now().0);
    Some(now.saturating_sub(published_at(message)?))
}

/// Returns when a message was published, since 1970.
pub(super) fn published_at(message: &Message) -> Option<Duration> {
    Some(Duration::from_millis(message.headers.get(PUBLISHED_AT)?.parse().ok()?))
}

/// A slot that is taken until its delivery is settled or dropped.
struct Slot {
    settle: Option<Box<dyn Settle>>,
    slots: Arc<Slots>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.used(-1);
    }
}

#[async_trait]
impl Settle for Slot {
    async fn settle(mut self: Box<Self>, verdict: Verdict) -> Result<(), QueueError> {
        let dead = matches!(verdict, Verdict::DeadLetter { .. });
        let Some(settle) = self.settle.take() else { return Ok(()) };
        settle.settle(verdict).await?;
        if dead {
            self.slots.metrics.dead_letters.with_label_values(&[&self.slots.lane]).inc();
        }
        Ok(())
    }
}
