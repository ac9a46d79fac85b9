//! Sending spans to a collector by OTLP over HTTP.
//!
//! Without [`Traces`] the spans are not even made. Sending neither blocks the work nor fails it: a span that finds no
//! room is dropped and counted.

mod counts;
mod exporter;
mod processor;

#[cfg(test)]
mod tests;

use std::time::Duration;

use bindery_domain::ServiceUrl;
use bindery_runtime::Ports;
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use self::{counts::SpanCounts, exporter::CountingExporter, processor::CountingProcessor};
use super::{Metrics, spans, traced};

/// The instrumentation scope of all spans.
const SCOPE: &str = "bindery";

/// How long the last spans of a process have to be sent.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

/// Where spans go, and which are sent.
pub struct Destination<'a> {
    /// The collector; `/v1/traces` is added.
    pub endpoint: &'a ServiceUrl,
    /// The headers of each request, as `OTEL_EXPORTER_OTLP_HEADERS` holds them.
    pub headers: Option<&'a str>,
    /// The share of books that are traced.
    pub sample: f64,
    /// The name of the service that this process is, as viewers show it.
    pub service: &'a str,
}

/// Spans cannot be sent to a destination.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The endpoint is no address.
    #[error("`{0}` is no address of a collector; set trace.otlp_endpoint to one like http://127.0.0.1:4318")]
    Endpoint(ServiceUrl),
    /// The headers cannot be read. They may hold a key and are not shown.
    #[error("OTEL_EXPORTER_OTLP_HEADERS is malformed; write name=value, several with commas between them")]
    Headers,
    /// No HTTP client could be made.
    #[error("spans cannot be sent: {0}")]
    Client(String),
}

/// Sends the spans of this process.
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
        let tracer = provider.tracer(SCOPE);
        Ok(Self { provider, tracer, counts })
    }

    /// Returns the layer that sends the spans of this program. It leaves events out, since a log line may quote a text.
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

    /// Returns ports that put the work of each book into its trace.
    pub fn wrap_ports(&self, ports: Ports) -> Ports {
        traced::traced(ports, self.tracer.clone())
    }

    /// Counts in these metrics from now on what becomes of spans.
    pub fn count_in(&self, metrics: &Metrics) {
        self.counts.count_in(metrics);
    }

    /// Sends the last spans, and gives up after a moment.
    pub async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(FLUSH_TIMEOUT)).await;
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
