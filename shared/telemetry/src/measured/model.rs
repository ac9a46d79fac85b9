//! Model calls: how they end, how long they take, what they use and cost.

use std::sync::Arc;

use async_trait::async_trait;
use bindery_domain::{ModelName, Usage};
use bindery_model::{Call, CallError, CallErrorKind, Completion, Finish, Model, OnText, Price, SelfReport, UsedTokens};
use prometheus::{Counter, Histogram, IntCounter, IntCounterVec, IntGauge};

use crate::metrics::{Metrics, ModelLabels};

/// Measures the calls of the model behind it.
pub(crate) struct MeasuredModel {
    model: Arc<dyn Model>,
    metrics: CallMetrics,
}

/// The metrics of one model's calls.
struct CallMetrics {
    ended: IntCounterVec,
    labels: ModelLabels,
    running: IntGauge,
    seconds: Histogram,
    first_token: Histogram,
    /// In the order of [`TOKEN_KINDS`].
    tokens: [IntCounter; TOKEN_KINDS.len()],
    /// `None` where the model's price is not known.
    cost: Option<Cost>,
}

/// What the calls of a model have cost.
struct Cost {
    price: Price,
    dollars: Counter,
}

const TOKEN_KINDS: [&str; 5] = ["input", "cached", "cache_written", "output", "reasoning"];

/// Counts a call as running until it is dropped.
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
    pub(crate) fn new(model: Arc<dyn Model>, name: &ModelName, price: Option<Price>, metrics: &Metrics) -> Self {
        let names = metrics.model_labels(name);
        let labels = [names.provider.as_str(), &names.model];
        for end in ["stop", "length"].into_iter().chain(CallErrorKind::CLASSES) {
            metrics.model_calls.with_label_values(&[labels[0], labels[1], end]);
        }
        let metrics = CallMetrics {
            ended: metrics.model_calls.clone(),
            running: metrics.model_calls_running.with_label_values(&labels),
            seconds: metrics.model_call_seconds.with_label_values(&labels),
            first_token: metrics.model_first_token_seconds.with_label_values(&labels),
            tokens: TOKEN_KINDS.map(|kind| metrics.model_tokens.with_label_values(&[labels[0], labels[1], kind])),
            cost: price.map(|price| Cost { price, dollars: metrics.model_cost.with_label_values(&labels) }),
            labels: names,
        };
        Self { model, metrics }
    }
}

impl CallMetrics {
    fn count(&self, outcome: &Result<Completion, CallError>) {
        let end = match outcome {
            Ok(Completion { finish: Finish::Stop, .. }) => "stop",
            Ok(Completion { finish: Finish::Length, .. }) => "length",
            Err(error) => error.kind.class(),
        };
        self.ended.with_label_values(&[self.labels.provider.as_str(), &self.labels.model, end]).inc();
        match outcome {
            Ok(completion) => {
                self.seconds.observe(completion.elapsed.as_secs_f64());
                self.first_token.observe(completion.first_token.as_secs_f64());
                self.count_usage(completion.usage);
            }
            Err(CallError { used: UsedTokens::Known(usage), .. }) => self.count_usage(*usage),
            Err(_) => {}
        }
    }

    fn count_usage(&self, usage: Usage) {
        let Usage { input, cached, cache_written, output, reasoning } = usage;
        for (counter, number) in self.tokens.iter().zip([input, cached, cache_written, output, reasoning]) {
            counter.inc_by(number);
        }
        if let Some(Cost { price, dollars }) = &self.cost {
            dollars.inc_by(price.cost(&usage).dollars());
        }
    }
}

#[async_trait]
impl Model for MeasuredModel {
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, CallError> {
        let _running = Running::begin(&self.metrics.running);
        let outcome = self.model.complete(call, progress).await;
        self.metrics.count(&outcome);
        outcome
    }

    fn output_limit(&self, max_tokens: u32) -> u32 {
        self.model.output_limit(max_tokens)
    }

    async fn ask_about_itself(&self) -> Option<SelfReport> {
        self.model.ask_about_itself().await
    }
}
