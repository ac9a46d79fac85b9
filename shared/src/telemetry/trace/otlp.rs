//! OTLP over HTTP: batches of spans as the protocol writes them, and the collector's answers.

use std::time::Duration;

use opentelemetry_proto::{
    tonic::collector::trace::v1::ExportTraceServiceRequest,
    transform::{common::tonic::ResourceAttributesWithSchema, trace::tonic::group_spans_by_resource_and_scope},
};
use opentelemetry_sdk::{Resource, trace::SpanData};
use percent_encoding::percent_decode_str;
use prost::Message as _;
use reqwest::{
    Client, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use tokio_util::sync::CancellationToken;

use super::{Destination, FAILED, SENT, Tally, TraceError};
use crate::model::backoff;

/// How long a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often a batch is sent before it is given up. Meanwhile spans gather, and then find no room.
const TRIES: u32 = 3;

/// Sends batches to a collector.
pub(super) struct Post {
    client: Client,
    url: Url,
    headers: HeaderMap,
    resource: ResourceAttributesWithSchema,
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
    pub(super) fn new(to: &Destination<'_>, resource: &Resource, tally: Tally) -> Result<Self, TraceError> {
        let address = format!("{}/v1/traces", to.endpoint.expose().trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|_| TraceError::Endpoint(to.endpoint.clone()))?;
        let client = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build();
        let client = client.map_err(|error| TraceError::Client(error.to_string()))?;
        let mut headers = headers(to.headers.unwrap_or_default()).ok_or(TraceError::Headers)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        Ok(Self { client, url, headers, resource: resource.into(), tally, down: false })
    }

    /// Sends a batch, more than once where that may help, and not again once `closing`.
    pub(super) async fn send(&mut self, batch: Vec<SpanData>, closing: &CancellationToken) {
        let spans = batch.len();
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
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
    use super::*;

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
