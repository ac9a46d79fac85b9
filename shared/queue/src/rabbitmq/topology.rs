//! The queues and exchanges. They are declared before each use, which brings back what an operator has deleted.

use bindery_domain::Lane;
use lapin::{
    Channel, Queue,
    options::QueueDeclareOptions,
    types::{AMQPValue, FieldTable},
};

use super::{super::TooLong, connection::BrokerError, short_string};

/// The exchange that upstream systems publish submissions and commands to.
const SUBMIT_EXCHANGE: &str = "bindery.submit";

/// The routing keys of submissions.
const SUBMIT_ROUTING_KEYS: &str = "book.submit.#";

/// The routing keys of commands.
const COMMAND_ROUTING_KEYS: &str = "book.command.#";

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
        Lane::Commands => "bindery.commands",
        Lane::Plans => "bindery.plans",
        Lane::Chapters => "bindery.chapters",
        Lane::Solo => "bindery.solo",
        Lane::Bindings => "bindery.bindings",
        Lane::Webhooks => "bindery.webhooks",
        Lane::Dead => "bindery.dead",
    }
}

/// Returns the counts of a lane's queue. If the queue does not exist, the broker ends the channel.
pub(super) async fn inspect(channel: &Channel, lane: Lane) -> Result<Queue, BrokerError> {
    let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    short_string::declare_queue(channel, queue_name(lane), passive, FieldTable::default()).await
}

/// Has the broker check that a lane's queue exists before it serves the next message on this channel. Nobody waits for
/// an answer: if the queue does not exist, the channel ends, and the message fails with it. The queue is not declared
/// here. If it were declared at the moment of its deletion, the broker would deliver its messages to the consumers of
/// the deleted queue. They would never see them (RabbitMQ 3.10).
pub(super) async fn expect(channel: &Channel, lane: Lane) -> Result<(), BrokerError> {
    let options = QueueDeclareOptions { passive: true, nowait: true, ..QueueDeclareOptions::default() };
    short_string::declare_queue(channel, queue_name(lane), options, FieldTable::default()).await.map(drop)
}

/// Declares everything. What exists with the same arguments is left alone.
pub(super) async fn declare(channel: &Channel) -> Result<(), BrokerError> {
    for lane in Lane::ALL {
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        short_string::declare_queue(channel, queue_name(lane), durable, arguments(lane)?).await?;
    }
    for exchange in [SUBMIT_EXCHANGE, EVENTS_EXCHANGE] {
        short_string::declare_topics(channel, exchange).await?;
    }
    for (lane, keys) in [(Lane::Submissions, SUBMIT_ROUTING_KEYS), (Lane::Commands, COMMAND_ROUTING_KEYS)] {
        short_string::bind(channel, queue_name(lane), SUBMIT_EXCHANGE, keys).await?;
    }
    Ok(())
}

fn arguments(lane: Lane) -> Result<FieldTable, TooLong> {
    let text = |value: &str| AMQPValue::LongString(value.into());
    let quorum = ("x-queue-type", text("quorum"));
    if lane == Lane::Dead {
        return short_string::table([quorum, ("x-delivery-limit", AMQPValue::LongInt(DEAD_DELIVERY_LIMIT))]);
    }
    short_string::table([
        quorum,
        ("x-delivery-limit", AMQPValue::LongInt(DELIVERY_LIMIT)),
        // The default exchange cannot be deleted or unbound.
        ("x-dead-letter-exchange", text("")),
        ("x-dead-letter-routing-key", text(queue_name(Lane::Dead))),
        ("x-dead-letter-strategy", text("at-least-once")),
        // The broker dead-letters at least once only from queues that reject messages instead of dropping them.
        ("x-overflow", text("reject-publish")),
    ])
}
