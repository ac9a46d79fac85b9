//! Converting messages to and from AMQP's properties.

use std::fmt::Display;

use bindery_protocol::{Message, OWN_HEADERS, SENDER, TRACE_PARENT};
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable},
};

use super::{
    super::TooLong,
    provenance::header_text,
    short_string::{self, Names},
};

const JSON: &str = "application/json";

/// The delivery mode of a message that the broker writes to disk before it confirms it.
const PERSISTENT: u8 = 2;

/// The bytes of a frame of properties that no name and no header takes. They are those of the frame itself, of the content's
/// class, weight, length and flags, of the delivery mode, and of the length of the table of headers.
const FRAME_BYTES: usize = 8 + 14 + 1 + 4;

/// The bytes that a header takes beside its name and its value: their lengths, and the value's type.
const HEADER_BYTES: usize = 1 + 1 + 4;

/// The most bytes of headers that a message carries.
const MAX_HEADERS_BYTES: usize = 64_000;

/// What a connection lets a message carry.
#[derive(Clone, Copy)]
pub(super) struct Carrier<'a> {
    /// The user that the program connects as, if it is known.
    pub(super) user: Option<&'a str>,
    /// The most bytes of a frame. All properties travel in one, and the broker closes a connection that sends a larger one.
    pub(super) frame_max: u32,
}

/// Returns the properties that a message is published with. A message that names its sender in a header is published under
/// this program's own name, without which no one believes that header. Headers that do not fit are left out, Bindery's
/// own and the place in a trace last.
pub(super) fn to_properties(message: &Message, carrier: Carrier<'_>) -> Result<BasicProperties, TooLong> {
    let signed = message.headers.contains_key(SENDER).then_some(carrier.user).flatten();
    let names = Names {
        message_id: &message.id,
        content_type: if message.content_type.is_empty() { JSON } else { &message.content_type },
        reply_to: message.reply_to.as_deref(),
        correlation_id: message.correlation_id.as_deref(),
        user_id: message.user.as_deref().or(signed),
    };
    let room = (carrier.frame_max as usize).saturating_sub(FRAME_BYTES + names.bytes()).min(MAX_HEADERS_BYTES);
    let headers = fitting(message, room).map(|(name, value)| (name, AMQPValue::LongString(value.into())));
    let headers = short_string::table(headers)?;
    Ok(short_string::properties(&names)?.with_delivery_mode(PERSISTENT).with_headers(headers))
}

/// Returns the headers of a message that fit into so many bytes.
fn fitting(message: &Message, mut room: usize) -> impl Iterator<Item = (&str, &str)> {
    let headers = || message.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let is_first = |(name, _): &(&str, &str)| name.starts_with(OWN_HEADERS) || *name == TRACE_PARENT;
    let first = headers().filter(is_first);
    let others = headers().filter(move |header| !is_first(header));
    first.chain(others).filter(move |(name, value)| {
        let left = room.checked_sub(HEADER_BYTES + name.len() + value.len());
        room = left.unwrap_or(room);
        left.is_some()
    })
}

/// Returns the message that was delivered with these properties.
pub(super) fn to_message(properties: &BasicProperties, body: Vec<u8>) -> Message {
    let content_type = text(properties.content_type()).filter(|given| given != JSON);
    let headers = properties.headers().iter().flat_map(FieldTable::inner);
    Message {
        id: text(properties.message_id()).unwrap_or_default(),
        body: body.into(),
        content_type: content_type.unwrap_or_default(),
        headers: headers.filter_map(|(name, value)| Some((name.to_string(), header_text(value)?))).collect(),
        reply_to: text(properties.reply_to()),
        correlation_id: text(properties.correlation_id()),
        user: text(properties.user_id()),
    }
}

fn text(property: &Option<impl Display>) -> Option<String> {
    property.as_ref().map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(headers: &[(&str, &str)]) -> Message {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Message { headers: headers.collect(), ..Message::new("a", Vec::new()) }
    }

    fn carried(message: &Message, frame_max: u32) -> Vec<String> {
        let properties = to_properties(message, Carrier { user: None, frame_max }).unwrap();
        properties.headers().iter().flat_map(FieldTable::inner).map(|(name, _)| name.to_string()).collect()
    }

    #[test]
    fn headers_that_do_not_fit_into_a_frame_are_left_out_and_binderys_own_come_first() {
        let long = "x".repeat(300);
        let message = message(&[("a", &long), ("b", "1"), (TRACE_PARENT, "00"), ("x-bindery-reason", &long)]);
        // The name of the content type and the id take 19 bytes, the reason 322, the place in a trace 19 and `b` 8.
        let least = (FRAME_BYTES + 19 + 322 + 19 + 8) as u32;
        assert_eq!(carried(&message, least), ["b", TRACE_PARENT, "x-bindery-reason"]);
        assert_eq!(carried(&message, least - 1), [TRACE_PARENT, "x-bindery-reason"]);
        assert_eq!(carried(&message, u32::MAX).len(), 4);
    }

    #[test]
    fn a_message_is_published_under_this_programs_name_where_it_names_a_sender() {
        let user = |message: &Message| {
            let properties = to_properties(message, Carrier { user: Some("bindery"), frame_max: 4_096 }).unwrap();
            text(properties.user_id())
        };
        assert_eq!(user(&message(&[])), None);
        assert_eq!(user(&message(&[(SENDER, "ada")])), Some("bindery".to_owned()));
    }
}
