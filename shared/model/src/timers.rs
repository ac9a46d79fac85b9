//! The timers of a call and its hard cap. There is no other total timeout: it would kill healthy streams.

use std::{future::Future, time::Duration};

use bindery_domain::duration;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use crate::CallErrorKind;

/// The timers of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timers {
    /// How long the connection to the server may take, with TLS.
    #[serde(with = "duration")]
    pub connect: Duration,
    /// How long the first token may take after sending, be it text or reasoning.
    #[serde(with = "duration")]
    pub first_token: Duration,
    /// The same for local servers, which may load the model first, and for models that reason.
    #[serde(with = "duration")]
    pub first_token_slow: Duration,
    /// How long the next token may take. Pings and empty events do not count.
    #[serde(with = "duration")]
    pub idle: Duration,
    /// How long the usage and the end of the stream may take after the finish reason.
    #[serde(with = "duration")]
    pub settle: Duration,
}

/// The timer of one call, which knows what the call waits for.
pub(crate) struct CallTimer {
    started: Instant,
    due: Instant,
    end: Instant,
    cap: Duration,
    idle: Duration,
    settle: Duration,
    awaited: Awaited,
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaited {
    FirstToken,
    NextToken,
    /// The usage and the end of the stream, after the finish reason.
    Trailer,
}

impl CallTimer {
    /// Starts the timer of a call that is about to be sent.
    pub(crate) fn start(timers: &Timers, first_token: Duration, cap: Duration) -> Self {
        let started = Instant::now();
        Self {
            started,
            due: started + first_token,
            end: started + cap,
            cap,
            idle: timers.idle,
            settle: timers.settle,
            awaited: Awaited::FirstToken,
        }
    }

    /// Waits for one step of the call, for as long as its phase allows.
    pub(crate) async fn within<T>(&self, step: impl Future<Output = T>) -> Result<T, CallErrorKind> {
        timeout_at(self.due.min(self.end), step).await.map_err(|_| self.expired())
    }

    /// Notes a token: the idle timer starts anew.
    pub(crate) fn token_arrived(&mut self) {
        if self.awaited != Awaited::Trailer {
            self.awaited = Awaited::NextToken;
            self.due = Instant::now() + self.idle;
        }
    }

    /// Notes that the finish reason has arrived: the call waits only for the trailer, and not for long.
    pub(crate) fn finish_arrived(&mut self) {
        if self.awaited != Awaited::Trailer {
            self.awaited = Awaited::Trailer;
            self.due = Instant::now() + self.settle;
        }
    }

    /// Returns whether no token has arrived yet.
    pub(crate) fn awaits_first_token(&self) -> bool {
        self.awaited == Awaited::FirstToken
    }

    /// Returns how long the call has been running.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn expired(&self) -> CallErrorKind {
        if self.end <= self.due {
            return CallErrorKind::Truncated(format!("still unfinished at its cap of {:?}", self.cap));
        }
        let waited = self.due.duration_since(self.started);
        CallErrorKind::Connection(match self.awaited {
            Awaited::FirstToken => format!("no first token within {waited:?}"),
            Awaited::NextToken => format!("no further token for {:?}", self.idle),
            Awaited::Trailer => format!("no end of the stream for {:?}", self.settle),
        })
    }
}
