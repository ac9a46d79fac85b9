//! Writing one part: charged tries until a text passes its gates, then rewrites while it misses its targets.
//!
//! A part that was kept before is not called again. Tries survive crashes: each failed one is checkpointed before
//! the next begins. Waits that are not the task's fault park it, uncharged.

use std::time::Duration;

use async_trait::async_trait;

use crate::{
    book::{digest::Digest, id::TaskId},
    compute::compute,
    consume::{Halt, Work},
    ledger::{Parking, Part},
    model::{Answer, Call, CallError, CallFailure, Caller, Spending, backoff},
};

/// One part: what is asked for it, and what its texts are held against.
#[async_trait]
pub trait Writing: Send + Sync {
    /// Returns the call of the next try, or of a rewrite of the draft that missed its targets.
    fn call(&self, attempt: u32, draft: Option<&Draft>) -> Call;

    /// Holds a text against the gates and measures it against the targets; a gate's failure is the error.
    fn judge(&self, text: &str) -> Result<Draft, String>;
}

/// A text that passed the gates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text, tidied.
    pub text: String,
    /// Its length, in the book's unit.
    pub length: u32,
    /// What it misses, in sentences that tell a writer what to mend; empty when it meets its targets.
    pub misses: Vec<String>,
    /// How good it is among drafts of its part: higher is better.
    pub score: u32,
}

/// How often a part may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Charged tries.
    pub tries: u32,
    /// Rewrites of a text that passes its gates and misses its targets.
    pub rewrites: u32,
}

/// Writes one part, or returns its kept text.
pub async fn attempt(
    work: &Work,
    caller: &Caller,
    limits: Limits,
    number: u16,
    writing: &dyn Writing,
) -> Result<(String, Part), Halt> {
    let piece = work.part(number);
    if let Some(digest) = &piece.digest
        && let Some(text) = work.text(digest).await?
    {
        return Ok((text, piece));
    }
    let piece = Part { digest: None, ..piece };
    Attempt { work, caller, limits, number, writing, piece, best: None }.run().await
}

struct Attempt<'a> {
    work: &'a Work,
    caller: &'a Caller,
    limits: Limits,
    number: u16,
    writing: &'a dyn Writing,
    piece: Part,
    best: Option<Draft>,
}

impl Attempt<'_> {
    async fn run(mut self) -> Result<(String, Part), Halt> {
        loop {
            let call = self.writing.call(self.piece.attempts + 1, self.best.as_ref());
            match self.make(&call).await {
                Ok(answer) => compute(|| self.weigh(&answer)).await,
                Err(failure) => {
                    self.count(failure.spent());
                    self.piece.wasted += failure.spent().cost;
                    self.react(failure).await?;
                }
            }
            if let Some(best) = &self.best
                && (best.misses.is_empty() || self.piece.rewrites >= self.limits.rewrites)
            {
                return self.keep().await;
            }
            self.record().await?;
            if self.best.is_none() && self.piece.tries >= self.limits.tries {
                return Err(Halt::GiveUp(self.exhausted()));
            }
        }
    }

    async fn make(&self, call: &Call) -> Result<Answer, CallFailure> {
        let (task, live) = (self.work.task(), &self.work.live);
        live.begin(task, self.number, self.best.is_some());
        let mut heard = |piece: &str| live.text(task, self.number, piece);
        self.caller.call(call, self.work.age, &self.work.purse, &mut heard).await
    }

    /// Reacts to a call that brought no text: a charged try and a pause, or a halt that is not the task's fault.
    async fn react(&mut self, failure: CallFailure) -> Result<(), Halt> {
        match failure {
            CallFailure::Failed { error: error @ CallError::BadRequest { .. }, .. } if self.best.is_none() => {
                self.record().await?;
                Err(Halt::GiveUp(error.to_string()))
            }
            CallFailure::Failed { error, .. } => {
                self.piece.attempts += 1;
                self.fail(error.to_string());
                if self.best.is_none() && self.piece.tries < self.limits.tries {
                    self.pause().await;
                }
                Ok(())
            }
            // A sound draft is worth more than a rewrite that would have to wait.
            _ if self.best.is_some() => {
                self.piece.rewrites = self.limits.rewrites;
                Ok(())
            }
            uncharged => {
                self.record().await?;
                Err(halt(uncharged))
            }
        }
    }

    fn count(&mut self, spent: &Spending) {
        self.piece.calls += spent.calls;
        self.piece.usage += spent.usage;
        self.piece.spent += spent.cost;
        self.piece.elapsed_ms += millis(spent.elapsed);
    }

    /// Weighs a new text against the gates and against the best draft so far.
    fn weigh(&mut self, answer: &Answer) {
        let Answer { usage, cost, calls, elapsed, .. } = *answer;
        self.count(&Spending { usage, cost, calls, elapsed });
        self.piece.attempts += 1;
        let rewriting = self.best.is_some();
        match self.writing.judge(&answer.text) {
            Ok(draft) => {
                self.piece.rewrites += u32::from(rewriting);
                if rewriting {
                    self.piece.wasted += answer.cost;
                }
                if self.best.as_ref().is_none_or(|best| draft.score > best.score) {
                    self.best = Some(draft);
                }
            }
            Err(reason) => {
                self.piece.wasted += answer.cost;
                self.fail(reason);
            }
        }
    }

    /// Counts a failure: of a rewrite where a draft is at hand, of a charged try where none is.
    fn fail(&mut self, reason: String) {
        tracing::debug!(part = self.number, reason, "a try failed");
        if self.best.is_some() {
            self.piece.rewrites += 1;
        } else {
            self.piece.tries += 1;
            self.piece.remarks = vec![reason];
        }
    }

    async fn pause(&mut self) {
        // Full jitter: sections that failed together do not come back together.
        let wait = backoff(self.piece.tries);
        tokio::time::sleep(wait).await;
        self.piece.elapsed_ms += millis(wait);
    }

    async fn record(&self) -> Result<(), Halt> {
        self.work.keep(self.number, self.piece.clone(), None).await
    }

    async fn keep(mut self) -> Result<(String, Part), Halt> {
        let Some(best) = self.best.take() else { return Err(Halt::Stopped) };
        self.piece.digest = Some(Digest::of(&best.text));
        self.piece.length = best.length;
        self.piece.remarks = best.misses;
        self.work.keep(self.number, self.piece.clone(), Some(best.text.clone())).await?;
        self.work.live.kept(self.work.task(), self.number);
        Ok((best.text, self.piece))
    }

    fn exhausted(&self) -> String {
        let last = self.piece.remarks.first().map_or("", String::as_str);
        let what = match (self.work.task(), self.number) {
            (TaskId::Plan, _) => "the plan".to_owned(),
            (_, 0) => "its brief".to_owned(),
            (_, number) => format!("section {number}"),
        };
        format!("{what} failed {} times; the last time: {last}", self.piece.tries)
    }
}

fn halt(failure: CallFailure) -> Halt {
    match failure {
        CallFailure::Wait { until, reason, .. } | CallFailure::Held { until, reason, .. } => {
            Halt::Park(until, Parking::Wait(reason))
        }
        CallFailure::Budget { worst: None, .. } => Halt::GiveUp(
            "the price of its model is not known, so the budget cannot be kept; add it to a prices file \
             (model.prices_file) or leave the budget out"
                .to_owned(),
        ),
        CallFailure::Budget { .. } => Halt::Park(Duration::ZERO, Parking::Allowance),
        CallFailure::Failed { error, .. } => Halt::GiveUp(error.to_string()),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::money::Micros;

    #[test]
    fn a_model_without_a_price_is_given_up_under_a_budget_and_not_waited_for() {
        let unpriced = CallFailure::Budget { worst: None, spent: Spending::default() };
        assert!(matches!(halt(unpriced), Halt::GiveUp(_)));
        let short = CallFailure::Budget { worst: Some(Micros(1)), spent: Spending::default() };
        assert!(matches!(halt(short), Halt::Park(_, Parking::Allowance)));
    }
}
