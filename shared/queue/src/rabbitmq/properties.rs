//! Messages as AMQP carries them.

use bindery_domain::Lane;
use bindery_protocol::{DEAD_LANE, Message};
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable, ShortString},
};

use super::topology::queue;

const JSON: &str = "application/json";

/// How the headers begin in which the broker notes where from and why it made a message a dead letter, the first time and,
/// where it is a newer one, the last. <https://www.rabbitmq.com/docs/dlx#effects>
const BROKERS_OWN: [&str; 2] = ["x-first-death-", "x-last-death-"];
const GIVEN_UP_IN: &str = "x-first-death-queue";
const GIVEN_UP_FOR: &str = "x-first-death-reason";

/// Written to disk before it is confirmed.
const PERSISTENT: u8 = 2;

/// Returns the properties a message is published with.
pub(super) fn properties(message: &Message) -> BasicProperties {
    let content_type = if message.content_type.is_empty() { JSON } else { &message.content_type };
    let mut headers = FieldTable::default();
    for (name, value) in &message.headers {
        headers.insert(name.as_str().into(), AMQPValue::LongString(value.as_str().into()));
    }
    let mut properties = BasicProperties::default()
        .with_message_id(message.id.as_str().into())
        .with_content_type(content_type.into())
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers);
    if let Some(queue) = &message.reply_to {
        properties = properties.with_reply_to(queue.as_str().into());
    }
    if let Some(id) = &message.correlation_id {
        properties = properties.with_correlation_id(id.as_str().into());
    }
    if let Some(user) = &message.user {
        properties = properties.with_user_id(user.as_str().into());
    }
    properties
}

/// Reads what was delivered.
pub(super) fn message(properties: &BasicProperties, body: Vec<u8>) -> Message {
    let text = |property: &Option<ShortString>| property.as_ref().map(ToString::to_string);
    let content_type = text(properties.content_type()).filter(|given| given != JSON);
    let headers = properties.headers().iter().flat_map(FieldTable::inner);
    Message {
        id: text(properties.message_id()).unwrap_or_default(),
        body,
        content_type: content_type.unwrap_or_default(),
        headers: headers.filter_map(|(name, value)| Some((name.to_string(), header(value)?))).collect(),
        reply_to: text(properties.reply_to()),
        correlation_id: text(properties.correlation_id()),
        user: text(properties.user_id()),
    }
}

/// Returns a dead letter with its lane and its reason in our headers also where it was the broker that gave it up, which
/// notes them in headers of its own. Those are taken off: the broker never changes the first ones of a message that is sent again.
pub(super) fn letter(mut message: Message) -> Message {
    let [from, reason] = [GIVEN_UP_IN, GIVEN_UP_FOR].map(|name| message.headers.get(name).cloned().unwrap_or_default());
    message.headers.retain(|name, _| !BROKERS_OWN.iter().any(|own| name.starts_with(own)));
    let lane = Lane::ALL.into_iter().find(|lane| queue(*lane) == from);
    match lane {
        Some(lane) if !message.headers.contains_key(DEAD_LANE) => {
            message.dead_letter(lane, &format!("the broker gave it up: {reason}"))
        }
        _ => message,
    }
}

fn header(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}
