//! A model, measured: how its calls end, how long they take, what they use and cost.

use std::sync::Arc;

use async_trait::async_trait;
use prometheus::{IntCounterVec, IntGauge};

use super::Metrics;
use crate::model::{Call, CallError, Completion, Fault, Finish, Model, ModelName, Price, Progress, Spent, Usage};

/// Stands before a model and counts what goes by.
pub struct MeasuredModel {
    model: Arc<dyn Model>,
    price: Option<Price>,
    metrics: Arc<Metrics>,
    provider: String,
    name: String,
}

/// A call under way, for as long as it is not dropped.
struct Running(IntGauge);

impl Running {
    fn begin(gauge: IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl MeasuredModel {
    /// Measures a model under its name.
    pub fn new(model: Arc<dyn Model>, name: &ModelName, price: Option<Price>, metrics: Arc<Metrics>) -> Self {
        let (provider, name) = metrics.model_labels(name);
        for end in ["stop", "length"].into_iter().chain(CallError::CLASSES) {
            metrics.model_calls.with_label_values(&[provider.as_str(), &name, end]);
        }
        Self { model, price, metrics, provider, name }
    }

    fn labels(&self) -> [&str; 2] {
        [&self.provider, &self.name]
    }

    fn ended(&self, outcome: &Result<Completion, Fault>) {
        let end = match outcome {
            Ok(Completion { finish: Finish::Stop, .. }) => "stop",
            Ok(Completion { finish: Finish::Length, .. }) => "length",
            Err(fault) => fault.error.class(),
        };
        self.metrics.model_calls.with_label_values(&[&self.provider, &self.name, end]).inc();
        match outcome {
            Ok(completion) => {
                let seconds = |histogram: &prometheus::HistogramVec, time: std::time::Duration| {
                    histogram.with_label_values(&self.labels()).observe(time.as_secs_f64());
                };
                seconds(&self.metrics.model_call_seconds, completion.elapsed);
                seconds(&self.metrics.model_first_token_seconds, completion.first_token);
                self.used(completion.usage);
            }
            Err(Fault { spent: Spent::Known(usage), .. }) => self.used(*usage),
            Err(_) => {}
        }
    }

    fn used(&self, usage: Usage) {
        let tokens: &IntCounterVec = &self.metrics.model_tokens;
        let kinds = [
            ("input", usage.input),
            ("cached", usage.cached),
            ("cache_written", usage.cache_written),
            ("output", usage.output),
            ("reasoning", usage.reasoning),
        ];
        for (kind, number) in kinds {
            tokens.with_label_values(&[&self.provider, &self.name, kind]).inc_by(number);
        }
        if let Some(price) = self.price {
            self.metrics.model_cost.with_label_values(&self.labels()).inc_by(price.cost(&usage).dollars());
        }
    }
}

#[async_trait]
impl Model for MeasuredModel {
    async fn complete(&self, call: &Call, progress: &mut Progress<'_>) -> Result<Completion, Fault> {
        let _running = Running::begin(self.metrics.model_calls_running.with_label_values(&self.labels()));
        let outcome = self.model.complete(call, progress).await;
        self.ended(&outcome);
        outcome
    }

    fn reasoning_room(&self) -> u32 {
        self.model.reasoning_room()
    }
}
