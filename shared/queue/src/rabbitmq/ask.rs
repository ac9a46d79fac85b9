//! Asking: the reply comes back over the channel that asked, by RabbitMQ's direct reply-to.
//! <https://www.rabbitmq.com/docs/direct-reply-to>

use std::time::Duration;

use bindery_domain::Lane;
use bindery_protocol::Message;
use futures_util::StreamExt;
use lapin::{
    Channel, Consumer,
    options::{BasicConsumeOptions, ConfirmSelectOptions},
};

use super::{
    super::QueueError,
    connection::{BrokerError, SupervisedConnection},
    properties,
    publish::publish_to_lane,
    short_string, topology,
};

/// The pseudo-queue of a channel's replies. In a published message the broker replaces it with a name of that channel.
const DIRECT_REPLY_TO: &str = "amq.rabbitmq.reply-to";

/// Publishes a message and waits for its reply.
pub(super) async fn ask(
    connection: &SupervisedConnection,
    lane: Lane,
    message: Message,
    timeout: Duration,
) -> Result<Message, QueueError> {
    let message = Message { reply_to: Some(DIRECT_REPLY_TO.to_owned()), ..message };
    let (_channel, mut replies) = connection.with_timeout(publish_on_own_channel(connection, lane, &message)).await?;
    match tokio::time::timeout(timeout, replies.next()).await {
        Ok(Some(Ok(reply))) => Ok(properties::to_message(&reply.properties, reply.data)),
        // The channel has ended, and the reply is lost with it.
        Ok(Some(Err(error))) => Err(QueueError::Unconfirmed(error.to_string())),
        Ok(None) => Err(QueueError::Unconfirmed("the connection was lost before the reply came".to_owned())),
        Err(_) => Err(QueueError::Unanswered(timeout)),
    }
}

/// Opens a channel for one message, publishes it there, and returns the channel with its replies, which end with it.
async fn publish_on_own_channel(
    connection: &SupervisedConnection,
    lane: Lane,
    message: &Message,
) -> Result<(Channel, Consumer), BrokerError> {
    let channel = connection.channel().await?;
    topology::declare(&channel).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    // The broker allows consuming direct replies only without acknowledgements.
    let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
    let replies = short_string::consume(&channel, DIRECT_REPLY_TO, options).await?;
    publish_to_lane(&channel, lane, message, connection.carrier().await?).await?;
    Ok((channel, replies))
}
