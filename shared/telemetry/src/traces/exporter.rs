//! Batches of spans on their way to the collector, by OTLP over HTTP.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry_otlp::{Protocol, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{SpanData, SpanExporter},
};
use percent_encoding::percent_decode_str;
use reqwest::{
    Client, ClientBuilder, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use tokio::runtime::Handle;

use super::{
    Destination, TraceError,
    counts::{FAILED, SENT, SpanCounts},
};

/// How long a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long a batch may take with all its tries. Meanwhile other spans wait, until they find no room.
const DEADLINE: Duration = Duration::from_secs(15);

/// Sends batches with OpenTelemetry's exporter and counts what became of them.
#[derive(Debug)]
pub(super) struct CountingExporter {
    exporter: Arc<opentelemetry_otlp::SpanExporter>,
    runtime: Handle,
    counts: SpanCounts,
    /// The last batch was lost. An outage is logged once.
    down: AtomicBool,
}

impl CountingExporter {
    /// Makes an exporter that sends from the current runtime.
    pub(super) fn new(to: &Destination<'_>, counts: SpanCounts) -> Result<Self, TraceError> {
        let exporter = Arc::new(exporter(to)?);
        Ok(Self { exporter, runtime: Handle::current(), counts, down: AtomicBool::new(false) })
    }

    fn sent(&self, spans: usize) {
        self.counts.end(SENT, spans);
        self.down.store(false, Ordering::Relaxed);
    }

    fn lost(&self, spans: usize, error: &OTelSdkError) {
        self.counts.end(FAILED, spans);
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, spans, "the collector does not take spans; until it does, they are lost");
        }
    }
}

impl SpanExporter for CountingExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let (spans, exporter) = (batch.len(), self.exporter.clone());
        // The thread of the processor calls this, and the HTTP client needs a runtime.
        let sending = self.runtime.spawn(async move { exporter.export(batch).await });
        // A runtime that ends cancels what it still does.
        let Ok(outcome) = sending.await else { return Err(OTelSdkError::AlreadyShutdown) };
        match &outcome {
            Ok(()) => self.sent(spans),
            Err(error) => self.lost(spans, error),
        }
        outcome
    }

    fn set_resource(&mut self, resource: &Resource) {
        let exporter = Arc::get_mut(&mut self.exporter).expect("the resource is set before the first batch is sent");
        exporter.set_resource(resource);
    }
}

fn exporter(to: &Destination<'_>) -> Result<opentelemetry_otlp::SpanExporter, TraceError> {
    let address = format!("{}/v1/traces", to.endpoint.expose().trim_end_matches('/'));
    let url = Url::parse(&address).map_err(|_| TraceError::Endpoint(to.endpoint.clone()))?;
    let headers = headers(to.headers.unwrap_or_default()).ok_or(TraceError::Headers)?;
    // The exporter's own requests leave out the login of an address. This request makes a header of it.
    bindery_tls::use_ring();
    let request = client(Client::builder().tls_certs_only([]))?.post(url).headers(headers).build();
    let request = request.map_err(|error| TraceError::Client(error.without_url().to_string()))?;
    let mut builder = Client::builder().default_headers(request.headers().clone());
    if request.url().scheme() == "http" {
        // Reading the system's authorities takes milliseconds.
        builder = builder.tls_certs_only([]);
    }
    opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(client(builder)?)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(request.url().as_str())
        .with_timeout(DEADLINE)
        .build()
        .map_err(|_| TraceError::Endpoint(to.endpoint.clone()))
}

fn client(builder: ClientBuilder) -> Result<Client, TraceError> {
    let client = builder.timeout(TIMEOUT).redirect(redirect::Policy::none()).build();
    client.map_err(|error| TraceError::Client(error.to_string()))
}

/// Reads headers in the format of OTLP's variable, with percent-encoded values. The exporter reads the variable too, but
/// it leaves out what it cannot read and does not mark values as secrets.
/// <https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables>
fn headers(text: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for pair in text.split(',').filter(|pair| !pair.trim().is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        headers.insert(name.trim().parse::<HeaderName>().ok()?, value);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_in_the_format_of_the_standard_and_never_shown() {
        let read = headers("authorization=Bearer%20hush, x-team = books").unwrap();
        assert_eq!(
            (&read["authorization"], &read["x-team"]),
            (&"Bearer hush".parse().unwrap(), &"books".parse().unwrap())
        );
        assert!(!format!("{read:?}").contains("hush"));
        assert!(headers("").unwrap().is_empty());
        assert!(headers("hush").is_none() && headers("two words=x").is_none());
    }
}
