//! Writing one part: charged tries until a text passes its gates, then rewrites while it misses its targets.
//!
//! A finished part is not written again. Tries survive crashes: each failed try is checkpointed before the next one
//! begins. A wait that is not the task's fault parks the task, uncharged.

mod candidates;
mod given;
mod seen;
mod writing;

use std::time::Duration;

use bindery_domain::{HashedText, backoff};
use bindery_ledger::{Checkpoint, Parking, Part};
use bindery_model::{Answer, Call, CallErrorKind, CallFailure, Preferred, Spending, missing_price};

use self::{candidates::Candidates, seen::Seen};
pub use self::{
    given::{adopt, keep},
    writing::{Before, Draft, Fault, Unfit, WrapWriting, Writing},
};
use crate::{Halt, Work, compute::compute_with, crash_point, live::FailedTry, text_stream::StreamedText};

/// A part that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its text.
    pub text: String,
    /// Its record.
    pub part: Part,
}

/// How often a part may be tried and rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Charged tries.
    pub tries: u32,
    /// Rewrites of a text that passes its gates and misses its targets.
    pub rewrites: u32,
}

/// Writes one part and returns its text, which is read from the store if it was saved before.
///
/// The models are tried in their order, each with all of its tries. The next one is called at once where one refuses the
/// content or its provider gives up. A draft is rewritten by the model that wrote it.
pub async fn attempt(
    work: &Work,
    models: &Preferred,
    limits: Limits,
    number: u16,
    writing: &dyn Writing,
) -> Result<Written, Halt> {
    let wrapped = work.wrap_writing.as_ref().map(|wrap| wrap.wrap(number, writing));
    let writing = wrapped.as_deref().unwrap_or(writing);
    let part = work.part(number);
    let saved = match &part.digest {
        Some(digest) => work.text(digest).await?,
        None => None,
    };
    let best = match saved {
        Some(text) if !part.draft => return Ok(Written { text, part }),
        // The record does not hold the targets that a draft misses, so the draft is judged again.
        saved => saved
            .map(|text| writing.judge(&text, None).unwrap_or(Draft { text, length: part.length, ..Draft::default() })),
    };
    let part = Part { digest: part.digest.filter(|_| best.is_some()), ..part };
    // The record holds what was wrong, but not the answer.
    let fault = part.remarks.first().filter(|_| best.is_none() && part.tries > 0).map(|remark| Fault {
        explanation: remark.clone(),
        answer: None,
        answers: part.tries,
    });
    let models = Candidates::new(models.callers(), part.model.as_deref());
    let seen = Seen::new(&work.track_records, models.current(), writing.kind());
    let streamed = work.texts.of(writing.kind(), number);
    let no_better = false;
    Attempt { work, models, limits, number, writing, part, best, no_better, fault, again: None, seen, streamed }
        .run()
        .await
}

/// Writes a part again whose text was accepted before it turned out what it lacks, and returns the better text.
///
/// The text becomes a draft first, so that another claim of the task goes on from there.
pub async fn improve(
    work: &Work,
    models: &Preferred,
    limits: Limits,
    number: u16,
    writing: &dyn Writing,
    written: Written,
) -> Result<Written, Halt> {
    let wrapped = work.wrap_writing.as_ref().map(|wrap| wrap.wrap(number, writing));
    let writing = wrapped.as_deref().unwrap_or(writing);
    let Written { text, part } = written;
    let Ok(best) = writing.judge(&text, None) else { return Ok(Written { text, part }) };
    let models = Candidates::new(models.callers(), part.model.as_deref());
    let seen = Seen::new(&work.track_records, models.current(), writing.kind());
    let (best, streamed) = (Some(best), work.texts.of(writing.kind(), number));
    let no_better = false;
    let mut attempt = Attempt {
        work,
        models,
        limits,
        number,
        writing,
        part,
        best,
        no_better,
        fault: None,
        again: None,
        seen,
        streamed,
    };
    attempt.record();
    attempt.run().await
}

/// What the next call can learn from a failed one.
enum Lesson {
    /// Nothing: the server failed, and not the answer.
    ServerFailed,
    /// What was wrong.
    Explained,
    /// What was wrong, and the answer that is to be mended.
    Quoted(String),
}

struct Attempt<'a> {
    work: &'a Work,
    models: Candidates<'a>,
    limits: Limits,
    number: u16,
    writing: &'a dyn Writing,
    part: Part,
    best: Option<Draft>,
    /// Whether the last rewrite has brought no better text. The next one would be asked for by the same request, byte for byte.
    no_better: bool,
    /// What was wrong with the last answer.
    fault: Option<Fault>,
    /// Why the last text was a rewrite or a failed try; `None` once that is recorded.
    again: Option<&'static str>,
    seen: Seen<'a>,
    /// The text as listeners hear it; `None` for a part that is no section.
    streamed: Option<StreamedText>,
}

impl Attempt<'_> {
    async fn run(mut self) -> Result<Written, Halt> {
        while self.unfinished() {
            let before = Before { draft: self.best.as_ref(), fault: self.fault.as_ref() };
            let call = self.writing.call(self.models.current(), self.part.attempts + 1, before);
            self.seen.expect(&call, self.writing.expected_output());
            match self.make(&call).await {
                Ok(answer) => compute_with(answer.text.len(), || self.judge(&answer)).await,
                Err(failure) => {
                    self.writing.failed(&failure);
                    self.count(failure.spent());
                    self.part.wasted += failure.spent().cost;
                    self.react(failure).await?;
                }
            }
            if self.tries_are_used_up() && !self.try_next_model() {
                self.fall_back();
            }
            self.record();
            if self.tries_are_used_up() {
                self.seen.end();
                return Err(Halt::GiveUp(self.exhausted()));
            }
        }
        self.seen.end();
        self.work.live.part_finished(self.work.task(), self.number);
        let best = self.best.take().ok_or(Halt::Stopped)?;
        Ok(Written { text: best.text, part: self.part })
    }

    /// Returns whether there is no text, and the present model may not be tried again.
    fn tries_are_used_up(&self) -> bool {
        self.best.is_none() && self.part.tries - self.part.earlier_tries >= self.limits.tries
    }

    /// Goes on with the next model; returns false where there is none. A draft stays with its model.
    fn try_next_model(&mut self) -> bool {
        if self.best.is_some() || !self.models.go_on() {
            return false;
        }
        let reason = self.part.remarks.first();
        tracing::info!(part = self.number, model = self.models.current().name(), reason, "the next model is tried");
        self.part.earlier_tries = self.part.tries;
        self.part.model = Some(self.models.current().name().to_owned());
        self.seen = Seen::new(&self.work.track_records, self.models.current(), self.writing.kind());
        true
    }

    /// Takes what plain code can make. It is not rewritten: the models had their tries.
    fn fall_back(&mut self) {
        self.best = self.writing.fallback();
        if self.best.is_some() {
            self.part.model = None;
            self.part.kept_attempt = None;
            tracing::warn!(part = self.number, remarks = ?self.part.remarks, "plain code stands in for the model");
            self.part.rewrites = self.limits.rewrites;
        }
    }

    /// Returns whether there is no text yet, or one that misses its targets and may be rewritten.
    fn unfinished(&self) -> bool {
        let rewritable = self.part.rewrites < self.limits.rewrites && !self.no_better;
        self.best.as_ref().is_none_or(|best| rewritable && !best.misses.is_empty())
    }

    async fn make(&self, call: &Call) -> Result<Answer, CallFailure> {
        self.work.flush_checkpoints().await;
        let (task, live) = (self.work.task(), &self.work.live);
        live.begin(task, self.number, self.best.is_some());
        let streamed = self.streamed.as_ref();
        streamed.inspect(|text| text.begin(self.part.attempts + 1));
        let mut on_text = |text: &str| {
            crash_point(format_args!("during_call_of_{task}"));
            live.text(task, self.number, text);
            streamed.inspect(|streamed| streamed.text(text));
        };
        self.models.current().call(call, self.work.age, &self.work.allowance, &mut on_text).await
    }

    /// Reacts to a call that failed: with a charged try and a pause, or with a halt that is not charged.
    async fn react(&mut self, failure: CallFailure) -> Result<(), Halt> {
        match failure {
            // A prompt with the answer in it may be too long for the model.
            CallFailure::Failed { error: CallErrorKind::BadRequest { .. }, .. } if self.quotes_an_answer() => {
                self.part.attempts += 1;
                self.fault.iter_mut().for_each(|fault| fault.answer = None);
                Ok(())
            }
            CallFailure::Failed { error: error @ CallErrorKind::BadRequest { .. }, .. } if self.best.is_none() => {
                self.part.remarks = vec![error.to_string()];
                if self.try_next_model() {
                    return Ok(());
                }
                self.record();
                Err(Halt::GiveUp(error.to_string()))
            }
            // Each process fails one call of a model for this, so that the user hears of it. The text is not at fault.
            CallFailure::Failed { error: CallErrorKind::PromptCut(_), .. } if self.best.is_none() => {
                self.part.attempts += 1;
                Ok(())
            }
            CallFailure::Failed { error, .. } => {
                self.part.attempts += 1;
                let refused = matches!(error, CallErrorKind::Refused(_));
                let teaches = refused || matches!(error, CallErrorKind::Truncated(_));
                let lesson = if teaches { Lesson::Explained } else { Lesson::ServerFailed };
                self.fail(&error.to_string(), error.class(), lesson);
                let goes_on = refused && self.try_next_model();
                if self.best.is_none() && !goes_on && !self.tries_are_used_up() {
                    self.pause().await;
                }
                Ok(())
            }
            // The sound draft is taken as it is: a rewrite would have to wait.
            _ if self.best.is_some() => {
                self.part.rewrites = self.limits.rewrites;
                Ok(())
            }
            CallFailure::Held { .. } if self.try_next_model() => Ok(()),
            uncharged => {
                self.record();
                Err(halt(uncharged, self.models.current().name()))
            }
        }
    }

    /// Returns whether the next call quotes the last answer.
    fn quotes_an_answer(&self) -> bool {
        self.best.is_none() && self.fault.as_ref().is_some_and(|fault| fault.answer.is_some())
    }

    fn count(&mut self, spent: &Spending) {
        self.seen.count(spent);
        self.part.calls += spent.calls;
        self.part.attempts += u32::from(spent.lost);
        self.part.usage += spent.usage;
        self.part.spent += spent.cost;
        self.part.elapsed_ms += millis(spent.elapsed);
    }

    /// Judges a new text, and keeps it if it is better than the best draft so far.
    fn judge(&mut self, answer: &Answer) {
        self.count(&answer.spent);
        self.part.attempts += 1;
        let rewriting = self.best.is_some();
        match self.writing.judge(&answer.text, self.best.as_ref()) {
            Ok(draft) => {
                self.part.rewrites += u32::from(rewriting);
                self.part.model = Some(self.models.current().name().to_owned());
                self.seen.taken.rewrites += u64::from(rewriting);
                self.again = self.best.as_ref().and_then(|best| best.missed);
                if rewriting {
                    self.part.wasted += answer.spent.cost;
                }
                let better = self.best.as_ref().is_none_or(|best| draft.score > best.score);
                self.no_better = !better;
                if better {
                    self.part.kept_attempt = Some(self.part.attempts);
                    self.best = Some(draft);
                }
            }
            Err(unfit) => {
                self.part.wasted += answer.spent.cost;
                self.no_better = rewriting;
                let lesson = if unfit.mendable { Lesson::Quoted(answer.text.clone()) } else { Lesson::Explained };
                self.fail(&unfit.explanation, unfit.reason, lesson);
                if unfit.reason == "refused" {
                    self.try_next_model();
                }
            }
        }
    }

    /// Counts a failed rewrite where there is a draft, and a charged try where there is none. `lesson` is what the next call
    /// can learn from it.
    fn fail(&mut self, explanation: &str, reason: &'static str, lesson: Lesson) {
        tracing::debug!(part = self.number, reason = explanation, "a try failed");
        if let Some(best) = &self.best {
            self.part.rewrites += 1;
            self.seen.taken.rewrites += 1;
            self.again = best.missed;
        } else {
            self.part.tries += 1;
            self.seen.taken.tries += 1;
            self.again = Some(reason);
            self.work.live.try_failed(FailedTry {
                task: self.work.task(),
                number: self.number,
                part: self.writing.name(),
                attempt: self.part.tries,
                of: self.limits.tries,
                reason: explanation.to_owned(),
            });
            self.part.remarks = vec![explanation.to_owned()];
            let answer = match lesson {
                // The same request may well succeed.
                Lesson::ServerFailed => return,
                Lesson::Explained => None,
                Lesson::Quoted(answer) => Some(answer),
            };
            let answers = self.fault.as_ref().map_or(0, |fault| fault.answers) + 1;
            self.fault = Some(Fault { explanation: explanation.to_owned(), answer, answers });
        }
    }

    async fn pause(&mut self) {
        // The backoff has full jitter, so that sections that failed together do not call again together.
        let wait = backoff(self.part.tries);
        tokio::time::sleep(wait).await;
        self.part.elapsed_ms += millis(wait);
    }

    /// Checkpoints the part's tries and its best text. A draft is saved too, since it is paid for.
    fn record(&mut self) {
        let unfinished = self.unfinished();
        let text = self.best.as_ref().map(|best| {
            let text = HashedText::from(best.text.as_str());
            self.part.digest = Some(text.digest().clone());
            self.part.draft = unfinished;
            self.part.length = best.length;
            self.part.remarks.clone_from(&best.misses);
            text
        });
        let (number, part, again) = (self.number, self.part.clone(), self.again.take());
        self.work.checkpoint(Checkpoint { number, part, text, again });
    }

    fn exhausted(&self) -> String {
        let last = self.part.remarks.first().map_or("", String::as_str);
        format!("{} failed {} times; the last time: {last}", self.writing.name(), self.part.tries)
    }
}

fn halt(failure: CallFailure, model: &str) -> Halt {
    match failure {
        CallFailure::Wait { wait, reason, .. } | CallFailure::Held { wait, reason, .. } => {
            Halt::Park(wait, Parking::Wait(reason))
        }
        CallFailure::Budget { worst: None, .. } => Halt::GiveUp(missing_price(model)),
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
    fn a_budget_with_a_model_of_unknown_price_gives_the_task_up_and_does_not_park_it() {
        let unpriced = CallFailure::Budget { worst: None, spent: Spending::default() };
        assert!(matches!(halt(unpriced, "a:b"), Halt::GiveUp(_)));
        let short = CallFailure::Budget { worst: Some(Micros(1)), spent: Spending::default() };
        assert!(matches!(halt(short, "a:b"), Halt::Park(_, Parking::Allowance)));
    }
}
