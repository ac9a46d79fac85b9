//! Messages: which are published, confirmed, delivered and settled.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bindery_domain::Lane;
use bindery_protocol::Message;
use bindery_queue::{Consumer, Delivery, Destination, MessageLimit, Queue, QueueError, Settle, Verdict};

use crate::{
    Metrics,
    health::Liveness,
    labels,
    publish_time::{published_at, stamp},
};

/// Measures the use of the queue behind it.
pub(super) struct MeasuredQueue {
    queue: Arc<dyn Queue>,
    metrics: Arc<Metrics>,
    liveness: Arc<Liveness>,
}

impl MeasuredQueue {
    /// Measures a queue.
    pub(super) fn new(queue: Arc<dyn Queue>, metrics: Arc<Metrics>, liveness: Arc<Liveness>) -> Self {
        Self { queue, metrics, liveness }
    }
}

/// Returns the label of an address: a lane, or what stands for all addresses that are none.
fn lane_label(to: &Destination) -> String {
    match to {
        Destination::Lane(lane) => lane.to_string(),
        Destination::Topic(_) => "event".to_owned(),
        Destination::Reply(_) => "reply".to_owned(),
    }
}

#[async_trait]
impl Queue for MeasuredQueue {
    async fn publish(&self, to: &Destination, message: Message) -> Result<(), QueueError> {
        let (begun, lane, metrics) = (Instant::now(), lane_label(to), &self.metrics);
        let published = self.queue.publish(to, stamp(message)).await;
        if published.is_err() {
            metrics.publish_errors.with_label_values(&[&lane]).inc();
            return published;
        }
        metrics.published.with_label_values(&[&lane]).inc();
        metrics.publish_seconds.with_label_values(&[&lane]).observe(begun.elapsed().as_secs_f64());
        if let Destination::Topic(routing_key) = to {
            metrics.events.with_label_values(&[labels::event(routing_key)]).inc();
        }
        published
    }

    async fn ask(&self, lane: Lane, message: Message, longest_wait: Duration) -> Result<Message, QueueError> {
        self.queue.ask(lane, stamp(message), longest_wait).await
    }

    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let consumer = self.queue.consume(lane, prefetch).await?;
        let slots =
            Slots { metrics: self.metrics.clone(), liveness: self.liveness.clone(), lane: lane.to_string(), prefetch };
        slots.open();
        Ok(Box::new(MeasuredConsumer { consumer, slots: Arc::new(slots) }))
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        self.queue.depth(lane).await
    }

    async fn probe(&self) -> Result<(), QueueError> {
        self.queue.probe().await
    }

    async fn message_limit(&self) -> Result<MessageLimit, QueueError> {
        self.queue.message_limit().await
    }
}

struct MeasuredConsumer {
    consumer: Box<dyn Consumer>,
    slots: Arc<Slots>,
}

/// The slots of a consumer, until it and all its deliveries are gone.
struct Slots {
    metrics: Arc<Metrics>,
    liveness: Arc<Liveness>,
    lane: String,
    prefetch: u16,
}

impl Slots {
    fn open(&self) {
        self.metrics.slots.with_label_values(&[&self.lane]).add(self.prefetch.into());
        self.metrics.slots_used.with_label_values(&[&self.lane]);
        self.metrics.deliveries.with_label_values(&[&self.lane, "true"]);
        self.liveness.add_slots(&self.lane, self.prefetch.into());
    }

    fn add_used(&self, change: i64) {
        self.metrics.slots_used.with_label_values(&[&self.lane]).add(change);
        self.liveness.add_used_slots(&self.lane, change);
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        self.metrics.slots.with_label_values(&[&self.lane]).sub(self.prefetch.into());
        self.liveness.add_slots(&self.lane, -i64::from(self.prefetch));
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
        self.slots.add_used(1);
        let slots = self.slots.clone();
        Some(delivery.settled_by(|settle| Box::new(UsedSlot { settle: Some(settle), slots })))
    }
}

/// Returns how long a message was on its way; zero where the clocks of the two hosts disagree by more than that.
fn waited(message: &Message) -> Option<Duration> {
    let now = Duration::from_millis(bindery_store::now().0);
    Some(now.saturating_sub(published_at(message)?))
}

/// A slot that is taken until its delivery is settled or dropped.
struct UsedSlot {
    settle: Option<Box<dyn Settle>>,
    slots: Arc<Slots>,
}

impl Drop for UsedSlot {
    fn drop(&mut self) {
        self.slots.add_used(-1);
    }
}

#[async_trait]
impl Settle for UsedSlot {
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
