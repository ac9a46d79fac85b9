//! The embedded queue: lanes in this process's memory, with prefetch and redelivery like a broker's.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bindery_domain::Lane;
use bindery_protocol::Message;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use super::{Address, Consumer, Delivery, Queue, QueueError, Settle, Verdict};

#[derive(Default)]
pub(super) struct Local {
    lanes: Mutex<HashMap<Lane, Arc<Line>>>,
    askers: Mutex<Askers>,
}

/// Who waits for an answer, by the name given as `reply_to`.
#[derive(Default)]
struct Askers {
    asked: u64,
    waiting: HashMap<String, oneshot::Sender<Message>>,
}

/// One lane's messages.
#[derive(Default)]
struct Line {
    /// Each with whether it was delivered before.
    ready: Mutex<VecDeque<(Message, bool)>>,
    arrived: Notify,
}

impl Local {
    fn line(&self, lane: Lane) -> Arc<Line> {
        // A panic elsewhere leaves whole messages behind, so a poisoned lock is as good as any.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner).entry(lane).or_default().clone()
    }

    fn askers<T>(&self, change: impl FnOnce(&mut Askers) -> T) -> T {
        change(&mut self.askers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Askers {
    fn enter(&mut self) -> (String, oneshot::Receiver<Message>) {
        self.asked += 1;
        let (sender, answer) = oneshot::channel();
        let name = format!("answers.{}", self.asked);
        // Who has stopped waiting is not kept.
        self.waiting.retain(|_, asker| !asker.is_closed());
        self.waiting.insert(name.clone(), sender);
        (name, answer)
    }
}

impl Line {
    fn with<T>(&self, change: impl FnOnce(&mut VecDeque<(Message, bool)>) -> T) -> T {
        change(&mut self.ready.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, message: Message) {
        self.with(|ready| ready.push_back((message, false)));
        self.arrived.notify_one();
    }

    /// Puts an unsettled message back where it came from.
    fn hand_back(&self, message: Message) {
        self.with(|ready| ready.push_front((message, true)));
        self.arrived.notify_one();
    }

    fn take(&self) -> Option<(Message, bool)> {
        self.with(|ready| ready.pop_front())
    }
}

#[async_trait]
impl Queue for Local {
    async fn publish(&self, to: &Address, message: Message) -> Result<(), QueueError> {
        match to {
            Address::Lane(lane) => self.line(*lane).push(message),
            Address::Reply(name) => {
                let Some(asker) = self.askers(|askers| askers.waiting.remove(name)) else {
                    return Err(QueueError::Unconfirmed(format!("nobody waits at `{name}`")));
                };
                // Who stops waiting in this very moment misses the answer, as with any broker.
                let _ = asker.send(message);
            }
            // Within one process nobody listens for topics.
            Address::Topic(_) => {}
        }
        Ok(())
    }

    async fn ask(&self, lane: Lane, message: Message, patience: Duration) -> Result<Message, QueueError> {
        let (name, answer) = self.askers(Askers::enter);
        self.line(lane).push(Message { reply_to: Some(name), ..message });
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(QueueError::Unanswered(patience)),
        }
    }

    async fn consume(&self, lane: Lane, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let slots = Arc::new(Semaphore::new(usize::from(prefetch)));
        Ok(Box::new(LocalConsumer { lane, line: self.line(lane), dead: self.line(Lane::Dead), slots }))
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        Ok(self.line(lane).with(|ready| ready.len() as u64))
    }

    async fn probe(&self) -> Result<(), QueueError> {
        Ok(())
    }
}

struct LocalConsumer {
    lane: Lane,
    line: Arc<Line>,
    dead: Arc<Line>,
    slots: Arc<Semaphore>,
}

#[async_trait]
impl Consumer for LocalConsumer {
    async fn next(&mut self) -> Option<Delivery> {
        let slot = self.slots.clone().acquire_owned().await.ok()?;
        loop {
            // Registered before looking, so that a message arriving in between is not missed.
            let arrived = self.line.arrived.notified();
            if let Some((message, redelivered)) = self.line.take() {
                // One notification may stand for several messages: pass it on to the next consumer.
                self.line.arrived.notify_one();
                let (lane, line, dead) = (self.lane, self.line.clone(), self.dead.clone());
                let settle = Box::new(Unsettled { message: Some(message.clone()), lane, line, dead, slot: Some(slot) });
                return Some(Delivery { message, redelivered, place: None, settle });
            }
            arrived.await;
        }
    }
}

/// A delivery's way back into its lane, and the prefetch slot it takes.
struct Unsettled {
    message: Option<Message>,
    lane: Lane,
    line: Arc<Line>,
    dead: Arc<Line>,
    slot: Option<OwnedSemaphorePermit>,
}

#[async_trait]
impl Settle for Unsettled {
    async fn settle(mut self: Box<Self>, verdict: Verdict) -> Result<(), QueueError> {
        let Some(message) = self.message.take() else { return Ok(()) };
        match verdict {
            Verdict::Ack => {}
            Verdict::Return => self.line.hand_back(message),
            Verdict::Behind => self.line.push(message.behind()),
            Verdict::DeadLetter { reason } => {
                tracing::warn!(message.id = %message.id, reason, "a message went to the dead letters");
                self.dead.push(message.dead_letter(self.lane, &reason));
            }
        }
        Ok(())
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        if let Some(message) = self.message.take() {
            self.line.hand_back(message);
        }
        // The slot is free only once the message is back in its lane.
        drop(self.slot.take());
    }
}
