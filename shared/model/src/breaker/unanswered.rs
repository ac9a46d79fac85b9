//! Decides that a provider which has answered no call of this process is not there, so that a run by hand can end.

use tokio::time::Instant;

use crate::CallErrorKind;

/// The failures, each of a call that began after the last one, after which the provider counts as not there.
const FAILURES: u32 = 4;

/// What is known of a provider that has answered no call.
#[derive(Debug, Default)]
pub(super) struct Unanswered {
    failures: u32,
    last: Option<Instant>,
    verdict: Option<CallErrorKind>,
}

impl Unanswered {
    /// Counts the failure of a call, which began at `admitted`. Calls that run at the same time count once. `all_failed`
    /// tells that no running call can still be answered.
    ///
    /// Returns whether the failure is of a kind that counts.
    pub(super) fn count(&mut self, error: &CallErrorKind, admitted: Instant, now: Instant, all_failed: bool) -> bool {
        match error {
            CallErrorKind::BadKey(_) | CallErrorKind::OutOfMoney(_) => self.verdict = Some(error.clone()),
            CallErrorKind::Overloaded { detail, .. } if is_loading(detail) => return false,
            CallErrorKind::Overloaded { .. } | CallErrorKind::Connection(_) => {
                if self.last.is_none_or(|last| admitted > last) {
                    self.failures += 1;
                    self.last = Some(now);
                }
                if self.failures >= FAILURES && all_failed {
                    self.verdict = Some(error.clone());
                }
            }
            _ => return false,
        }
        true
    }

    /// Returns the error for which the provider counts as not there.
    pub(super) fn verdict(&self) -> Option<&CallErrorKind> {
        self.verdict.as_ref()
    }
}

/// Returns whether a server says that it is still loading its model, as llama.cpp does for as long as that takes.
fn is_loading(detail: &str) -> bool {
    detail.to_lowercase().contains("loading")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn refused() -> CallErrorKind {
        CallErrorKind::Connection("Connection refused".into())
    }

    fn overloaded(detail: &str) -> CallErrorKind {
        CallErrorKind::Overloaded { status: 503, retry_after: None, detail: detail.into() }
    }

    #[test]
    fn a_rejected_key_is_a_verdict_at_once() {
        let (mut unanswered, now) = (Unanswered::default(), Instant::now());
        assert!(unanswered.count(&CallErrorKind::BadKey("no".into()), now, now, true));
        assert_eq!(unanswered.verdict(), Some(&CallErrorKind::BadKey("no".into())));
    }

    #[test]
    fn a_server_is_not_there_after_failures_one_after_another_and_not_after_failures_at_once() {
        let (mut unanswered, start) = (Unanswered::default(), Instant::now());
        let second = Duration::from_secs(1);
        for _ in 0..20 {
            unanswered.count(&refused(), start, start + second, true);
        }
        assert_eq!(unanswered.verdict(), None);
        for later in 2..=FAILURES {
            let now = start + second * later;
            unanswered.count(&refused(), now, now, true);
        }
        assert_eq!(unanswered.verdict(), Some(&refused()));
    }

    #[test]
    fn calls_that_may_still_be_answered_and_a_model_that_loads_are_waited_for() {
        let (mut unanswered, start) = (Unanswered::default(), Instant::now());
        for later in 1..20 {
            let now = start + Duration::from_secs(later);
            assert!(unanswered.count(&overloaded("no capacity"), now, now, false));
            assert!(!unanswered.count(&overloaded("Loading model"), now, now, true));
        }
        assert_eq!(unanswered.verdict(), None);
    }
}
