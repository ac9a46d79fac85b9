//! A connection that is made again whenever it is lost.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use bindery_domain::Backoff;
use futures_util::StreamExt;
use lapin::{Channel, Connection, Event};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::{
    super::{QueueError, TooLong},
    connector::{Connector, Purpose},
    properties::Carrier,
};

/// The waits between attempts to get back a connection or a consumer.
pub(super) const RETRY_BACKOFF: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(10) };

/// How often a connection that stays lost is logged.
const REMINDER: Duration = Duration::from_secs(60);

/// How often the connection's status is read, for losses that no event reports.
const STATUS_INTERVAL: Duration = Duration::from_secs(1);

/// A connection with a supervisor that makes it again whenever it is lost.
pub(super) struct SupervisedConnection {
    connector: Arc<Connector>,
    state: watch::Receiver<State>,
    _supervisor: AbortOnDropHandle<()>,
}

#[derive(Clone)]
enum State {
    Connected(Arc<Connection>),
    /// Connected, but the broker reads nothing that is published.
    Blocked,
    Lost {
        cause: String,
    },
}

/// Why an operation at the broker failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrokerError {
    /// The connection or the channel failed.
    #[error(transparent)]
    Amqp(#[from] lapin::Error),
    #[error(transparent)]
    TooLong(#[from] TooLong),
    #[error("the broker has no queue `{0}`")]
    Unroutable(String),
    #[error("the broker rejected a message to `{0}`")]
    Nacked(String),
    #[error("a message in another's name needs a connection whose user stands in its URL")]
    Anonymous,
    #[error("the channel gives no confirms")]
    NoConfirms,
    #[error("the channel has ended")]
    ChannelEnded,
    #[error("the program is shutting down")]
    ShuttingDown,
}

impl SupervisedConnection {
    /// Connects, and keeps connected from then on.
    pub(super) async fn open(connector: Arc<Connector>, purpose: Purpose) -> Result<Self, QueueError> {
        let connection = Arc::new(connector.connect(purpose).await?);
        let (sender, state) = watch::channel(State::Connected(connection.clone()));
        let supervisor = tokio::spawn(supervise(connector.clone(), purpose, connection, sender));
        Ok(Self { connector, state, _supervisor: AbortOnDropHandle::new(supervisor) })
    }

    /// Opens a channel once the connection is ready.
    pub(super) async fn channel(&self) -> Result<Channel, BrokerError> {
        Ok(self.ready().await?.create_channel().await?)
    }

    /// Waits until there is a connection that the broker does not block, and returns it.
    pub(super) async fn ready(&self) -> Result<Arc<Connection>, BrokerError> {
        let mut state = self.state.clone();
        loop {
            if let State::Connected(connection) = &*state.borrow_and_update() {
                return Ok(connection.clone());
            }
            // The supervisor ends before this value only when the runtime shuts down.
            state.changed().await.map_err(|_| BrokerError::ShuttingDown)?;
        }
    }

    /// Returns the user that the broker knows this program as, if that is known.
    pub(super) fn user(&self) -> Option<&str> {
        self.connector.user()
    }

    /// Waits until the connection is ready, and returns what it lets a message carry.
    pub(super) async fn carrier(&self) -> Result<Carrier<'_>, BrokerError> {
        let frame_max = self.ready().await?.configuration().frame_max();
        Ok(Carrier { user: self.user(), frame_max })
    }

    /// Runs an operation at the broker, for at most as long as the broker may take to answer.
    pub(super) async fn with_timeout<T>(
        &self,
        operation: impl Future<Output = Result<T, BrokerError>>,
    ) -> Result<T, QueueError> {
        match tokio::time::timeout(self.connector.timeout(), operation).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(BrokerError::TooLong(name))) => Err(QueueError::TooLong(name)),
            Ok(Err(error)) => Err(QueueError::Unconfirmed(error.to_string())),
            Err(_) => Err(self.timeout_error()),
        }
    }

    /// Returns whether the last known state of the connection is connected or blocked.
    pub(super) fn is_connected(&self) -> bool {
        !matches!(&*self.state.borrow(), State::Lost { .. })
    }

    /// Returns the reason why an operation timed out.
    fn timeout_error(&self) -> QueueError {
        match &*self.state.borrow() {
            State::Lost { cause } => self.connector.unreachable(cause.clone()),
            State::Blocked => QueueError::Blocked,
            State::Connected(_) => {
                QueueError::Unconfirmed(format!("no answer within {} s", self.connector.timeout().as_secs_f64()))
            }
        }
    }
}

async fn supervise(
    connector: Arc<Connector>,
    purpose: Purpose,
    mut connection: Arc<Connection>,
    state: watch::Sender<State>,
) {
    loop {
        let cause = wait_until_lost(&connection, &state).await;
        tracing::warn!(%purpose, cause, "the connection to the broker is lost; it is made again");
        state.send_replace(State::Lost { cause });
        connection = Arc::new(reconnect(&connector, purpose, &state).await);
        tracing::info!(%purpose, "the connection to the broker is back");
        state.send_replace(State::Connected(connection.clone()));
    }
}

/// Waits until a connection is lost, and returns why.
async fn wait_until_lost(connection: &Arc<Connection>, state: &watch::Sender<State>) -> String {
    let mut events = connection.events_listener();
    let mut cause = None;
    while connection.status().connected() {
        match tokio::time::timeout(STATUS_INTERVAL, events.next()).await {
            Ok(Some(Event::Error(error))) => cause = Some(error.to_string()),
            Ok(Some(Event::ConnectionBlocked(reason))) => {
                tracing::warn!(reason, "the broker has blocked publishers");
                state.send_replace(State::Blocked);
            }
            Ok(Some(Event::ConnectionUnblocked)) => {
                tracing::info!("the broker has unblocked publishers");
                state.send_replace(State::Connected(connection.clone()));
            }
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => break,
        }
    }
    cause.unwrap_or_else(|| "it was closed".to_owned())
}

/// Says when a loss that lasts is to be logged again.
struct Reminder {
    since: Instant,
    told: Instant,
}

impl Reminder {
    /// Begins with a loss that was just logged.
    fn from(now: Instant) -> Self {
        Self { since: now, told: now }
    }

    /// Returns how long the loss has lasted, if that is to be logged now.
    fn due(&mut self, now: Instant) -> Option<Duration> {
        (now - self.told >= REMINDER).then(|| {
            self.told = now;
            now - self.since
        })
    }
}

async fn reconnect(connector: &Connector, purpose: Purpose, state: &watch::Sender<State>) -> Connection {
    let (mut random, mut reminder) = (fastrand::Rng::new(), Reminder::from(Instant::now()));
    for failures in 1.. {
        tokio::time::sleep(RETRY_BACKOFF.delay(failures, &mut random)).await;
        match connector.connect(purpose).await {
            Ok(connection) => return connection,
            Err(error) => {
                if let Some(lasts) = reminder.due(Instant::now()) {
                    tracing::warn!(%purpose, %error, lasts_s = lasts.as_secs(), "the broker still cannot be reached");
                }
                state.send_replace(State::Lost { cause: error.to_string() });
            }
        }
    }
    unreachable!("the loop has no last attempt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_stays_lost_is_logged_once_a_minute() {
        let begun = Instant::now();
        let mut reminder = Reminder::from(begun);
        let told = (1..=300).filter_map(|second| reminder.due(begun + Duration::from_secs(second)));
        assert_eq!(told.map(|lasts| lasts.as_secs()).collect::<Vec<_>>(), [60, 120, 180, 240, 300]);
    }
}
