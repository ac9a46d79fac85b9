//! Warming the server's prompt cache. Where writing the cache costs extra, one call with a prefix goes first, and the
//! others wait for its first token. They then read the prefix from the cache instead of each writing it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bindery_domain::{Digest, estimate_tokens};
use tokio::{
    sync::{Mutex as Turn, OwnedMutexGuard},
    time::Instant,
};

/// How long a prefix counts as cached after its last use. The caches in use keep it for five minutes at least.
const KEPT: Duration = Duration::from_secs(4 * 60);

/// The shortest prefix that servers cache, by the estimate that errs upwards.
const MIN_TOKENS: u64 = 1_024;

/// The prefixes of one model by their digests.
#[derive(Debug, Default)]
pub(super) struct Warming(Mutex<HashMap<Digest, Arc<Prefix>>>);

/// What is known of one prefix.
#[derive(Debug, Default)]
struct Prefix {
    used_at: Mutex<Option<Instant>>,
    /// The right to be the call that goes first.
    turn: Arc<Turn<()>>,
}

/// A call's use of a prefix.
pub(super) struct PrefixUse {
    prefix: Arc<Prefix>,
    /// Held by the call that goes first. When it is dropped, the next call looks again whether the prefix is warm.
    turn: Mutex<Option<OwnedMutexGuard<()>>>,
}

impl Warming {
    /// Waits until the prefix is cached, or until this call is the one to go first. Returns `None` for a prefix that no
    /// server caches.
    pub(super) async fn enter(&self, prefix: &str) -> Option<PrefixUse> {
        if estimate_tokens(prefix) < MIN_TOKENS {
            return None;
        }
        let prefix = self.prefix(Digest::of(prefix));
        if prefix.is_warm() {
            return Some(PrefixUse { prefix, turn: Mutex::default() });
        }
        let turn = prefix.turn.clone().lock_owned().await;
        // The call before may have warmed it, or have failed.
        let turn = Some(turn).filter(|_| !prefix.is_warm());
        Some(PrefixUse { prefix, turn: Mutex::new(turn) })
    }

    fn prefix(&self, digest: Digest) -> Arc<Prefix> {
        let mut prefixes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A prefix that nobody waits for and that has left the server's cache is forgotten.
        prefixes.retain(|_, prefix| Arc::strong_count(prefix) > 1 || prefix.is_warm());
        prefixes.entry(digest).or_default().clone()
    }
}

impl Prefix {
    fn is_warm(&self) -> bool {
        let used_at = self.used_at.lock().unwrap_or_else(PoisonError::into_inner);
        used_at.is_some_and(|at| at.elapsed() < KEPT)
    }
}

impl PrefixUse {
    /// Notes that the server has begun to answer, so that it has read and cached the prefix. The calls that wait may go.
    pub(super) fn answer_began(&self) {
        *self.prefix.used_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.turn.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::Pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    fn long() -> String {
        "A harbour is a clock. ".repeat(400)
    }

    type Entering<'a> = Pin<Box<dyn Future<Output = Option<PrefixUse>> + 'a>>;

    fn enter<'a>(warming: &'a Warming, prefix: &'a str) -> Entering<'a> {
        Box::pin(warming.enter(prefix))
    }

    fn poll(entering: &mut Entering<'_>) -> Option<PrefixUse> {
        match entering.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(entered) => Some(entered.expect("the prefix is long")),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn calls_wait_until_the_first_one_is_answered() {
        let (warming, prefix) = (Warming::default(), long());
        let first = poll(&mut enter(&warming, &prefix)).unwrap();
        let mut others = [enter(&warming, &prefix), enter(&warming, &prefix)];
        assert!(others.iter_mut().all(|other| poll(other).is_none()));
        first.answer_began();
        assert!(others.iter_mut().all(|other| poll(other).is_some()));
        assert!(poll(&mut enter(&warming, &prefix)).is_some(), "it is warm");
    }

    #[tokio::test]
    async fn the_next_call_goes_first_where_the_first_one_failed() {
        let (warming, prefix) = (Warming::default(), long());
        let failing = poll(&mut enter(&warming, &prefix)).unwrap();
        let (mut next, mut last) = (enter(&warming, &prefix), enter(&warming, &prefix));
        assert!(poll(&mut next).is_none() && poll(&mut last).is_none());
        drop(failing);
        let next = poll(&mut next).expect("it is its turn");
        assert!(poll(&mut last).is_none());
        next.answer_began();
        assert!(poll(&mut last).is_some());
    }

    #[tokio::test]
    async fn a_prefix_that_was_not_used_for_a_time_is_warmed_again_and_a_short_one_never() {
        let (warming, prefix) = (Warming::default(), long());
        let used = poll(&mut enter(&warming, &prefix)).unwrap();
        used.answer_began();
        *used.prefix.used_at.lock().unwrap() = Instant::now().checked_sub(KEPT);
        drop(used);
        let first = poll(&mut enter(&warming, &prefix)).unwrap();
        assert!(poll(&mut enter(&warming, &prefix)).is_none());
        drop(first);
        assert!(warming.enter("A harbour is a clock.").await.is_none());
    }

    #[tokio::test]
    async fn another_book_is_not_waited_for() {
        let warming = Warming::default();
        let (one, other) = (long(), long() + "Another.");
        let _first = poll(&mut enter(&warming, &one)).unwrap();
        assert!(poll(&mut enter(&warming, &other)).is_some());
    }
}
