//! The three timers of a call and its hard cap. There is no total timeout: it would kill healthy streams.

use std::future::Future;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use super::CallError;

/// How long a call waits for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timers {
    /// Seconds to reach the server, TLS included.
    #[serde(with = "seconds")]
    pub connect: Duration,
    /// Seconds from sending to the first token, of text or of reasoning.
    #[serde(with = "seconds")]
    pub first_token: Duration,
    /// The same for local servers, which may load the model first, and for models that reason.
    #[serde(with = "seconds")]
    pub first_token_slow: Duration,
    /// Seconds between two tokens; pings and empty events do not count.
    #[serde(with = "seconds")]
    pub idle: Duration,
    /// Seconds an already proven answer waits for its usage and the end of its stream.
    #[serde(with = "seconds")]
    pub settle: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_token: Duration::from_secs(60),
            first_token_slow: Duration::from_secs(600),
            idle: Duration::from_secs(45),
            settle: Duration::from_secs(5),
        }
    }
}

/// The clock of one call.
pub(super) struct Watch {
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
    Trailer,
}

impl Watch {
    /// Starts the clock of a call that is about to be sent.
    pub(super) fn start(timers: &Timers, first_token: Duration, cap: Duration) -> Self {
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
    pub(super) async fn within<T>(&self, step: impl Future<Output = T>) -> Result<T, CallError> {
        timeout_at(self.due.min(self.end), step).await.map_err(|_| self.expired())
    }

    /// Notes a token: from now on the idle timer runs.
    pub(super) fn token(&mut self) {
        if self.awaited != Awaited::Trailer {
            self.awaited = Awaited::NextToken;
            self.due = Instant::now() + self.idle;
        }
    }

    /// Notes that the answer is proven: only its trailer is still awaited, and not for long.
    pub(super) fn proven(&mut self) {
        if self.awaited != Awaited::Trailer {
            self.awaited = Awaited::Trailer;
            self.due = Instant::now() + self.settle;
        }
    }

    /// Returns whether no token has come yet.
    pub(super) fn silent(&self) -> bool {
        self.awaited == Awaited::FirstToken
    }

    /// Returns how long the call has been running.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn expired(&self) -> CallError {
        if self.end <= self.due {
            return CallError::Truncated(format!("still unfinished at its cap of {:?}", self.cap));
        }
        let waited = self.due.duration_since(self.started);
        CallError::Connection(match self.awaited {
            Awaited::FirstToken => format!("no first token within {waited:?}"),
            Awaited::NextToken => format!("no further token for {:?}", self.idle),
            Awaited::Trailer => format!("no end of the stream for {:?}", self.settle),
        })
    }
}

/// Durations in settings are numbers of seconds.
mod seconds {
    use std::time::Duration;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(value.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        match Duration::try_from_secs_f64(seconds) {
            Ok(value) if !value.is_zero() => Ok(value),
            _ => Err(D::Error::custom("a timer must be a positive number of seconds")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_read_in_seconds_and_keep_their_defaults() {
        let timers: Timers = serde_json::from_str(r#"{"idle": 1.5}"#).unwrap();
        assert_eq!(timers.idle, Duration::from_millis(1500));
        assert_eq!(timers.first_token, Duration::from_secs(60));
        for wrong in [r#"{"idle": 0}"#, r#"{"idle": -1}"#, r#"{"idel": 1}"#, r#"{"idle": 1e400}"#] {
            assert!(serde_json::from_str::<Timers>(wrong).is_err(), "{wrong}");
        }
    }
}
