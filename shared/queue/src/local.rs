//! The embedded queue: lanes in this process's memory, with a broker's prefetch and redelivery.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bindery_domain::Lane;
use bindery_protocol::Message;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use super::{Consumer, Delivery, Destination, MessageLimit, Queue, QueueError, Settle, Verdict};

#[derive(Default)]
pub(super) struct LocalQueue {
    lanes: Mutex<HashMap<Lane, Arc<LaneQueue>>>,
    replies: Mutex<AwaitedReplies>,
}

/// The replies that callers wait for, by the name given as `reply_to`.
#[derive(Default)]
struct AwaitedReplies {
    /// How many names were ever given.
    named: u64,
    senders: HashMap<String, oneshot::Sender<Message>>,
}

/// A reply that a caller waits for.
struct AwaitedReply {
    /// The name given as `reply_to`.
    name: String,
    reply: oneshot::Receiver<Message>,
}

/// One lane's messages.
#[derive(Default)]
struct LaneQueue {
    ready: Mutex<VecDeque<ReadyMessage>>,
    arrived: Notify,
}

/// A message that waits for a consumer.
struct ReadyMessage {
    message: Message,
    redelivered: bool,
}

impl LocalQueue {
    fn lane(&self, lane: Lane) -> Arc<LaneQueue> {
        // A panic elsewhere leaves whole messages behind, so a poisoned lock is as good as any.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner).entry(lane).or_default().clone()
    }

    fn with_replies<T>(&self, change: impl FnOnce(&mut AwaitedReplies) -> T) -> T {
        change(&mut self.replies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AwaitedReplies {
    /// Returns a reply with a new name.
    fn add(&mut self) -> AwaitedReply {
        self.named += 1;
        let (sender, reply) = oneshot::channel();
        // A broker begins the names of its own queues so, and every sender may name those.
        let name = format!("amq.answers.{}", self.named);
        // Callers that have stopped waiting leave their senders behind.
        self.senders.retain(|_, sender| !sender.is_closed());
        self.senders.insert(name.clone(), sender);
        AwaitedReply { name, reply }
    }
}

impl LaneQueue {
    fn with_ready<T>(&self, change: impl FnOnce(&mut VecDeque<ReadyMessage>) -> T) -> T {
        change(&mut self.ready.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push_back(&self, message: Message) {
        self.with_ready(|ready| ready.push_back(ReadyMessage { message, redelivered: false }));
        self.arrived.notify_one();
    }

    /// Puts an unsettled message back where it came from.
    fn requeue(&self, message: Message) {
        self.with_ready(|ready| ready.push_front(ReadyMessage { message, redelivered: true }));
        self.arrived.notify_one();
    }
}

#[async_trait]
impl Queue for LocalQueue {
    async fn publish(&self, to: &Destination, message: Message) -> Result<(), QueueError> {
        match to {
            Destination::Lane(lane) => self.lane(*lane).push_back(message),
            Destination::Reply(name) => {
                let Some(sender) = self.with_replies(|replies| replies.senders.remove(name)) else {
                    return Err(QueueError::Unconfirmed(format!("nobody waits for a reply at `{name}`")));
                };
                // A caller that stops waiting at this very moment misses the reply, as with any broker.
                let _ = sender.send(message);
            }
            // Within one process nobody listens to topics.
            Destination::Topic(_) => {}
        }
        Ok(())
    }

    async fn ask(&self, lane: Lane, message: Message, timeout: Duration) -> Result<Message, QueueError> {
        let AwaitedReply { name, reply } = self.with_replies(AwaitedReplies::add);
        self.lane(lane).push_back(Message { reply_to: Some(name), ..message });
        match tokio::time::timeout(timeout, reply).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(_)) | Err(_) => Err(QueueError::Unanswered(timeout)),
        }
    }

    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let slots = Arc::new(Semaphore::new(usize::from(prefetch)));
        Ok(Box::new(LocalConsumer { lane, queue: self.lane(lane), dead: self.lane(Lane::Dead), slots }))
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        Ok(self.lane(lane).with_ready(|ready| ready.len() as u64))
    }

    async fn probe(&self) -> Result<(), QueueError> {
        Ok(())
    }

    async fn message_limit(&self) -> Result<MessageLimit, QueueError> {
        // No stranger publishes within this process.
        Ok(MessageLimit::Suitable)
    }
}

struct LocalConsumer {
    lane: Lane,
    queue: Arc<LaneQueue>,
    dead: Arc<LaneQueue>,
    slots: Arc<Semaphore>,
}

#[async_trait]
impl Consumer for LocalConsumer {
    async fn next(&mut self) -> Option<Delivery> {
        let slot = self.slots.clone().acquire_owned().await.ok()?;
        loop {
            // Registered before looking, so that a message that arrives in between is not missed.
            let arrived = self.queue.arrived.notified();
            if let Some(ReadyMessage { message, redelivered }) = self.queue.with_ready(VecDeque::pop_front) {
                // One notification may stand for several messages, so it is passed on to the next consumer.
                self.queue.arrived.notify_one();
                let settle = Box::new(Unsettled {
                    message: Some(message.clone()),
                    lane: self.lane,
                    queue: self.queue.clone(),
                    dead: self.dead.clone(),
                    slot: Some(slot),
                });
                return Some(Delivery { message, redelivered, trace_parent: None, settle });
            }
            arrived.await;
        }
    }
}

/// A delivery that is not settled: its way back into its lane, and the prefetch slot it takes.
struct Unsettled {
    message: Option<Message>,
    lane: Lane,
    queue: Arc<LaneQueue>,
    dead: Arc<LaneQueue>,
    slot: Option<OwnedSemaphorePermit>,
}

#[async_trait]
impl Settle for Unsettled {
    async fn settle(mut self: Box<Self>, verdict: Verdict) -> Result<(), QueueError> {
        let Some(message) = self.message.take() else { return Ok(()) };
        match verdict {
            Verdict::Ack => {}
            Verdict::Requeue => self.queue.requeue(message),
            Verdict::MoveToBack => self.queue.push_back(message.behind()),
            Verdict::DeadLetter { reason } => {
                tracing::warn!(message.id = %message.id, reason, "a message went to the dead letters");
                self.dead.push_back(message.dead_letter(self.lane, &reason));
            }
        }
        Ok(())
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        if let Some(message) = self.message.take() {
            self.queue.requeue(message);
        }
        // The slot becomes free only once the message is back in its lane.
        drop(self.slot.take());
    }
}
