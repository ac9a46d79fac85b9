//! A model, measured: how its calls end, how long they take, what they use and cost.

use std::sync::Arc;

use async_trait::async_trait;
use bindery_domain::{ModelName, Usage};
use bindery_model::{Call, CallError, Completion, Fault, Finish, Model, OnText, Price, Spent};
use prometheus::{Counter, Histogram, IntCounter, IntCounterVec, IntGauge};

use super::Metrics;

/// Stands before a model and counts what goes by.
pub(super) struct MeasuredModel {
    model: Arc<dyn Model>,
    calls: Calls,
}

/// What is counted of one model's calls.
struct Calls {
    ended: IntCounterVec,
    name: (String, String),
    running: IntGauge,
    seconds: Histogram,
    first_token: Histogram,
    /// In the order of [`KINDS`].
    tokens: [IntCounter; KINDS.len()],
    /// Where its price is known.
    cost: Option<(Price, Counter)>,
}

/// The kinds of tokens.
const KINDS: [&str; 5] = ["input", "cached", "cache_written", "output", "reasoning"];

/// A call under way, for as long as it is not dropped.
struct Running<'a>(&'a IntGauge);

impl<'a> Running<'a> {
    fn begin(gauge: &'a IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl MeasuredModel {
    /// Measures a model under its name.
    pub(super) fn new(model: Arc<dyn Model>, name: &ModelName, price: Option<Price>, metrics: &Metrics) -> Self {
        let (provider, name) = metrics.model_labels(name);
        let labels = [provider.as_str(), &name];
        for end in ["stop", "length"].into_iter().chain(CallError::CLASSES) {
            metrics.model_calls.with_label_values(&[labels[0], labels[1], end]);
        }
        let calls = Calls {
            ended: metrics.model_calls.clone(),
            running: metrics.model_calls_running.with_label_values(&labels),
            seconds: metrics.model_call_seconds.with_label_values(&labels),
            first_token: metrics.model_first_token_seconds.with_label_values(&labels),
            tokens: KINDS.map(|kind| metrics.model_tokens.with_label_values(&[labels[0], labels[1], kind])),
            cost: price.map(|price| (price, metrics.model_cost.with_label_values(&labels))),
            name: (provider, name),
        };
        Self { model, calls }
    }
}

impl Calls {
    fn end(&self, outcome: &Result<Completion, Fault>) {
        let end = match outcome {
            Ok(Completion { finish: Finish::Stop, .. }) => "stop",
            Ok(Completion { finish: Finish::Length, .. }) => "length",
            Err(fault) => fault.error.class(),
        };
        let (provider, name) = &self.name;
        self.ended.with_label_values(&[provider.as_str(), name, end]).inc();
        match outcome {
            Ok(completion) => {
                self.seconds.observe(completion.elapsed.as_secs_f64());
                self.first_token.observe(completion.first_token.as_secs_f64());
                self.used(completion.usage);
            }
            Err(Fault { spent: Spent::Known(usage), .. }) => self.used(*usage),
            Err(_) => {}
        }
    }

    fn used(&self, usage: Usage) {
        let Usage { input, cached, cache_written, output, reasoning } = usage;
        for (counter, number) in self.tokens.iter().zip([input, cached, cache_written, output, reasoning]) {
            counter.inc_by(number);
        }
        if let Some((price, cost)) = &self.cost {
            cost.inc_by(price.cost(&usage).dollars());
        }
    }
}

#[async_trait]
impl Model for MeasuredModel {
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, Fault> {
        let _running = Running::begin(&self.calls.running);
        let outcome = self.model.complete(call, progress).await;
        self.calls.end(&outcome);
        outcome
    }

    fn reasoning_room(&self) -> u32 {
        self.model.reasoning_room()
    }
}
