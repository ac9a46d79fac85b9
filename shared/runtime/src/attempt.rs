//! Writing one part: charged tries until a text passes its gates, then rewrites while it misses its targets.
//!
//! A part that was kept before is not called again. Tries survive crashes: each failed one is checkpointed before
//! the next begins. Waits that are not the task's fault park it, uncharged.

use std::time::Duration;

use async_trait::async_trait;
use bindery_domain::{HashedText, backoff};
use bindery_ledger::{Checkpoint, Parking, Part};
use bindery_model::{Answer, Call, CallErrorKind, CallFailure, Caller, Spending};

use crate::{Halt, Work, compute::compute_with, crash_point};

/// One part: what is asked for it, and what its texts are held against.
#[async_trait]
pub trait Writing: Send + Sync {
    /// Names the part in a sentence, like `section 3`.
    fn name(&self) -> String;

    /// Returns what the part is, in a word, like `section`.
    fn kind(&self) -> &'static str;

    /// Returns the call of the next try, or of a rewrite of the draft that missed its targets.
    fn call(&self, attempt: u32, draft: Option<&Draft>) -> Call;

    /// Learns that the call of the last try or rewrite brought no text.
    fn failed(&self, failure: &CallFailure) {
        let _ = failure;
    }

    /// Holds a text against the gates and measures it against the targets; a gate's failure is the error.
    fn judge(&self, text: &str) -> Result<Draft, Unfit>;
}

/// Puts something around what a part is written with, as tracing does.
pub trait WrapWriting: Send + Sync {
    /// Wraps the writing of a part.
    fn wrap<'a>(&self, part: u16, writing: &'a dyn Writing) -> Box<dyn Writing + 'a>;
}

/// Why a text does not pass its gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// In a word, for those who count.
    pub reason: &'static str,
    /// In a sentence.
    pub said: String,
}

impl From<String> for Unfit {
    /// Makes the failure of an answer that does not have the shape it was to have.
    fn from(said: String) -> Self {
        Self { reason: "structure", said }
    }
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
    /// The same in a word, for those who count; none when it meets its targets.
    pub missed: Option<&'static str>,
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
    let wrapped = work.wrap_writing.as_ref().map(|wrap| wrap.wrap(number, writing));
    let writing = wrapped.as_deref().unwrap_or(writing);
    let piece = work.part(number);
    let kept = match &piece.digest {
        Some(digest) => work.text(digest).await?,
        None => None,
    };
    let best = match kept {
        Some(text) if !piece.draft => return Ok((text, piece)),
        // What a draft misses is read from it again.
        kept => {
            kept.map(|text| writing.judge(&text).unwrap_or(Draft { text, length: piece.length, ..Draft::default() }))
        }
    };
    let piece = Part { digest: piece.digest.filter(|_| best.is_some()), ..piece };
    Attempt { work, caller, limits, number, writing, piece, best, again: None }.run().await
}

struct Attempt<'a> {
    work: &'a Work,
    caller: &'a Caller,
    limits: Limits,
    number: u16,
    writing: &'a dyn Writing,
    piece: Part,
    best: Option<Draft>,
    /// Why the text that is not recorded yet was a rewrite, or a failed try.
    again: Option<&'static str>,
}

impl Attempt<'_> {
    async fn run(mut self) -> Result<(String, Part), Halt> {
        while self.unfinished() {
            let call = self.writing.call(self.piece.attempts + 1, self.best.as_ref());
            match self.make(&call).await {
                Ok(answer) => compute_with(answer.text.len(), || self.weigh(&answer)).await,
                Err(failure) => {
                    self.writing.failed(&failure);
                    self.count(failure.spent());
                    self.piece.wasted += failure.spent().cost;
                    self.react(failure).await?;
                }
            }
            self.record();
            if self.best.is_none() && self.piece.tries >= self.limits.tries {
                return Err(Halt::GiveUp(self.exhausted()));
            }
        }
        self.work.live.kept(self.work.task(), self.number);
        let best = self.best.take().ok_or(Halt::Stopped)?;
        Ok((best.text, self.piece))
    }

    /// Returns whether there is no text yet, or one that misses its targets and may be rewritten.
    fn unfinished(&self) -> bool {
        let rewritable = self.piece.rewrites < self.limits.rewrites;
        self.best.as_ref().is_none_or(|best| rewritable && !best.misses.is_empty())
    }

    async fn make(&self, call: &Call) -> Result<Answer, CallFailure> {
        self.work.kept().await;
        let (task, live) = (self.work.task(), &self.work.live);
        live.begin(task, self.number, self.best.is_some());
        let mut heard = |piece: &str| {
            crash_point(format_args!("during_call_of_{task}"));
            live.text(task, self.number, piece);
        };
        self.caller.call(call, self.work.age, &self.work.allowance, &mut heard).await
    }

    /// Reacts to a call that brought no text: a charged try and a pause, or a halt that is not the task's fault.
    async fn react(&mut self, failure: CallFailure) -> Result<(), Halt> {
        match failure {
            CallFailure::Failed { error: error @ CallErrorKind::BadRequest { .. }, .. } if self.best.is_none() => {
                self.record();
                Err(Halt::GiveUp(error.to_string()))
            }
            CallFailure::Failed { error, .. } => {
                self.piece.attempts += 1;
                self.fail(Unfit { reason: error.class(), said: error.to_string() });
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
                self.record();
                Err(halt(uncharged))
            }
        }
    }

    fn count(&mut self, spent: &Spending) {
        self.piece.calls += spent.calls;
        self.piece.attempts += spent.lost;
        self.piece.usage += spent.usage;
        self.piece.spent += spent.cost;
        self.piece.elapsed_ms += millis(spent.elapsed);
    }

    /// Weighs a new text against the gates and against the best draft so far.
    fn weigh(&mut self, answer: &Answer) {
        self.count(&answer.spent);
        self.piece.attempts += 1;
        let rewriting = self.best.is_some();
        match self.writing.judge(&answer.text) {
            Ok(draft) => {
                self.piece.rewrites += u32::from(rewriting);
                self.again = self.best.as_ref().and_then(|best| best.missed);
                if rewriting {
                    self.piece.wasted += answer.spent.cost;
                }
                if self.best.as_ref().is_none_or(|best| draft.score > best.score) {
                    self.best = Some(draft);
                }
            }
            Err(unfit) => {
                self.piece.wasted += answer.spent.cost;
                self.fail(unfit);
            }
        }
    }

    /// Counts a failure: of a rewrite where a draft is at hand, of a charged try where none is.
    fn fail(&mut self, unfit: Unfit) {
        tracing::debug!(part = self.number, reason = unfit.said, "a try failed");
        if let Some(best) = &self.best {
            self.piece.rewrites += 1;
            self.again = best.missed;
        } else {
            self.piece.tries += 1;
            self.again = Some(unfit.reason);
            self.piece.remarks = vec![unfit.said];
        }
    }

    async fn pause(&mut self) {
        // Full jitter: sections that failed together do not come back together.
        let wait = backoff(self.piece.tries);
        tokio::time::sleep(wait).await;
        self.piece.elapsed_ms += millis(wait);
    }

    /// Has the part kept as it stands: its tries, and its best text where there is one, a draft too: it is paid for.
    fn record(&mut self) {
        let unfinished = self.unfinished();
        let text = self.best.as_ref().map(|best| {
            let text = HashedText::from(best.text.as_str());
            self.piece.digest = Some(text.digest().clone());
            self.piece.draft = unfinished;
            self.piece.length = best.length;
            self.piece.remarks.clone_from(&best.misses);
            text
        });
        let (number, part, again) = (self.number, self.piece.clone(), self.again.take());
        self.work.keep(Checkpoint { number, part, text, again });
    }

    fn exhausted(&self) -> String {
        let last = self.piece.remarks.first().map_or("", String::as_str);
        format!("{} failed {} times; the last time: {last}", self.writing.name(), self.piece.tries)
    }
}

fn halt(failure: CallFailure) -> Halt {
    match failure {
        CallFailure::Wait { wait, reason, .. } | CallFailure::Held { wait, reason, .. } => {
            Halt::Park(wait, Parking::Wait(reason))
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
    use bindery_domain::Micros;

    use super::*;

    #[test]
    fn a_model_without_a_price_is_given_up_under_a_budget_and_not_waited_for() {
        let unpriced = CallFailure::Budget { worst: None, spent: Spending::default() };
        assert!(matches!(halt(unpriced), Halt::GiveUp(_)));
        let short = CallFailure::Budget { worst: Some(Micros(1)), spent: Spending::default() };
        assert!(matches!(halt(short), Halt::Park(_, Parking::Allowance)));
    }
}
