//! Traces: a book's way through the processes as spans, sent to a collector by OTLP over HTTP.
//!
//! The pipeline enters the spans of [`spans`]; without [`Traces`] they are not even made. Sending never blocks or
//! fails the work: what finds no room is dropped and counted.

mod counts;
mod exporter;
mod model;
mod processor;
mod queue;
pub mod spans;
mod store;
mod tasks;
mod writing;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use opentelemetry::{
    Context, KeyValue,
    trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _},
};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

pub(crate) use self::model::TracedModel;
use bindery_domain::{ServiceUrl, TraceParent};
use bindery_runtime::Ports;

use self::{
    counts::SpanCounts, exporter::CountingExporter, processor::CountingProcessor, queue::TracedQueue,
    store::TracedStore, tasks::OpenTasks, writing::TraceWriting,
};
use super::Metrics;

/// The one scope of all spans.
const TRACER: &str = "bindery";

/// How long the last spans have to be sent once a process ends.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where spans go, and which.
pub struct Destination<'a> {
    /// The collector; `/v1/traces` is added.
    pub endpoint: &'a ServiceUrl,
    /// What is sent with each request, as `OTEL_EXPORTER_OTLP_HEADERS` writes it.
    pub headers: Option<&'a str>,
    /// The share of books that are traced.
    pub sample: f64,
    /// This process's role, as viewers name it.
    pub service: &'a str,
}

/// Spans cannot be sent as was asked.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The address is none.
    #[error("`{0}` is no address of a collector; set trace.otlp_endpoint to one like http://127.0.0.1:4318")]
    Endpoint(ServiceUrl),
    /// The headers cannot be read; they may hold a key and are not shown.
    #[error("OTEL_EXPORTER_OTLP_HEADERS is malformed; write name=value, several with commas between them")]
    Headers,
    /// No HTTP client could be made.
    #[error("spans cannot be sent: {0}")]
    Client(String),
}

/// The spans of this process on their way.
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    counts: SpanCounts,
}

impl Traces {
    /// Begins to send spans; must be called within a runtime.
    pub fn start(to: &Destination<'_>) -> Result<Self, TraceError> {
        let counts = SpanCounts::default();
        let exporter = CountingExporter::new(to, counts.clone())?;
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(to.service))
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(to.sample))))
            .with_span_processor(CountingProcessor::new(exporter, counts.clone()))
            .build();
        let tracer = provider.tracer(TRACER);
        Ok(Self { provider, tracer, counts })
    }

    /// Returns what makes the spans of [`spans`] those of a trace. Events are left out: a log line may quote a text.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.tracer.clone())
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == spans::TARGET))
    }

    /// Returns ports that put what goes through them into the trace of its book.
    pub fn ports(&self, ports: Ports) -> Ports {
        let tasks = Arc::new(OpenTasks::default());
        Ports {
            store: Arc::new(TracedStore::new(ports.store, tasks.clone())),
            queue: Arc::new(TracedQueue::new(ports.queue, self.tracer.clone(), tasks)),
            wrap_writing: Some(Arc::new(TraceWriting)),
            ..ports
        }
    }

    /// Counts from now on what becomes of spans.
    pub fn counted(&self, metrics: &Metrics) {
        self.counts.report_to(metrics);
    }

    /// Sends what is left, and gives that up after a moment.
    pub async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(PATIENCE)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the last spans could not be sent in time");
        }
    }
}

fn resource(service: &str) -> Resource {
    let instance = format!("{:016x}", fastrand::u64(..));
    Resource::builder_empty()
        .with_service_name(service.to_owned())
        .with_attributes([
            KeyValue::new("service.namespace", "bindery"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", instance),
        ])
        .build()
}

fn place(context: &SpanContext) -> Option<TraceParent> {
    context.is_valid().then(|| TraceParent {
        trace: u128::from_be_bytes(context.trace_id().to_bytes()),
        span: u64::from_be_bytes(context.span_id().to_bytes()),
        sampled: context.is_sampled(),
    })
}

/// Returns the context of work under a span of another process.
fn under(parent: TraceParent) -> Context {
    let flags = if parent.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let (trace, span) = (TraceId::from(parent.trace), SpanId::from(parent.span));
    Context::new().with_remote_span_context(SpanContext::new(trace, span, flags, true, TraceState::default()))
}
