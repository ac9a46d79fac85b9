//! The upstream system that has sent a message: whose books it may name, and how it is answered.

use bindery_config::Config;
use bindery_protocol::{Message, submission::CloudEvent, tenant::owns_queue};
use bindery_queue::{Destination, Queue};
use serde::Serialize;

/// A message of nobody whom the broker knows.
#[derive(Debug, thiserror::Error)]
#[error("the message names no user that the broker has validated; publish it with `user_id`")]
pub(crate) struct UnknownSender;

/// Returns whose books a message is about.
pub(crate) fn tenant(settings: &Config, message: &Message) -> Result<String, UnknownSender> {
    let tenant = message.sender().map(str::to_owned).or_else(|| settings.serve.tenant.clone());
    tenant.ok_or(UnknownSender)
}

/// Answers a message whose sender awaits an answer. Returns whether an answer was sent.
pub(crate) async fn answer<T: Serialize>(
    queue: &dyn Queue,
    settings: &Config,
    message: &Message,
    event: &CloudEvent<T>,
) -> bool {
    let Some(reply_to) = message.reply_to.as_ref() else { return false };
    if !may_name(settings, message.sender(), reply_to) {
        tracing::warn!(queue = reply_to, "the answer to a message is for a queue that its sender may not name");
        return false;
    }
    let answer = Message { correlation_id: message.correlation_id.clone(), ..event.message() };
    let sent = queue.publish(&Destination::Reply(reply_to.clone()), answer).await;
    sent.inspect_err(|error| tracing::warn!(%error, "a message could not be answered")).is_ok()
}

/// Returns whether a sender may have its answer put into a queue. It may name a queue that the broker has named, or one
/// that begins with its own name. If all senders are one tenant, it may name any queue but the fleet's.
fn may_name(settings: &Config, user: Option<&str>, queue: &str) -> bool {
    let own = user.is_some_and(|user| owns_queue(user, queue));
    let shared = settings.serve.tenant.is_some() && !queue.starts_with("bindery.");
    queue.starts_with("amq.") || own || shared
}
