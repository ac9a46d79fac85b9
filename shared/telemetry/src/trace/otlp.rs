//! OTLP over HTTP: batches of spans as the protocol writes them, and the collector's answers.

use std::time::Duration;

use bindery_domain::backoff;
use opentelemetry_proto::{
    tonic::{
        common::v1::InstrumentationScope,
        resource::v1::Resource as ProtoResource,
        trace::v1::{ResourceSpans, ScopeSpans, Span},
    },
    transform::common::tonic::ResourceAttributesWithSchema,
};
use opentelemetry_sdk::{Resource, trace::SpanData};
use percent_encoding::percent_decode_str;
use prost::{
    Message as _,
    encoding::{WireType, encode_key, encode_varint, message},
};
use reqwest::{
    Client, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use tokio_util::sync::CancellationToken;

use super::{Destination, FAILED, SENT, Tally, TraceError};

/// How long a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often a batch is sent before it is given up. Meanwhile spans gather, and then find no room.
const TRIES: u32 = 3;

/// The numbers of the fields that hold one another, from the request down to a span:
/// <https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto>.
const RESOURCE_SPANS: u32 = 1;
const SCOPE_SPANS: u32 = 2;
const SPANS: u32 = 2;

/// Spans as the protocol writes them one after another.
#[derive(Debug, Default)]
pub(super) struct Batch {
    spans: usize,
    encoded: Vec<u8>,
}

impl Batch {
    /// Returns how many there are.
    pub(super) fn spans(&self) -> usize {
        self.spans
    }

    pub(super) fn add(&mut self, span: SpanData) {
        message::encode(SPANS, &Span::from(span), &mut self.encoded);
        self.spans += 1;
    }
}

/// Writes a field that holds a message of these pieces.
fn field(number: u32, pieces: &[&[u8]]) -> Vec<u8> {
    let length = pieces.iter().map(|piece| piece.len()).sum::<usize>();
    let mut encoded = Vec::with_capacity(length + 16);
    encode_key(number, WireType::LengthDelimited, &mut encoded);
    encode_varint(length as u64, &mut encoded);
    pieces.iter().for_each(|piece| encoded.extend_from_slice(piece));
    encoded
}

/// Sends batches to a collector.
pub(super) struct Post {
    client: Client,
    url: Url,
    headers: HeaderMap,
    /// What comes before the spans of each batch: the process, and the one scope of all spans.
    resource: Vec<u8>,
    scope: Vec<u8>,
    tally: Tally,
    /// Whether the last batch was lost: an outage is told once.
    down: bool,
}

/// Why a collector did not take a batch.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error("it cannot be reached: {0}")]
    Unreachable(reqwest::Error),
    #[error("it answered {0}")]
    Refused(StatusCode),
}

impl NotTaken {
    /// Returns whether the same batch may be taken later, by the protocol's own list.
    fn passes(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused(status) => matches!(status.as_u16(), 429 | 502..=504),
        }
    }
}

impl Post {
    pub(super) fn new(
        to: &Destination<'_>,
        (resource, scope): (&Resource, &str),
        tally: Tally,
    ) -> Result<Self, TraceError> {
        let address = format!("{}/v1/traces", to.endpoint.expose().trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|_| TraceError::Endpoint(to.endpoint.clone()))?;
        bindery_tls::use_ring();
        let mut client = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none());
        if url.scheme() == "http" {
            // Reading the system's authorities takes milliseconds.
            client = client.tls_certs_only([]);
        }
        let client = client.build().map_err(|error| TraceError::Client(error.to_string()))?;
        let mut headers = headers(to.headers.unwrap_or_default()).ok_or(TraceError::Headers)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        let attributes = ResourceAttributesWithSchema::from(resource).attributes.0;
        let resource = ProtoResource { attributes, ..ProtoResource::default() };
        let resource = ResourceSpans { resource: Some(resource), ..ResourceSpans::default() }.encode_to_vec();
        let scope = InstrumentationScope { name: scope.to_owned(), ..InstrumentationScope::default() };
        let scope = ScopeSpans { scope: Some(scope), ..ScopeSpans::default() }.encode_to_vec();
        Ok(Self { client, url, headers, resource, scope, tally, down: false })
    }

    /// Sends a batch, more than once where that may help, and not again once `closing`.
    pub(super) async fn send(&mut self, batch: Batch, closing: &CancellationToken) {
        let Batch { spans, encoded } = batch;
        let of_scope = field(SCOPE_SPANS, &[&self.scope, &encoded]);
        let body = field(RESOURCE_SPANS, &[&self.resource, &of_scope]);
        for attempt in 1.. {
            let Err(error) = self.post(body.clone()).await else {
                self.tally.count(SENT, spans);
                self.down = false;
                return;
            };
            if attempt == TRIES || !error.passes() || closing.is_cancelled() {
                return self.lost(spans, &error);
            }
            tokio::select! {
                () = closing.cancelled() => {}
                () = tokio::time::sleep(backoff(attempt)) => {}
            }
        }
    }

    async fn post(&self, body: Vec<u8>) -> Result<(), NotTaken> {
        let request = self.client.post(self.url.clone()).headers(self.headers.clone()).body(body);
        // The address may hold a password.
        let answer = request.send().await.map_err(|error| NotTaken::Unreachable(error.without_url()))?;
        if answer.status().is_success() { Ok(()) } else { Err(NotTaken::Refused(answer.status())) }
    }

    fn lost(&mut self, spans: usize, error: &NotTaken) {
        self.tally.count(FAILED, spans);
        if !std::mem::replace(&mut self.down, true) {
            tracing::warn!(%error, spans, "the collector does not take spans; until it does, they are lost");
        }
    }
}

/// Reads headers as OTLP's variable for them writes them, names and values percent-encoded.
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
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

    use super::*;

    #[test]
    fn nested_fields_are_those_of_a_request() {
        let (span, scope) = (Span { name: "write".into(), ..Span::default() }, InstrumentationScope::default());
        let mut spans = Vec::new();
        (0..2).for_each(|_| message::encode(SPANS, &span, &mut spans));
        let before = ScopeSpans { scope: Some(scope.clone()), ..ScopeSpans::default() }.encode_to_vec();
        let body = field(RESOURCE_SPANS, &[&field(SCOPE_SPANS, &[&before, &spans])]);
        let scope_spans = vec![ScopeSpans { scope: Some(scope), spans: vec![span; 2], ..ScopeSpans::default() }];
        let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
        assert_eq!(
            ExportTraceServiceRequest::decode(body.as_slice()).unwrap(),
            ExportTraceServiceRequest { resource_spans }
        );
    }

    #[test]
    fn headers_are_read_as_the_standard_writes_them_and_never_shown() {
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
