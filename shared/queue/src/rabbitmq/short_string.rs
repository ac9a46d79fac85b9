//! AMQP's short strings, in which it carries all names and ids, and the calls that take them.
//!
//! lapin's own conversions panic on a text of more than 255 bytes. Clippy allows its short strings, and whatever takes
//! one, in this file alone.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "here every length is checked")]

use bindery_domain::abbreviated;
use lapin::{
    BasicProperties, Channel, Consumer, ExchangeKind, PublisherConfirm, Queue,
    options::{
        BasicCancelOptions, BasicConsumeOptions, BasicPublishOptions, ExchangeDeclareOptions, QueueBindOptions,
        QueueDeclareOptions,
    },
    types::{AMQPValue, FieldTable, ShortString},
};

use super::{super::TooLong, connection::BrokerError};

/// The most bytes of a short string, whose length is one byte on the wire.
pub(super) const MAX_BYTES: usize = 255;

/// The names that a message carries beside its headers.
pub(super) struct Names<'a> {
    /// An id of Bindery's own, which is abbreviated where it is too long. The other names mean something to others.
    pub(super) message_id: &'a str,
    pub(super) content_type: &'a str,
    pub(super) reply_to: Option<&'a str>,
    pub(super) correlation_id: Option<&'a str>,
    pub(super) user_id: Option<&'a str>,
}

impl Names<'_> {
    /// Returns how many bytes these names take in a frame, with the length before each.
    pub(super) fn bytes(&self) -> usize {
        let given = [self.reply_to, self.correlation_id, self.user_id].into_iter().flatten();
        let given = given.chain([self.content_type]).map(str::len).sum::<usize>();
        let count = 2 + [self.reply_to, self.correlation_id, self.user_id].into_iter().flatten().count();
        given + self.message_id.len().min(MAX_BYTES) + count
    }
}

/// Succeeds if the text can be carried as a short string.
pub(super) fn check(what: &'static str, text: &str) -> Result<(), TooLong> {
    checked(what, text).map(drop)
}

fn checked(what: &'static str, text: &str) -> Result<ShortString, TooLong> {
    ShortString::try_new(text).map_err(|_| TooLong::new(what, text))
}

/// Returns properties with these names.
pub(super) fn properties(names: &Names<'_>) -> Result<BasicProperties, TooLong> {
    let mut properties = BasicProperties::default()
        .with_message_id(checked("message id", &abbreviated(names.message_id, MAX_BYTES))?)
        .with_content_type(checked("content type", names.content_type)?);
    if let Some(queue) = names.reply_to {
        properties = properties.with_reply_to(checked("name of the queue for the answer", queue)?);
    }
    if let Some(id) = names.correlation_id {
        properties = properties.with_correlation_id(checked("correlation id", id)?);
    }
    if let Some(user) = names.user_id {
        properties = properties.with_user_id(checked("name of the user", user)?);
    }
    Ok(properties)
}

/// Returns a table of named values.
pub(super) fn table<'a>(entries: impl IntoIterator<Item = (&'a str, AMQPValue)>) -> Result<FieldTable, TooLong> {
    let mut table = FieldTable::default();
    for (name, value) in entries {
        table.insert(checked("name of a header", name)?, value);
    }
    Ok(table)
}

/// Publishes a message to an exchange, whose default is the one without a name.
pub(super) async fn publish(
    channel: &Channel,
    exchange: &str,
    key: &str,
    options: BasicPublishOptions,
    properties: BasicProperties,
    body: &[u8],
) -> Result<PublisherConfirm, BrokerError> {
    let (exchange, key) = (checked("name of the exchange", exchange)?, checked("routing key", key)?);
    Ok(channel.basic_publish(exchange, key, options, body, properties).await?)
}

/// Declares a queue.
pub(super) async fn declare_queue(
    channel: &Channel,
    name: &str,
    options: QueueDeclareOptions,
    arguments: FieldTable,
) -> Result<Queue, BrokerError> {
    Ok(channel.queue_declare(checked("name of the queue", name)?, options, arguments).await?)
}

/// Declares a durable topic exchange.
pub(super) async fn declare_topics(channel: &Channel, name: &str) -> Result<(), BrokerError> {
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let name = checked("name of the exchange", name)?;
    Ok(channel.exchange_declare(name, ExchangeKind::Topic, durable, FieldTable::default()).await?)
}

/// Binds a queue to an exchange by a pattern of routing keys.
pub(super) async fn bind(channel: &Channel, queue: &str, exchange: &str, pattern: &str) -> Result<(), BrokerError> {
    let (queue, exchange) = (checked("name of the queue", queue)?, checked("name of the exchange", exchange)?);
    let pattern = checked("routing pattern", pattern)?;
    Ok(channel.queue_bind(queue, exchange, pattern, QueueBindOptions::default(), FieldTable::default()).await?)
}

/// Starts a consumer, which the broker names.
pub(super) async fn consume(
    channel: &Channel,
    queue: &str,
    options: BasicConsumeOptions,
) -> Result<Consumer, BrokerError> {
    let queue = checked("name of the queue", queue)?;
    Ok(channel.basic_consume(queue, ShortString::default(), options, FieldTable::default()).await?)
}

/// Cancels a consumer.
pub(super) async fn cancel(channel: &Channel, consumer: &Consumer) -> Result<(), BrokerError> {
    Ok(channel.basic_cancel(consumer.tag(), BasicCancelOptions::default()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(id: &str) -> Names<'_> {
        Names { message_id: id, content_type: "text/plain", reply_to: None, correlation_id: None, user_id: None }
    }

    fn message_id(id: &str) -> String {
        properties(&names(id)).unwrap().message_id().clone().unwrap().to_string()
    }

    #[test]
    fn a_message_id_that_is_too_long_is_abbreviated_and_stays_the_same() {
        let (fits, long) = ("a".repeat(255), "a".repeat(256));
        assert_eq!(message_id(&fits), fits);
        assert_eq!(message_id(&long), message_id(&long));
        assert_ne!(message_id(&long), message_id(&format!("{long}a")));
    }

    #[test]
    fn a_name_that_means_something_to_others_is_never_changed_but_refused() {
        let long = "🪢".repeat(64);
        let refused = properties(&Names { reply_to: Some(&long), ..names("a") }).unwrap_err();
        assert!(refused.to_string().contains("256 bytes"), "{refused}");
        for names in [
            Names { content_type: &long, ..names("a") },
            Names { correlation_id: Some(&long), ..names("a") },
            Names { user_id: Some(&long), ..names("a") },
        ] {
            properties(&names).unwrap_err();
        }
        table([(long.as_str(), AMQPValue::Void)]).unwrap_err();
    }
}
