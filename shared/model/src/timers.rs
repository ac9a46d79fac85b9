//! The timers of a call and its hard cap. There is no other total timeout: it would kill healthy streams.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

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
    /// How long the first token may take after sending or after the last sign of life, be it text or reasoning.
    #[serde(with = "duration")]
    pub first_token: Duration,
    /// The same for local servers, which may load the model first, and for models that reason. It is the longest for all.
    #[serde(with = "duration")]
    pub first_token_slow: Duration,
    /// How long the next token may take. Pings and empty events do not count.
    #[serde(with = "duration")]
    pub idle: Duration,
    /// How long the usage and the end of the stream may take after a finish reason that came without text.
    #[serde(with = "duration")]
    pub settle: Duration,
}

/// When a local server last wrote anything for any call. It may read one prompt after another, and is silent for a call
/// while it works on the others.
#[derive(Debug, Default)]
pub(crate) struct Activity(Mutex<Option<Instant>>);

impl Activity {
    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn last(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The timer of one call, which knows what the call waits for.
pub(crate) struct CallTimer {
    activity: Option<Arc<Activity>>,
    started: Instant,
    due: Instant,
    end: Instant,
    cap: Duration,
    first_token: Duration,
    /// The latest that the first token may come where the server shows that it is alive.
    first_token_latest: Instant,
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
            activity: None,
            started,
            due: started + first_token,
            end: started + cap,
            cap,
            first_token,
            first_token_latest: started + first_token.max(timers.first_token_slow),
            idle: timers.idle,
            settle: timers.settle,
            awaited: Awaited::FirstToken,
        }
    }

    /// Counts the wait for the first token from what the server last wrote for any call.
    pub(crate) fn beside(self, activity: Option<Arc<Activity>>) -> Self {
        Self { activity, ..self }
    }

    /// Waits for one step of the call, for as long as its phase allows.
    pub(crate) async fn within<T>(&self, step: impl Future<Output = T>) -> Result<T, CallErrorKind> {
        let mut step = pin!(step);
        let mut due = self.due.min(self.end);
        loop {
            match timeout_at(due, &mut step).await {
                Ok(done) => return Ok(done),
                Err(_) => due = self.later_turn().filter(|later| *later > due).ok_or_else(|| self.expired())?,
            }
        }
    }

    /// Returns how long a call that waits for its first token has, if the server has worked on another call meanwhile.
    fn later_turn(&self) -> Option<Instant> {
        let activity = self.activity.as_ref().filter(|_| self.awaited == Awaited::FirstToken)?;
        Some(activity.last()? + self.first_token)
    }

    /// Notes that something arrived which is no token. Before the first token it shows that the call is queued, and so
    /// the wait goes on, up to a limit. After it, a stream may be kept alive and write nothing for ever.
    pub(crate) fn sign_of_life(&mut self) {
        if self.awaited == Awaited::FirstToken {
            let longer = Instant::now() + self.first_token;
            self.due = self.due.max(longer.min(self.first_token_latest));
            self.end = self.end.max(self.due);
        }
    }

    /// Notes a token: the idle timer starts anew.
    pub(crate) fn token_arrived(&mut self) {
        let now = Instant::now();
        if let Some(activity) = &self.activity {
            activity.note();
        }
        if self.awaited == Awaited::FirstToken {
            // The time in the server's queue is no time of writing.
            self.end = now + self.cap;
        }
        self.awaited = Awaited::NextToken;
        self.due = now + self.idle;
    }

    /// Notes that a finish reason has arrived: the call waits only for the trailer.
    ///
    /// Some servers send a finish reason with every piece of text. Where it came with text, more may follow.
    pub(crate) fn finish_arrived(&mut self, with_text: bool) {
        let due = Instant::now() + if with_text { self.idle } else { self.settle };
        self.due = if self.awaited == Awaited::Trailer { self.due.min(due) } else { due };
        self.awaited = Awaited::Trailer;
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
        if self.end < self.due {
            return CallErrorKind::Truncated(format!("still unfinished at its cap of {:?}", self.cap));
        }
        let waited = self.due.duration_since(self.started);
        CallErrorKind::Connection(match self.awaited {
            Awaited::FirstToken => format!("no first token within {waited:?}"),
            Awaited::NextToken => format!("no further token for {:?}", self.idle),
            Awaited::Trailer => "no end of the stream".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::default_settings;

    const SECOND: Duration = Duration::from_secs(1);

    fn timer(first_token_slow: Duration, cap: Duration) -> CallTimer {
        CallTimer::start(&Timers { first_token_slow, ..default_settings().timers }, 60 * SECOND, cap)
    }

    #[test]
    fn signs_of_life_extend_the_wait_for_the_first_token_up_to_its_longest() {
        let mut queued = timer(600 * SECOND, 90 * SECOND);
        let first = queued.due;
        queued.sign_of_life();
        assert!(queued.due > first);
        queued.started -= 580 * SECOND;
        queued.first_token_latest -= 580 * SECOND;
        queued.sign_of_life();
        assert!(queued.due < Instant::now() + 60 * SECOND);
        assert!(queued.end >= queued.due, "a queue is left for its own reason");
        let mut short = timer(60 * SECOND, 90 * SECOND);
        let due = short.due;
        short.sign_of_life();
        assert_eq!(short.due, due);
    }

    #[tokio::test]
    async fn while_a_local_server_works_on_another_call_its_silence_is_no_fault() {
        let activity = Arc::<Activity>::default();
        let call = || timer(60 * SECOND, 90 * SECOND).beside(Some(activity.clone()));
        let (mut first, mut second) = (call(), call());
        assert_eq!(second.later_turn(), None);
        second.due -= 50 * SECOND;
        first.token_arrived();
        assert!(second.later_turn().unwrap() > second.due + 49 * SECOND, "its turn begins now");
        second.due -= 60 * SECOND;
        let mut steps = 0;
        let third_poll = std::future::poll_fn(|context| {
            steps += 1;
            context.waker().wake_by_ref();
            if steps < 3 { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
        });
        second.within(third_poll).await.unwrap();
        second.token_arrived();
        assert_eq!(second.later_turn(), None);
    }

    #[test]
    fn signs_of_life_extend_no_wait_for_a_further_token() {
        let mut stalled = timer(600 * SECOND, 90 * SECOND);
        stalled.token_arrived();
        let due = stalled.due;
        stalled.sign_of_life();
        assert_eq!(stalled.due, due);
    }

    #[test]
    fn the_cap_counts_from_the_first_token() {
        let mut queued = timer(600 * SECOND, 90 * SECOND);
        queued.end -= 80 * SECOND;
        queued.token_arrived();
        let end = queued.end;
        assert!(end >= queued.started + 90 * SECOND);
        queued.token_arrived();
        assert_eq!(queued.end, end);
    }
}
