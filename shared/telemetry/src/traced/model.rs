//! Spans of model calls, by the conventions for generative AI:
//! <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>.

use std::sync::Arc;

use async_trait::async_trait;
use bindery_domain::{ModelName, Usage};
use bindery_model::{Call, CallError, Completion, Finish, Model, OnText, SelfReport, UsedTokens};
use opentelemetry::{Array, Value};
use tracing::{Span, field::Empty, info_span, record_all};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::spans::{self, TARGET};

/// Puts the calls of the model behind it into the traces that they belong to.
pub(crate) struct TracedModel {
    model: Arc<dyn Model>,
    provider: String,
    name: String,
}

impl TracedModel {
    /// Traces a model under its name.
    pub(crate) fn new(model: Arc<dyn Model>, name: &ModelName) -> Self {
        Self { model, provider: provider(name.provider()).to_owned(), name: name.model().to_owned() }
    }

    fn span(&self, call: &Call) -> Span {
        let span = info_span!(
            target: TARGET,
            parent: None,
            "chat",
            otel.name = format!("chat {}", self.name),
            otel.kind = "client",
            otel.status_code = Empty,
            error.r#type = Empty,
            gen_ai.operation.name = "chat",
            gen_ai.provider.name = self.provider,
            gen_ai.request.model = self.name,
            gen_ai.request.max_tokens = call.max_tokens,
            gen_ai.output.r#type = if call.schema.is_some() { "json" } else { "text" },
            gen_ai.usage.input_tokens = Empty,
            gen_ai.usage.output_tokens = Empty,
            gen_ai.usage.cache_read.input_tokens = Empty,
            gen_ai.usage.cache_creation.input_tokens = Empty,
            bindery.first_token_ms = Empty,
            bindery.continuation = call.continued.is_some(),
        );
        spans::set_parent(&span, call.trace_parent);
        span
    }
}

/// Returns a provider's name in the conventions, or its own name where they have none.
fn provider(name: &str) -> &str {
    match name {
        "gemini" => "gcp.gemini",
        "mistral" => "mistral_ai",
        "xai" => "x_ai",
        other => other,
    }
}

/// Notes what became of a call. Its values are recorded at once, since each record of a span looks it up anew.
fn end(span: &Span, outcome: &Result<Completion, CallError>) {
    match outcome {
        Ok(completion) => {
            let reason = match completion.finish {
                Finish::Stop => "stop",
                Finish::Length => "length",
            };
            span.set_attribute("gen_ai.response.finish_reasons", Value::Array(Array::String(vec![reason.into()])));
            let first_token = u64::try_from(completion.first_token.as_millis()).unwrap_or(u64::MAX);
            record_usage(span, completion.usage, Some(first_token));
        }
        Err(error) => {
            record_all!(span, error.r#type = error.kind.class(), otel.status_code = "error");
            if let UsedTokens::Known(usage) = error.used {
                record_usage(span, usage, None);
            }
        }
    }
}

fn record_usage(span: &Span, usage: Usage, first_token: Option<u64>) {
    record_all!(
        span,
        bindery.first_token_ms = first_token,
        gen_ai.usage.input_tokens = usage.input,
        gen_ai.usage.output_tokens = usage.output,
        gen_ai.usage.cache_read.input_tokens = usage.cached,
        gen_ai.usage.cache_creation.input_tokens = usage.cache_written,
    );
}

#[async_trait]
impl Model for TracedModel {
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, CallError> {
        let span = self.span(call);
        let outcome = self.model.complete(call, progress).await;
        end(&span, &outcome);
        outcome
    }

    fn output_limit(&self, max_tokens: u32) -> u32 {
        self.model.output_limit(max_tokens)
    }

    async fn ask_about_itself(&self) -> Option<SelfReport> {
        self.model.ask_about_itself().await
    }
}
