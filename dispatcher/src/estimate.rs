//! Estimates of the calls, tokens, money and time that a book takes, made before its first call.
//!
//! Three sums are told. What is *likely* follows from what the model did before. The book costs *at most* what it costs if
//! every text takes all of its tries and rewrites, and each answer fills its room. The *smallest budget that cannot stall*
//! carries the book to its end although each task reserves its highest cost before it begins.

mod habit;
mod texts;

use std::time::Duration;

use bindery_config::Judging;
use bindery_context::{Context, Slice};
use bindery_domain::{Micros, Usage};
use bindery_ledger::{Order, Topic, TrackRecord};
use bindery_model::{ModelCaller, Preferred, StageCallers};
use bindery_runtime::attempt::Limits;

use self::{
    habit::Habit,
    texts::{
        PlannedText, SECTION, Stage, chapter_texts, facts_text, judgement_text, outline_text, plan_texts, repair_text,
        sections_of,
    },
};

/// What a book takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// The number of model calls if none has to be repeated, with the planning call.
    pub calls: u64,
    /// The number of calls that are likely to be repeated or added, those for repairs included.
    pub repeated: u64,
    /// The likely number of prompt tokens.
    pub input: u64,
    /// The likely number of output tokens, those for reasoning included.
    pub output: u64,
    /// The cost; `None` where the price is not known.
    pub cost: Option<Cost>,
    /// The time from the first call to the last if no call waits for a permit.
    pub time: Duration,
    /// The time if one call is made after another.
    pub sequential: Duration,
}

/// What a book may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// What it costs if the model goes on as it did before.
    pub likely: Micros,
    /// What it costs if every text takes all of its tries and rewrites, and each answer fills its room.
    pub at_most: Micros,
    /// The smallest budget with which the book is not held as long as it costs at most a quarter more than is likely.
    pub smallest_budget: Micros,
}

/// The share, in percent of the likely cost, that the smallest budget allows for.
const LIKELY_PERCENT: u64 = 125;

/// The usual speed of a hosted model.
const TOKENS_PER_SECOND: f64 = 80.0;

/// The usual time until a hosted model's first token.
const FIRST_TOKEN_SECONDS: f64 = 0.6;

/// What the first model of each stage did before.
#[derive(Clone, Debug, Default)]
pub struct StageRecords {
    /// The one that plans.
    pub plan: TrackRecord,
    /// The one that divides chapters into sections.
    pub brief: TrackRecord,
    /// The one that writes.
    pub write: TrackRecord,
    /// The one that judges.
    pub judge: TrackRecord,
}

/// What an estimate is made from.
#[derive(Clone, Copy)]
pub struct Estimating<'a> {
    /// The models.
    pub models: &'a StageCallers,
    /// What they did before.
    pub records: &'a StageRecords,
    /// How often a text may be tried and rewritten.
    pub limits: Limits,
    /// Which chapters are judged.
    pub judging: Judging,
    /// Whether the facts of each chapter are listed.
    pub facts: bool,
    /// How many drafts of each section are written.
    pub best_of: u8,
}

/// The models of a stage, and what the first of them did before.
struct StageModel<'a> {
    models: &'a Preferred,
    record: &'a TrackRecord,
}

impl Estimating<'_> {
    fn of(&self, stage: Stage) -> StageModel<'_> {
        let record = match stage {
            Stage::Plan => &self.records.plan,
            Stage::Brief => &self.records.brief,
            Stage::Write => &self.records.write,
            Stage::Judge => &self.records.judge,
        };
        StageModel { models: models_of(self.models, stage), record }
    }

    /// Estimates the owed chapters of a book from its context, without a planning call. `owed` takes a chapter's number.
    pub fn chapters(&self, context: &Context, owed: impl Fn(u32) -> bool) -> Estimate {
        let mut sum = self.sum();
        let mut waves = [Duration::ZERO; 2];
        for slice in context.chapters.iter().filter(|slice| owed(slice.chapter)) {
            let texts = chapter_texts(context, slice);
            let mut path = Duration::ZERO;
            for text in &texts {
                path += sum.add(text);
                if text.kind == SECTION {
                    sum.add_drafts(text);
                }
            }
            if let Some(judgement) = judgement_text(context, slice).filter(|_| self.judging != Judging::Off) {
                path += sum.add_judgement(&judgement, self.judging);
            }
            if self.facts && !slice.typed {
                path += sum.add(&facts_text(context, slice));
            }
            let wave = usize::from(slice.last);
            waves[wave] = waves[wave].max(path);
            sum.lease = sum.lease.max(lease_worst(context, slice, self.models, self.best_of));
        }
        sum.estimate.time = waves.iter().sum();
        sum.total()
    }

    /// Adds a book's planning calls to an estimate.
    pub fn with_plan(&self, estimate: Estimate, order: &Order, compiled: &Context) -> Estimate {
        let texts = plan_texts(order, compiled, self.models.plan.first());
        let planned = texts.iter().fold(estimate, |estimate, text| self.with(estimate, text));
        // A block that decides what another one has decided too is asked once more.
        texts.iter().skip(1).fold(planned, |estimate, text| {
            let mut sum = self.sum();
            sum.at_most += Micros(worst(text, self.models).0.saturating_mul(text.count));
            estimate.and(sum.total())
        })
    }

    /// Adds the repairs that the audit of a book may order to an estimate.
    pub fn with_repairs(&self, estimate: Estimate, context: &Context) -> Estimate {
        let Some(text) = repair_text(context) else { return estimate };
        let mut sum = self.sum();
        sum.add_repairs(&text, sections_of(context));
        estimate.and(sum.total())
    }

    /// Adds the call for the outline of a topic to an estimate.
    pub fn with_outline(&self, estimate: Estimate, topic: &Topic) -> Estimate {
        self.with(estimate, &outline_text(topic, self.models.plan.first()))
    }

    /// Adds texts that all others wait for.
    fn with(&self, estimate: Estimate, text: &PlannedText) -> Estimate {
        let mut sum = self.sum();
        let time = sum.add(text);
        sum.lease = Micros(worst(text, self.models).0.saturating_mul(text.count));
        sum.estimate.time = time;
        estimate.and(sum.total())
    }

    fn sum(&self) -> Sum<'_> {
        Sum {
            estimating: *self,
            estimate: Estimate::default(),
            repeated: 0.0,
            usage: Usage::default(),
            likely: Micros::ZERO,
            at_most: Micros::ZERO,
            lease: Micros::ZERO,
        }
    }
}

/// An estimate in the making.
struct Sum<'a> {
    estimating: Estimating<'a>,
    estimate: Estimate,
    repeated: f64,
    usage: Usage,
    likely: Micros,
    at_most: Micros,
    /// The most that a lease may spend.
    lease: Micros,
}

impl Sum<'_> {
    /// Adds texts that are written at once. Returns how long they take.
    fn add(&mut self, text: &PlannedText) -> Duration {
        self.estimate.calls += text.count;
        self.add_at_most(text);
        self.add_likely(text)
    }

    /// Adds repairs. They are further calls for sections that were written already.
    fn add_repairs(&mut self, most: &PlannedText, sections: u64) {
        let StageModel { record, .. } = self.estimating.of(most.stage);
        let likely = PlannedText { count: habit::likely_repairs(record, most.count, sections), ..*most };
        self.repeated += likely.count as f64;
        self.add_at_most(most);
        let time = self.add_likely(&likely);
        if likely.count > 0 {
            self.estimate.time += time;
        }
    }

    /// Adds the further drafts of sections. They are written beside the first ones, by the models in turn, and only what is chosen
    /// is rewritten.
    fn add_drafts(&mut self, section: &PlannedText) {
        let estimating = self.estimating;
        let StageModel { models, record } = estimating.of(section.stage);
        for draft in 1..usize::from(estimating.best_of) {
            let text = PlannedText { kind: "draft", ..*section };
            let caller = models.beginning_with(draft);
            let unseen = TrackRecord::default();
            let record = if caller.first().name() == models.first().name() { record } else { &unseen };
            self.estimate.calls += text.count;
            self.add_tries(&text, 0);
            self.add_likely_by(&text, caller.first(), record);
        }
    }

    /// Adds the cost of texts that take all of their tries and rewrites.
    fn add_at_most(&mut self, text: &PlannedText) {
        self.add_tries(text, self.estimating.limits.rewrites);
    }

    fn add_tries(&mut self, text: &PlannedText, rewrites: u32) {
        let (models, limits) = (self.estimating.of(text.stage).models, self.estimating.limits);
        let tries = u64::from(limits.tries) * models.callers().len() as u64;
        let times = (tries + u64::from(rewrites)) * text.count;
        self.at_most += Micros(worst(text, self.estimating.models).0.saturating_mul(times));
    }

    /// Adds what texts take if the model goes on as it did before. Returns how long they take at once.
    fn add_likely(&mut self, text: &PlannedText) -> Duration {
        let estimating = self.estimating;
        let StageModel { models, record } = estimating.of(text.stage);
        self.add_likely_by(text, models.first(), record)
    }

    fn add_likely_by(&mut self, text: &PlannedText, caller: &ModelCaller, record: &TrackRecord) -> Duration {
        let habit = Habit::of(text, record, caller);
        let usage = habit.usage(text);
        self.repeated += habit.repeated() * text.count as f64;
        self.usage += usage;
        self.likely += caller.price().map_or(Micros::ZERO, |price| price.cost(&usage));
        let each = call_time(usage.output as f64 / text.count.max(1) as f64);
        self.estimate.sequential += each * u32::try_from(text.count).unwrap_or(u32::MAX);
        each
    }

    /// Adds a judgement. Where only some chapters are judged, it is possible but not likely.
    fn add_judgement(&mut self, text: &PlannedText, judging: Judging) -> Duration {
        if judging == Judging::All {
            return self.add(text);
        }
        let times = u64::from(self.estimating.limits.tries);
        self.at_most += Micros(worst(text, self.estimating.models).0.saturating_mul(times));
        Duration::ZERO
    }

    fn total(self) -> Estimate {
        let Self { estimating, estimate, repeated, usage, likely, at_most, lease } = self;
        let cost = estimating.models.unpriced().is_none().then(|| Cost {
            likely,
            at_most: at_most.max(likely),
            smallest_budget: Micros(likely.0.saturating_mul(LIKELY_PERCENT) / 100) + lease,
        });
        Estimate { repeated: repeated.round() as u64, input: usage.input, output: usage.output, cost, ..estimate }
    }
}

impl Estimate {
    /// Returns the estimate for at most `calls` calls at once.
    pub fn with_calls(self, calls: usize) -> Self {
        let at_once = u32::try_from(calls).unwrap_or(u32::MAX).max(1);
        Self { time: self.time.max(self.sequential / at_once), ..self }
    }

    /// Returns the estimate of this and then of another task.
    fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            repeated: self.repeated + other.repeated,
            input: self.input + other.input,
            output: self.output + other.output,
            cost: self.cost.zip(other.cost).map(|(one, other)| one.and(other)),
            time: self.time + other.time,
            sequential: self.sequential + other.sequential,
        }
    }
}

impl Cost {
    fn and(self, other: Self) -> Self {
        Self {
            likely: self.likely + other.likely,
            at_most: self.at_most + other.at_most,
            smallest_budget: self.smallest_budget + other.smallest_budget,
        }
    }
}

/// Returns the most that a lease on a chapter of a book may spend: each of its texts and drafts once, at its highest cost.
pub(crate) fn chapter_worst(context: &Context, models: &StageCallers, best_of: u8) -> Micros {
    context.chapters.iter().map(|slice| lease_worst(context, slice, models, best_of)).max().unwrap_or(Micros::ZERO)
}

/// Returns the most that a book's planning calls may cost, each made once, with the call for the outline of a topic.
pub(crate) fn plan_worst(order: &Order, compiled: &Context, models: &Preferred) -> Micros {
    let outline = order.topic.as_ref().map(|topic| outline_text(topic, models.first()));
    let texts = outline.into_iter().chain(plan_texts(order, compiled, models.first()));
    texts.map(|text| Micros(worst_of(&text, models).0.saturating_mul(text.count))).sum()
}

/// A judgement is seldom asked for, but the lease must cover it when it is.
fn lease_worst(context: &Context, slice: &Slice, models: &StageCallers, best_of: u8) -> Micros {
    let texts = chapter_texts(context, slice).into_iter().chain(judgement_text(context, slice));
    let times = |text: &PlannedText| if text.kind == SECTION { text.count * u64::from(best_of) } else { text.count };
    texts.map(|text| Micros(worst(&text, models).0.saturating_mul(times(&text)))).sum()
}

/// Returns the most that one call for a text may cost, whichever model answers it. Its prompt may quote the last answer.
fn worst(text: &PlannedText, models: &StageCallers) -> Micros {
    worst_of(text, models_of(models, text.stage))
}

fn worst_of(text: &PlannedText, models: &Preferred) -> Micros {
    models.worst(text.input + text.quoted, text.room)
}

fn models_of(models: &StageCallers, stage: Stage) -> &Preferred {
    match stage {
        Stage::Plan => &models.plan,
        Stage::Brief => &models.brief,
        Stage::Write => &models.write,
        Stage::Judge => &models.judge,
    }
}

/// Returns how long a call with `tokens` output tokens takes.
fn call_time(tokens: f64) -> Duration {
    Duration::from_secs_f64(FIRST_TOKEN_SECONDS + tokens / TOKENS_PER_SECOND)
}
