//! The queues and exchanges, declared before each use: whatever an operator deleted is there again.

use bindery_domain::Lane;
use lapin::{
    Channel, ExchangeKind, Queue,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};

/// Where upstream systems publish submissions.
const SUBMIT: &str = "bindery.submit";

/// The routing keys of submissions.
const SUBMIT_KEYS: &str = "book.submit.#";

/// Where those who listen to topics bind their queues.
pub(super) const EVENTS: &str = "bindery.events";

/// How often a message may come back before the broker gives it up: a backstop, since retries go through the ledger.
const DELIVERY_LIMIT: i32 = 20;

/// Dead letters come back whenever somebody has looked at them, and must not be given up for that.
const DEAD_DELIVERY_LIMIT: i32 = i32::MAX;

/// Returns the name of a lane's queue.
pub(super) fn queue(lane: Lane) -> &'static str {
    match lane {
        Lane::Submissions => "bindery.submissions",
        Lane::Plans => "bindery.plans",
        Lane::Chapters => "bindery.chapters",
        Lane::Solo => "bindery.solo",
        Lane::Bindings => "bindery.bindings",
        Lane::Dead => "bindery.dead",
    }
}

/// Returns a lane's queue as it stands. One that is not there ends the channel.
pub(super) async fn look(channel: &Channel, lane: Lane) -> lapin::Result<Queue> {
    let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue(lane).into(), passive, FieldTable::default()).await
}

/// Declares everything; what is there as it should be stays as it is.
pub(super) async fn declare(channel: &Channel) -> lapin::Result<()> {
    for lane in Lane::ALL {
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(queue(lane).into(), durable, arguments(lane)).await?;
    }
    for exchange in [SUBMIT, EVENTS] {
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        channel.exchange_declare(exchange.into(), ExchangeKind::Topic, durable, FieldTable::default()).await?;
    }
    let submissions = queue(Lane::Submissions).into();
    let (options, none) = (QueueBindOptions::default(), FieldTable::default());
    channel.queue_bind(submissions, SUBMIT.into(), SUBMIT_KEYS.into(), options, none).await
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
    // Through the default exchange, which nobody can delete or unbind.
    arguments.insert("x-dead-letter-exchange".into(), text(""));
    arguments.insert("x-dead-letter-routing-key".into(), text(queue(Lane::Dead)));
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    // Dead-lettering at least once is granted only to queues that refuse rather than drop.
    arguments.insert("x-overflow".into(), text("reject-publish"));
    arguments
}
