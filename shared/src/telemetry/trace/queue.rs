//! The queue in the trace: how long messages waited, and when listeners were told.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use opentelemetry::{
    KeyValue,
    trace::{Span as _, Tracer as _},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Instrument as _;

use super::{
    super::queue::{event, published_at, stamped},
    spans, under,
};
use crate::{
    queue::{Address, Consumer, Delivery, Lane, Message, Queue, QueueError},
    traceparent::TraceParent,
};

/// Stands before a queue and puts what goes by into the trace that it carries.
pub(super) struct TracedQueue {
    queue: Arc<dyn Queue>,
    tracer: SdkTracer,
}

impl TracedQueue {
    /// Traces a queue.
    pub(super) fn new(queue: Arc<dyn Queue>, tracer: SdkTracer) -> Self {
        Self { queue, tracer }
    }

    /// Tells listeners, who may go on with the trace from there.
    async fn tell(&self, to: &Address, key: &str, mut message: Message) -> Result<(), QueueError> {
        let Some(parent) = TraceParent::of(&message) else { return self.queue.publish(to, message).await };
        let span = spans::publish(event(key), parent);
        if let Some(own) = spans::place_of(&span) {
            own.onto(&mut message);
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
        Ok(Box::new(TracedConsumer { consumer, lane, tracer: self.tracer.clone() }))
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
}

impl TracedConsumer {
    /// Makes a span of the time that a message was on its way. One that was delivered before has waited for more than
    /// its turn.
    fn waited(&self, delivery: &Delivery) {
        let message = &delivery.message;
        let (Some(parent), Some(at), false) = (TraceParent::of(message), published_at(message), delivery.redelivered)
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
        Some(delivery)
    }
}
