//! A connection that is made again whenever it is lost.

use std::{future::Future, sync::Arc, time::Duration};

use bindery_domain::Backoff;
use futures_util::StreamExt;
use lapin::{Channel, Connection, Event};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::{
    super::QueueError,
    dial::{Dial, Purpose},
};

/// Between two tries to get back what was lost.
pub(super) const RETRY: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(10) };

/// How soon a lost connection is noticed where no event tells of it.
const LOOK: Duration = Duration::from_secs(1);

/// One supervised connection.
pub(super) struct Link {
    dial: Arc<Dial>,
    state: watch::Receiver<State>,
    _supervisor: AbortOnDropHandle<()>,
}

#[derive(Clone)]
enum State {
    Up(Arc<Connection>),
    /// Connected, but the broker reads nothing that is published.
    Blocked,
    Down {
        cause: String,
    },
}

/// Why something that was asked of the broker was not done.
pub(super) enum Fault {
    /// The connection or the channel failed.
    Amqp(lapin::Error),
    /// The broker answered, and not with yes.
    Refused(String),
    /// There is no queue of this name.
    Unroutable(String),
}

impl From<lapin::Error> for Fault {
    fn from(error: lapin::Error) -> Self {
        Self::Amqp(error)
    }
}

impl Link {
    /// Connects, and keeps connected from then on.
    pub(super) async fn open(dial: Arc<Dial>, purpose: Purpose) -> Result<Self, QueueError> {
        let connection = Arc::new(dial.connect(purpose).await?);
        let (sender, state) = watch::channel(State::Up(connection.clone()));
        let supervisor = tokio::spawn(supervise(dial.clone(), purpose, connection, sender));
        Ok(Self { dial, state, _supervisor: AbortOnDropHandle::new(supervisor) })
    }

    /// Opens a channel, once there is a connection that is not blocked.
    pub(super) async fn channel(&self) -> Result<Channel, Fault> {
        Ok(self.up().await?.create_channel().await?)
    }

    /// Waits for a connection that is not blocked, and returns it.
    pub(super) async fn up(&self) -> Result<Arc<Connection>, Fault> {
        let mut state = self.state.clone();
        loop {
            if let State::Up(connection) = &*state.borrow_and_update() {
                return Ok(connection.clone());
            }
            // The supervisor ends with the link, unless the runtime is going down.
            state.changed().await.map_err(|_| Fault::Refused("the program ends".to_owned()))?;
        }
    }

    /// Gives what is asked of the broker its time, and says why it was not done.
    pub(super) async fn within<T>(&self, asked: impl Future<Output = Result<T, Fault>>) -> Result<T, QueueError> {
        match tokio::time::timeout(self.dial.timeout(), asked).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(Fault::Refused(reason))) => Err(QueueError::Unconfirmed(reason)),
            Ok(Err(Fault::Unroutable(queue))) => {
                Err(QueueError::Unconfirmed(format!("the broker has no queue `{queue}`")))
            }
            Ok(Err(Fault::Amqp(error))) => Err(QueueError::Unconfirmed(error.to_string())),
            Err(_) => Err(self.late()),
        }
    }

    /// Returns whether the connection stands, as far as is known.
    pub(super) fn is_up(&self) -> bool {
        !matches!(&*self.state.borrow(), State::Down { .. })
    }

    fn late(&self) -> QueueError {
        match &*self.state.borrow() {
            State::Down { cause } => self.dial.unreachable(cause.clone()),
            State::Blocked => QueueError::Blocked,
            State::Up(_) => {
                QueueError::Unconfirmed(format!("no answer within {} s", self.dial.timeout().as_secs_f64()))
            }
        }
    }
}

async fn supervise(dial: Arc<Dial>, purpose: Purpose, mut connection: Arc<Connection>, state: watch::Sender<State>) {
    loop {
        let cause = lost(&connection, &state).await;
        tracing::warn!(%purpose, cause, "the connection to the broker is lost; it is made again");
        state.send_replace(State::Down { cause });
        connection = Arc::new(connect_again(&dial, purpose, &state).await);
        tracing::info!(%purpose, "the connection to the broker is back");
        state.send_replace(State::Up(connection.clone()));
    }
}

/// Waits until a connection is lost, and returns why.
async fn lost(connection: &Arc<Connection>, state: &watch::Sender<State>) -> String {
    let mut events = connection.events_listener();
    let mut cause = None;
    while connection.status().connected() {
        match tokio::time::timeout(LOOK, events.next()).await {
            Ok(Some(Event::Error(error))) => cause = Some(error.to_string()),
            Ok(Some(Event::ConnectionBlocked(reason))) => {
                tracing::warn!(reason, "the broker has blocked publishers");
                state.send_replace(State::Blocked);
            }
            Ok(Some(Event::ConnectionUnblocked)) => {
                tracing::info!("the broker lets publishers go on");
                state.send_replace(State::Up(connection.clone()));
            }
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => break,
        }
    }
    cause.unwrap_or_else(|| "it was closed".to_owned())
}

async fn connect_again(dial: &Dial, purpose: Purpose, state: &watch::Sender<State>) -> Connection {
    let mut random = fastrand::Rng::new();
    for failures in 1.. {
        tokio::time::sleep(RETRY.delay(failures, &mut random)).await;
        match dial.connect(purpose).await {
            Ok(connection) => return connection,
            Err(error) => {
                tracing::debug!(%purpose, %error, "the broker is still out of reach");
                state.send_replace(State::Down { cause: error.to_string() });
            }
        }
    }
    unreachable!("it is tried for ever")
}
