//! The properties of a message from a stranger, on their way through the dead letters and back.

use bindery_domain::Lane;
use bindery_protocol::{DEAD_LANE, DEAD_REASON, Message, OWN_HEADERS};
use lapin::{
    BasicProperties,
    protocol::basic::parse_properties,
    types::{AMQPValue, FieldTable},
};

use super::{
    properties::{Carrier, to_message, to_properties},
    provenance::trusted,
};

/// The user that the fleet connects as.
const OWN: &str = "bindery";

/// The smallest frame that a broker may ask for.
const CARRIER: Carrier<'static> = Carrier { user: Some(OWN), frame_max: 4_096 };

/// Checks that a submission with these properties can become a dead letter and be sent again as the same sender's, within
/// the smallest frame. Only the fleet's own user may name another sender.
pub fn amqp_properties(bytes: &[u8]) {
    let Ok((_, properties)) = parse_properties(bytes) else { return };
    let publisher = to_message(&properties, Vec::new()).user;
    let submission = receive(Lane::Submissions, &properties);
    if publisher.as_deref() != Some(OWN) {
        assert_eq!(submission.sender(), publisher.as_deref());
        assert!(!submission.headers.keys().any(|name| name.starts_with(OWN_HEADERS)));
    }
    let sender = submission.sender().map(str::to_owned);
    let letter = send(&submission.clone().dead_letter(Lane::Submissions, "no title"));
    let letter = receive(Lane::Dead, &letter);
    assert_eq!((letter.headers[DEAD_LANE].as_str(), letter.headers[DEAD_REASON].as_str()), ("submissions", "no title"));
    assert_eq!(letter.sender(), sender.as_deref());
    let again = receive(Lane::Submissions, &send(&letter.redriven()));
    assert_eq!(again.sender(), sender.as_deref());
    send(&submission.behind());
    // The same as the broker's own letter may hold anything.
    send(&receive(Lane::Dead, &properties).redriven());
}

fn receive(lane: Lane, properties: &BasicProperties) -> Message {
    trusted(lane, to_message(properties, Vec::new()), properties, Some(OWN))
}

fn send(message: &Message) -> BasicProperties {
    let properties = to_properties(message, CARRIER).expect("the names came from the wire");
    let encoded = encoded_bytes(&properties);
    assert!(encoded <= CARRIER.frame_max as usize, "{encoded} bytes");
    properties
}

/// Returns the bytes of the frame that carries these properties: of the frame, the content's header, and each property.
fn encoded_bytes(properties: &BasicProperties) -> usize {
    let names = [
        properties.content_type(),
        properties.correlation_id(),
        properties.reply_to(),
        properties.message_id(),
        properties.user_id(),
    ];
    let names: usize = names.into_iter().flatten().map(|name| 1 + name.as_str().len()).sum();
    let headers = properties.headers().iter().flat_map(FieldTable::inner);
    let headers: usize = headers.map(|(name, value)| 1 + name.as_str().len() + value_bytes(value)).sum();
    8 + 14 + 1 + 4 + names + headers
}

fn value_bytes(value: &AMQPValue) -> usize {
    match value {
        AMQPValue::LongString(text) => 1 + 4 + text.len(),
        other => panic!("a header that is no text was sent: {other:?}"),
    }
}
