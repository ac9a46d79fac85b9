//! Finding out how large a message the broker accepts. It tells nobody its limit, but it ends a channel that passes it.

use bindery_protocol::{MAX_MESSAGE_BYTES, submission::MAX_BYTES};
use lapin::{
    Confirmation, ErrorKind,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
};

use super::{
    super::{MessageLimit, QueueError},
    connection::{BrokerError, SupervisedConnection},
    short_string,
};

/// A routing key of the default exchange under which there is no queue, so that no message of this key is kept.
const NOWHERE: &str = "bindery.nowhere";

/// Publishes a message as large as a submission may be, and one that is too large. Neither reaches a queue.
pub(super) async fn message_limit(connection: &SupervisedConnection) -> Result<MessageLimit, QueueError> {
    if !connection.with_timeout(accepts(connection, MAX_BYTES)).await? {
        return Ok(MessageLimit::TooLow);
    }
    let accepts_more = connection.with_timeout(accepts(connection, MAX_MESSAGE_BYTES + 1)).await?;
    Ok(if accepts_more { MessageLimit::TooHigh } else { MessageLimit::Suitable })
}

/// Returns whether the broker accepts a message of so many bytes. The channel is used for nothing else, since a refusal
/// ends it.
async fn accepts(connection: &SupervisedConnection, bytes: usize) -> Result<bool, BrokerError> {
    let channel = connection.channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let (body, options) = (vec![b' '; bytes], BasicPublishOptions::default());
    let published = short_string::publish(&channel, "", NOWHERE, options, Default::default(), &body).await;
    let confirmed = match published {
        Ok(confirm) => confirm.await.map_err(BrokerError::from),
        Err(error) => Err(error),
    };
    match confirmed {
        Ok(Confirmation::Ack(_)) => Ok(true),
        Ok(Confirmation::Nack(_)) => Err(BrokerError::Nacked(NOWHERE.to_owned())),
        Ok(Confirmation::NotRequested) => Err(BrokerError::NoConfirms),
        Err(BrokerError::Amqp(error)) if is_too_large(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_too_large(error: &lapin::Error) -> bool {
    let ErrorKind::ProtocolError(refusal) = error.kind() else { return false };
    matches!(refusal.kind(), AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED))
}
