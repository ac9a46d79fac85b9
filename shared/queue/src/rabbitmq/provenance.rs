//! Which of Bindery's own headers are believed, and whose a message is.
//!
//! The broker lets nobody publish under another user's name. A message whose publisher is the user that this program
//! connects as was therefore published by Bindery, and may name another sender in a header.

use bindery_domain::Lane;
use bindery_protocol::{Message, SENDER, UNPROVEN_SENDER};
use lapin::{BasicProperties, types::AMQPValue};

use super::topology::queue_name;

/// How the headers begin in which the broker records from which queue and why it dead-lettered a message: the first
/// time and, with a newer broker, the last. <https://www.rabbitmq.com/docs/dlx#effects>
const DEATH_HEADER_PREFIXES: [&str; 2] = ["x-first-death-", "x-last-death-"];

/// The header that holds a table for each queue that dead-lettered a message, the latest first.
const DEATHS: &str = "x-death";

/// Where and why the broker dead-lettered a message.
struct Death {
    queue: String,
    reason: String,
}

/// Returns the message of a lane without what a stranger may have claimed in it. `own` is the user that this program
/// connects as, if it is known.
pub(super) fn trusted(lane: Lane, mut message: Message, properties: &BasicProperties, own: Option<&str>) -> Message {
    let is_own = own.is_some() && message.user.as_deref() == own;
    match lane {
        Lane::Dead => dead_letter(message, properties, is_own),
        Lane::Submissions => {
            if !is_own {
                message.distrust();
            }
            message
        }
        // Only Bindery publishes to the other lanes.
        Lane::Plans | Lane::Chapters | Lane::Solo | Lane::Bindings | Lane::Webhooks => message,
    }
}

/// Returns a dead letter whose lane, reason and sender stand in Bindery's own headers, also if it was the broker that
/// dead-lettered it. The broker's headers are removed: when the message is sent again and dead-lettered again, the broker
/// would not change those of the first time.
fn dead_letter(mut message: Message, properties: &BasicProperties, is_own: bool) -> Message {
    message.headers.retain(|name, _| !DEATH_HEADER_PREFIXES.iter().any(|prefix| name.starts_with(prefix)));
    if let Some(death) = latest_death(properties) {
        // The message came here as its publisher made it.
        if !is_own {
            message.distrust();
        }
        let lane = Lane::ALL.into_iter().find(|lane| queue_name(*lane) == death.queue);
        return match lane {
            Some(lane) => message.dead_letter(lane, &format!("the broker gave it up: {}", death.reason)),
            None => message,
        };
    }
    if !is_own && let Some(claimed) = message.headers.remove(SENDER) {
        message.headers.insert(UNPROVEN_SENDER.to_owned(), claimed);
    }
    message.user = None;
    message
}

/// Returns where the broker dead-lettered a message last. It writes this record itself, whatever a publisher wrote.
fn latest_death(properties: &BasicProperties) -> Option<Death> {
    let deaths = properties.headers().as_ref()?.inner().get(DEATHS)?.as_array()?;
    let AMQPValue::FieldTable(latest) = deaths.as_slice().first()? else { return None };
    let text = |name: &str| latest.inner().get(name).and_then(header_text).unwrap_or_default();
    Some(Death { queue: text("queue"), reason: text("reason") })
}

/// Returns a header's value; `None` where it is not a text.
pub(super) fn header_text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bindery_protocol::{DEAD_LANE, DEAD_REASON};

    use super::{
        super::{properties::to_message, short_string},
        *,
    };

    const OWN: Option<&str> = Some("bindery");

    /// Returns the properties of a message by Ada that claims to be a letter of somebody else's.
    fn forged(deaths: &[(&str, &str)]) -> BasicProperties {
        let text = |text: &str| AMQPValue::LongString(text.into());
        let death = |(queue, reason): &(&str, &str)| {
            AMQPValue::FieldTable(short_string::table([("queue", text(queue)), ("reason", text(reason))]).unwrap())
        };
        let deaths: Vec<AMQPValue> = deaths.iter().map(death).collect();
        let headers = [
            (SENDER, text("bindery")),
            (DEAD_LANE, text("chapters")),
            (DEAD_REASON, text("none")),
            ("x-bindery-published-at", text("1")),
            ("x-first-death-queue", text("bindery.plans")),
        ];
        let deaths = (!deaths.is_empty()).then(|| (DEATHS, AMQPValue::FieldArray(deaths.into())));
        named("ada").with_headers(short_string::table(headers.into_iter().chain(deaths)).unwrap())
    }

    fn named(user: &str) -> BasicProperties {
        let names = short_string::Names {
            message_id: "a",
            content_type: "application/json",
            reply_to: None,
            correlation_id: None,
            user_id: Some(user),
        };
        short_string::properties(&names).unwrap()
    }

    fn received(lane: Lane, properties: &BasicProperties) -> Message {
        trusted(lane, to_message(properties, Vec::new()), properties, OWN)
    }

    #[test]
    fn a_submission_carries_none_of_binderys_headers_that_its_sender_set() {
        let message = received(Lane::Submissions, &forged(&[]));
        assert_eq!(message.sender(), Some("ada"));
        assert!(!message.headers.keys().any(|name| name.starts_with("x-bindery-")), "{:?}", message.headers);
    }

    #[test]
    fn a_submission_that_bindery_passed_on_keeps_its_true_sender() {
        let passed_on = short_string::table([(SENDER, AMQPValue::LongString("ada".into()))]).unwrap();
        let message = received(Lane::Submissions, &named("bindery").with_headers(passed_on));
        assert_eq!(message.sender(), Some("ada"));
    }

    #[test]
    fn a_letter_of_the_broker_tells_its_latest_queue_and_its_publisher_whatever_that_one_wrote() {
        let deaths = [("bindery.submissions", "delivery_limit"), ("bindery.chapters", "rejected")];
        let letter = received(Lane::Dead, &forged(&deaths));
        let told =
            [(DEAD_LANE, "submissions"), (DEAD_REASON, "the broker gave it up: delivery_limit"), (SENDER, "ada")];
        assert_eq!(letter.headers, told.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!(letter.user, None);
    }

    #[test]
    fn a_letter_whose_publisher_is_not_bindery_has_no_proven_sender() {
        let letter = received(Lane::Dead, &forged(&[]));
        assert_eq!((letter.sender(), letter.headers[UNPROVEN_SENDER].as_str()), (None, "bindery"));
        let own =
            forged(&[]).with_headers(short_string::table([(SENDER, AMQPValue::LongString("ada".into()))]).unwrap());
        let unknown = trusted(Lane::Dead, to_message(&own, Vec::new()), &own, None);
        assert_eq!(unknown.sender(), None);
    }
}
