//! Spans of messages: how long they waited, and when events were published.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bindery_domain::{Lane, TraceParent};
use bindery_protocol::{Message, task::TaskMessage};
use bindery_queue::{Consumer, Delivery, Destination, MessageLimit, Queue, QueueError, Settle, Verdict};
use opentelemetry::{
    KeyValue,
    trace::{Span as _, Tracer as _},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Instrument as _;

use super::tasks::OpenTasks;
use crate::{
    labels,
    publish_time::{published_at, stamp},
    spans,
};

/// Puts the messages of the queue behind it into the traces that they carry.
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

    /// Publishes an event with its own span as the parent, so that listeners can go on with the trace.
    async fn publish_event(&self, to: &Destination, routing_key: &str, mut message: Message) -> Result<(), QueueError> {
        let Some(parent) = message.trace_parent() else { return self.queue.publish(to, message).await };
        let span = spans::publish(labels::event(routing_key), parent);
        if let Some(own) = spans::trace_parent(&span) {
            message.set_trace_parent(own);
        }
        let published = self.queue.publish(to, message).instrument(span.clone()).await;
        if published.is_err() {
            spans::unconfirmed(&span);
        }
        published
    }
}

#[async_trait]
impl Queue for TracedQueue {
    async fn publish(&self, to: &Destination, message: Message) -> Result<(), QueueError> {
        match to {
            Destination::Topic(routing_key) => self.publish_event(to, routing_key, message).await,
            Destination::Lane(_) | Destination::Reply(_) => self.queue.publish(to, stamp(message)).await,
        }
    }

    async fn ask(&self, lane: Lane, message: Message, longest_wait: Duration) -> Result<Message, QueueError> {
        self.queue.ask(lane, stamp(message), longest_wait).await
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

    async fn message_limit(&self) -> Result<MessageLimit, QueueError> {
        self.queue.message_limit().await
    }
}

struct TracedConsumer {
    consumer: Box<dyn Consumer>,
    lane: Lane,
    tracer: SdkTracer,
    tasks: Arc<OpenTasks>,
}

impl TracedConsumer {
    /// Begins the span of a delivered task. The span ends when the delivery is settled or dropped.
    fn begin_task(&self, delivery: Delivery) -> Delivery {
        if self.lane.is_public() || self.lane == Lane::Dead {
            return delivery;
        }
        let Ok(message) = TaskMessage::decode(&delivery.message.body) else { return delivery };
        let span = spans::task(&message, delivery.message.trace_parent(), delivery.redelivered);
        let Some(key) = self.tasks.begin(span) else { return delivery };
        let tasks = self.tasks.clone();
        let mut delivery = delivery.settled_by(|settle| Box::new(OpenSpan { settle: Some(settle), tasks, key }));
        delivery.trace_parent = Some(key);
        delivery
    }

    /// Makes a span of the time that a message was on its way. A redelivered message gets none: it did not only wait.
    fn trace_wait(&self, delivery: &Delivery) {
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
        span.start_with_context(&self.tracer, &spans::remote_context(parent)).end_with_timestamp(now);
    }
}

#[async_trait]
impl Consumer for TracedConsumer {
    async fn next(&mut self) -> Option<Delivery> {
        let delivery = self.consumer.next().await?;
        self.trace_wait(&delivery);
        Some(self.begin_task(delivery))
    }
}

/// Keeps a task's span open until its delivery is settled or dropped.
struct OpenSpan {
    settle: Option<Box<dyn Settle>>,
    tasks: Arc<OpenTasks>,
    key: TraceParent,
}

impl Drop for OpenSpan {
    fn drop(&mut self) {
        self.tasks.end(self.key);
    }
}

#[async_trait]
impl Settle for OpenSpan {
    async fn settle(mut self: Box<Self>, verdict: Verdict) -> Result<(), QueueError> {
        let Some(settle) = self.settle.take() else { return Ok(()) };
        settle.settle(verdict).await
    }
}
