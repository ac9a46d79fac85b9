//! The queue in the trace: how long messages waited, and when listeners were told.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bindery_domain::{Lane, TraceParent};
use bindery_protocol::{Message, task::TaskMessage};
use bindery_queue::{Address, Consumer, Delivery, Queue, QueueError, Settle, Verdict};
use opentelemetry::{
    KeyValue,
    trace::{Span as _, Tracer as _},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Instrument as _;

use super::{
    super::queue::{event, published_at, stamped},
    spans,
    tasks::OpenTasks,
    under,
};

/// Stands before a queue and puts what goes by into the trace that it carries.
pub(super) struct TracedQueue {
    queue: Arc<dyn Queue>,
    tracer: SdkTracer,
    tasks: Arc<OpenTasks>,
}

impl TracedQueue {
    /// Traces a queue.
    pub(super) fn new(queue: Arc<dyn Queue>, tracer: SdkTracer, tasks: Arc<OpenTasks>) -> Self {
        Self { queue, tracer, tasks }
    }

    /// Tells listeners, who may go on with the trace from there.
    async fn tell(&self, to: &Address, key: &str, mut message: Message) -> Result<(), QueueError> {
        let Some(parent) = message.trace_parent() else { return self.queue.publish(to, message).await };
        let span = spans::publish(event(key), parent);
        if let Some(own) = spans::place_of(&span) {
            message.set_trace_parent(own);
        }
        let told = self.queue.publish(to, message).instrument(span.clone()).await;
        if told.is_err() {
            spans::unconfirmed(&span);
        }
        told
    }
}

#[async_trait]
impl Queue for TracedQueue {
    async fn publish(&self, to: &Address, message: Message) -> Result<(), QueueError> {
        match to {
            Address::Topic(key) => self.tell(to, key, message).await,
            Address::Lane(_) | Address::Reply(_) => self.queue.publish(to, stamped(message)).await,
        }
    }

    async fn ask(&self, lane: Lane, message: Message, patience: Duration) -> Result<Message, QueueError> {
        self.queue.ask(lane, stamped(message), patience).await
    }

    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let consumer = self.queue.consume(lane, prefetch).await?;
        Ok(Box::new(TracedConsumer { consumer, lane, tracer: self.tracer.clone(), tasks: self.tasks.clone() }))
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        self.queue.depth(lane).await
    }

    async fn probe(&self) -> Result<(), QueueError> {
        self.queue.probe().await
    }
}

struct TracedConsumer {
    consumer: Box<dyn Consumer>,
    lane: Lane,
    tracer: SdkTracer,
    tasks: Arc<OpenTasks>,
}

impl TracedConsumer {
    /// Begins the span of a delivered task; it ends when the delivery is settled or dropped.
    fn begin(&self, delivery: Delivery) -> Delivery {
        if matches!(self.lane, Lane::Submissions | Lane::Dead) {
            return delivery;
        }
        let Ok(message) = TaskMessage::decode(&delivery.message.body) else { return delivery };
        let span = spans::task(&message, delivery.message.trace_parent(), delivery.redelivered);
        let Some(place) = self.tasks.begin(span) else { return delivery };
        let tasks = self.tasks.clone();
        let mut delivery = delivery.settled_by(|settle| Box::new(OpenSpan { settle: Some(settle), tasks, place }));
        delivery.place = Some(place);
        delivery
    }

    /// Makes a span of the time that a message was on its way. One that was delivered before has waited for more than
    /// its turn.
    fn waited(&self, delivery: &Delivery) {
        let message = &delivery.message;
        let (Some(parent), Some(at), false) = (message.trace_parent(), published_at(message), delivery.redelivered)
        else {
            return;
        };
        let (now, lane) = (SystemTime::now(), self.lane.to_string());
        let span = self
            .tracer
            .span_builder(format!("wait {lane}"))
            .with_start_time((SystemTime::UNIX_EPOCH + at).min(now))
            .with_attributes([KeyValue::new("bindery.lane", lane)]);
        span.start_with_context(&self.tracer, &under(parent)).end_with_timestamp(now);
    }
}

#[async_trait]
impl Consumer for TracedConsumer {
    async fn next(&mut self) -> Option<Delivery> {
        let delivery = self.consumer.next().await?;
        self.waited(&delivery);
        Some(self.begin(delivery))
    }
}

/// A task's span that is open until its delivery is settled or dropped.
struct OpenSpan {
    settle: Option<Box<dyn Settle>>,
    tasks: Arc<OpenTasks>,
    place: TraceParent,
}

impl Drop for OpenSpan {
    fn drop(&mut self) {
        self.tasks.settled(self.place);
    }
}

#[async_trait]
impl Settle for OpenSpan {
    async fn settle(mut self: Box<Self>, verdict: Verdict) -> Result<(), QueueError> {
        let Some(settle) = self.settle.take() else { return Ok(()) };
        settle.settle(verdict).await
    }
}
