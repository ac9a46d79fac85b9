//! Asking: an answer comes back over the channel that asked, by RabbitMQ's direct reply-to.
//! <https://www.rabbitmq.com/docs/direct-reply-to>

use std::time::Duration;

use bindery_domain::Lane;
use bindery_protocol::Message;
use futures_util::StreamExt;
use lapin::{
    Channel, Consumer,
    options::{BasicConsumeOptions, ConfirmSelectOptions},
    types::FieldTable,
};

use super::{
    super::{Address, QueueError},
    link::{Fault, Link},
    properties,
    publish::send,
    topology,
};

/// The pseudo-queue of a channel's answers. The broker puts the channel's own name in its place in what is published.
const ANSWERS: &str = "amq.rabbitmq.reply-to";

/// Publishes a message and waits for its answer.
pub(super) async fn ask(link: &Link, lane: Lane, message: Message, patience: Duration) -> Result<Message, QueueError> {
    let message = Message { reply_to: Some(ANSWERS.to_owned()), ..message };
    let (_channel, mut answers) = link.within(open(link, lane, &message)).await?;
    match tokio::time::timeout(patience, answers.next()).await {
        Ok(Some(Ok(answer))) => Ok(properties::message(&answer.properties, answer.data)),
        // The channel is gone, and the answer with it.
        Ok(Some(Err(error))) => Err(QueueError::Unconfirmed(error.to_string())),
        Ok(None) => Err(QueueError::Unconfirmed("the connection was lost before the answer came".to_owned())),
        Err(_) => Err(QueueError::Unanswered(patience)),
    }
}

/// Opens a channel for one question, and asks it there. The answers end with the channel.
async fn open(link: &Link, lane: Lane, message: &Message) -> Result<(Channel, Consumer), Fault> {
    let channel = link.channel().await?;
    topology::declare(&channel).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    // The broker takes it only without acknowledgements.
    let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
    let answers = channel.basic_consume(ANSWERS.into(), "".into(), options, FieldTable::default()).await?;
    send(&channel, &Address::Lane(lane), message).await?;
    Ok((channel, answers))
}
