//! The dead letters: messages that no process could read. They are taken from their queue, looked at, sent again or removed, and
//! what is left is handed back.

use std::time::{Duration, Instant};

use bindery_domain::Lane;
use bindery_protocol::{DEAD_LANE, DEAD_REASON, DEAD_SIZE, Message, UNPROVEN_SENDER};
use bindery_queue::{Consumer, Delivery, Queue, QueueError, Verdict};
use tokio::time::timeout;

#[cfg(test)]
mod tests;

/// The most messages that are taken at once.
const MOST: u64 = 1_000;

/// The most bytes of messages, after which no more are taken. All are held until the end, since a message that is put back would
/// come again.
const MOST_BYTES: usize = 32_000_000;

/// How many messages one consumer takes. The broker sends them without knowing how much memory they need here.
const BATCH: u16 = 20;

/// How long the broker has to put messages back. It may never happen, because somebody else can take them at once.
const RETURN_TIMEOUT: Duration = Duration::from_secs(10);

/// How often the number of messages is checked.
const LOOK: Duration = Duration::from_millis(10);

/// Why dead letters cannot be looked after.
#[derive(Debug, thiserror::Error)]
pub enum DeadLetterError {
    /// The broker has messages and sends none.
    #[error(
        "the broker has {0} dead letters and does not hand them on; somebody else may have taken them, or one of them cannot be \
         read by any client: docs/runbook/dead-letters.md says how to remove it"
    )]
    Withheld(u64),
    /// No dead letter has this id.
    #[error("no dead letter is called `{0}`")]
    Unknown(String),
    /// The broker failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Dead letters that were taken from their queue. Those that are dropped go back to it.
pub struct DeadLetters {
    letters: Vec<Delivery>,
    consumers: Vec<Box<dyn Consumer>>,
    left: u64,
}

/// What became of a dead letter that was to be sent again.
#[derive(Debug)]
pub struct SentAgain {
    /// The id of the message.
    pub id: String,
    /// The sender that it is sent again as, if it is somebody's.
    pub sender: Option<String>,
    /// The lane that it was sent to, or why it stays.
    pub sent: Result<Lane, Stays>,
}

/// Why a dead letter stays.
#[derive(Debug, thiserror::Error)]
pub enum Stays {
    /// It names no lane that it could go back to.
    #[error("it does not say where it comes from")]
    NoOrigin,
    /// Its body was not kept.
    #[error("its {bytes} bytes were too many to keep; its sender must send a shorter one")]
    TooLong {
        /// How many there were, as the message says.
        bytes: String,
    },
    /// Somebody wrote it in the name of another sender.
    #[error(
        "it says that it is {sender}'s, but it was not written by the broker's user that this process connects as; \
         send it again as the fleet's user, or let {sender} send it again"
    )]
    Unproven {
        /// The sender that it names.
        sender: String,
    },
    /// The broker did not take it.
    #[error(transparent)]
    Unpublished(#[from] QueueError),
}

impl DeadLetters {
    /// Takes the messages that are there, within the limits. The broker has `patience` to send each.
    pub async fn take(queue: &dyn Queue, patience: Duration) -> Result<Self, DeadLetterError> {
        let there = queue.depth(Lane::Dead).await?;
        let (mut letters, mut consumers, mut bytes) = (Vec::new(), Vec::new(), 0);
        while (letters.len() as u64) < there.min(MOST) && bytes < MOST_BYTES {
            let mut consumer = queue.consume(Lane::Dead, BATCH).await?;
            for _ in 0..u64::from(BATCH).min(there - letters.len() as u64) {
                // A message with a name that is not text breaks the connection that takes it, again and again.
                let next = timeout(patience, consumer.next()).await;
                let letter: Option<Delivery> = next.map_err(|_| DeadLetterError::Withheld(there))?;
                bytes += letter.as_ref().map_or(0, |letter| letter.message.body.len());
                letters.extend(letter);
            }
            consumers.push(consumer);
        }
        let left = there - letters.len() as u64;
        Ok(Self { letters, consumers, left })
    }

    /// Returns the messages.
    pub fn messages(&self) -> impl ExactSizeIterator<Item = &Message> {
        self.letters.iter().map(|letter| &letter.message)
    }

    /// Returns how many messages were not taken.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Sends messages to the lanes that they came from: the one with this id, or all of them. Those that were sent are no longer here.
    pub async fn send_again(&mut self, queue: &dyn Queue, id: Option<&str>) -> Result<Vec<SentAgain>, DeadLetterError> {
        let mut results = Vec::new();
        for letter in self.choose(id)? {
            let sent = match destination(&letter.message) {
                Ok(lane) => {
                    let published = queue.publish(&lane.into(), letter.message.clone().redriven()).await;
                    published.map(|()| lane).map_err(Stays::from)
                }
                Err(stays) => Err(stays),
            };
            let (id, sender) = (letter.message.id.clone(), letter.message.sender().map(str::to_owned));
            match sent {
                Ok(_) => letter.settle(Verdict::Ack).await?,
                Err(_) => self.letters.push(letter),
            }
            results.push(SentAgain { id, sender, sent });
        }
        Ok(results)
    }

    /// Removes messages for good: the one with this id, or all of them. Returns how many.
    pub async fn remove(&mut self, id: Option<&str>) -> Result<usize, DeadLetterError> {
        let chosen = self.choose(id)?;
        let count = chosen.len();
        for letter in chosen {
            letter.settle(Verdict::Ack).await?;
        }
        Ok(count)
    }

    /// Returns how many messages have an id; all of them count without one.
    pub fn count(&self, id: Option<&str>) -> usize {
        self.messages().filter(|message| id.is_none_or(|id| message.id == id)).count()
    }

    /// Takes those out that an id names.
    fn choose(&mut self, id: Option<&str>) -> Result<Vec<Delivery>, DeadLetterError> {
        match id {
            Some(id) if self.count(Some(id)) == 0 => Err(DeadLetterError::Unknown(id.to_owned())),
            _ => Ok(self.letters.extract_if(.., |letter| id.is_none_or(|id| letter.message.id == id)).collect()),
        }
    }

    /// Hands what is left back, and waits until it is in its queue, so that the next look finds it.
    pub async fn hand_back(self, queue: &dyn Queue) -> Result<(), QueueError> {
        // The consumers end only after the chosen messages are settled. A broker that is still ending a consumer may forget
        // what is settled after that, if the program ends at once.
        drop(self.consumers);
        let count = self.letters.len() as u64;
        for letter in self.letters {
            letter.settle(Verdict::Requeue).await?;
        }
        let until = Instant::now() + RETURN_TIMEOUT;
        while queue.depth(Lane::Dead).await? < count && Instant::now() < until {
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}

/// Where a dead letter comes from, and why it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadLetterOrigin<'a> {
    /// The name of its lane; empty where it does not say.
    pub lane: &'a str,
    /// Why no process could read it.
    pub reason: &'a str,
    /// The tenant that sent it; `None` where it comes from the fleet itself.
    pub tenant: Option<&'a str>,
}

impl<'a> DeadLetterOrigin<'a> {
    /// Reads where a dead letter comes from.
    pub fn of(message: &'a Message) -> Self {
        let lane = header(message, DEAD_LANE);
        let tenant = message.sender().filter(|_| named(lane).is_some_and(Lane::is_public));
        Self { lane, reason: header(message, DEAD_REASON), tenant }
    }
}

fn header<'a>(message: &'a Message, name: &str) -> &'a str {
    message.headers.get(name).map_or("", String::as_str)
}

/// Returns the lane with a name.
fn named(name: &str) -> Option<Lane> {
    Lane::ALL.into_iter().find(|lane| lane.to_string() == name)
}

/// Returns the lane that a letter is sent to again, or why it stays.
fn destination(letter: &Message) -> Result<Lane, Stays> {
    let from = header(letter, DEAD_LANE);
    let lane = named(from).filter(|lane| *lane != Lane::Dead);
    let lane = lane.ok_or(Stays::NoOrigin)?;
    if let Some(bytes) = letter.headers.get(DEAD_SIZE) {
        return Err(Stays::TooLong { bytes: bytes.clone() });
    }
    match letter.headers.get(UNPROVEN_SENDER) {
        Some(sender) if lane.is_public() => Err(Stays::Unproven { sender: sender.clone() }),
        _ => Ok(lane),
    }
}
