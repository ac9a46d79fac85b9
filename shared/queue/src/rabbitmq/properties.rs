//! Converting messages to and from AMQP's properties.

use std::fmt::Display;

use bindery_domain::Lane;
use bindery_protocol::{DEAD_LANE, Message};
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable},
};

use super::{
    super::TooLong,
    short_string::{self, Names},
    topology::queue_name,
};

const JSON: &str = "application/json";

/// How the headers begin in which the broker records from which queue and why it dead-lettered a message: the first
/// time and, with a newer broker, the last. <https://www.rabbitmq.com/docs/dlx#effects>
const DEATH_HEADER_PREFIXES: [&str; 2] = ["x-first-death-", "x-last-death-"];
const FIRST_DEATH_QUEUE: &str = "x-first-death-queue";
const FIRST_DEATH_REASON: &str = "x-first-death-reason";

/// The delivery mode of a message that the broker writes to disk before it confirms it.
const PERSISTENT: u8 = 2;

/// Returns the properties that a message is published with.
pub(super) fn to_properties(message: &Message) -> Result<BasicProperties, TooLong> {
    let names = Names {
        message_id: &message.id,
        content_type: if message.content_type.is_empty() { JSON } else { &message.content_type },
        reply_to: message.reply_to.as_deref(),
        correlation_id: message.correlation_id.as_deref(),
        user_id: message.user.as_deref(),
    };
    let headers = message.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), AMQPValue::LongString(value.as_str().into())));
    let headers = short_string::table(headers)?;
    Ok(short_string::properties(&names)?.with_delivery_mode(PERSISTENT).with_headers(headers))
}

/// Returns the message that was delivered with these properties.
pub(super) fn to_message(properties: &BasicProperties, body: Vec<u8>) -> Message {
    let content_type = text(properties.content_type()).filter(|given| given != JSON);
    let headers = properties.headers().iter().flat_map(FieldTable::inner);
    Message {
        id: text(properties.message_id()).unwrap_or_default(),
        body,
        content_type: content_type.unwrap_or_default(),
        headers: headers.filter_map(|(name, value)| Some((name.to_string(), header_text(value)?))).collect(),
        reply_to: text(properties.reply_to()),
        correlation_id: text(properties.correlation_id()),
        user: text(properties.user_id()),
    }
}

/// Returns a dead letter whose lane and reason stand in Bindery's own headers, also if it was the broker that
/// dead-lettered it. The broker's headers are removed: when the message is sent again and dead-lettered again, the broker
/// would not change those of the first time.
pub(super) fn to_dead_letter(mut message: Message) -> Message {
    let header = |name| message.headers.get(name).cloned().unwrap_or_default();
    let (queue, reason) = (header(FIRST_DEATH_QUEUE), header(FIRST_DEATH_REASON));
    message.headers.retain(|name, _| !DEATH_HEADER_PREFIXES.iter().any(|prefix| name.starts_with(prefix)));
    let lane = Lane::ALL.into_iter().find(|lane| queue_name(*lane) == queue);
    match lane {
        Some(lane) if !message.headers.contains_key(DEAD_LANE) => {
            message.dead_letter(lane, &format!("the broker gave it up: {reason}"))
        }
        _ => message,
    }
}

fn text(property: &Option<impl Display>) -> Option<String> {
    property.as_ref().map(ToString::to_string)
}

/// Returns a header's value; `None` where it is not a text.
fn header_text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}
