//! The queues and exchanges. They are declared before each use, which brings back what an operator has deleted.

use bindery_domain::Lane;
use lapin::{
    Channel, ExchangeKind, Queue,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};

/// The exchange that upstream systems publish submissions to.
const SUBMIT_EXCHANGE: &str = "bindery.submit";

/// The routing keys of submissions.
const SUBMIT_ROUTING_KEYS: &str = "book.submit.#";

/// The exchange that listeners to topics bind their queues to.
pub(super) const EVENTS_EXCHANGE: &str = "bindery.events";

/// How often a message may be requeued before the broker makes it a dead letter. It is a backstop, since retries go
/// through the ledger.
const DELIVERY_LIMIT: i32 = 20;

/// A dead letter is requeued whenever somebody has looked at it, which must never remove it.
const DEAD_DELIVERY_LIMIT: i32 = i32::MAX;

/// Returns the name of a lane's queue.
pub(super) fn queue_name(lane: Lane) -> &'static str {
    match lane {
        Lane::Submissions => "bindery.submissions",
        Lane::Plans => "bindery.plans",
        Lane::Chapters => "bindery.chapters",
        Lane::Solo => "bindery.solo",
        Lane::Bindings => "bindery.bindings",
        Lane::Dead => "bindery.dead",
    }
}

/// Returns the counts of a lane's queue. If the queue does not exist, the broker ends the channel.
pub(super) async fn inspect(channel: &Channel, lane: Lane) -> lapin::Result<Queue> {
    let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue_name(lane).into(), passive, FieldTable::default()).await
}

/// Declares everything. What exists with the same arguments is left alone.
pub(super) async fn declare(channel: &Channel) -> lapin::Result<()> {
    for lane in Lane::ALL {
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(queue_name(lane).into(), durable, arguments(lane)).await?;
    }
    for exchange in [SUBMIT_EXCHANGE, EVENTS_EXCHANGE] {
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        channel.exchange_declare(exchange.into(), ExchangeKind::Topic, durable, FieldTable::default()).await?;
    }
    let submissions = queue_name(Lane::Submissions).into();
    let (options, none) = (QueueBindOptions::default(), FieldTable::default());
    channel.queue_bind(submissions, SUBMIT_EXCHANGE.into(), SUBMIT_ROUTING_KEYS.into(), options, none).await
}

fn arguments(lane: Lane) -> FieldTable {
    let text = |value: &str| AMQPValue::LongString(value.into());
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    if lane == Lane::Dead {
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(DEAD_DELIVERY_LIMIT));
        return arguments;
    }
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(DELIVERY_LIMIT));
    // The default exchange cannot be deleted or unbound.
    arguments.insert("x-dead-letter-exchange".into(), text(""));
    arguments.insert("x-dead-letter-routing-key".into(), text(queue_name(Lane::Dead)));
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    // The broker dead-letters at least once only from queues that reject messages instead of dropping them.
    arguments.insert("x-overflow".into(), text("reject-publish"));
    arguments
}
