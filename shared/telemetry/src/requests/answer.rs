//! The body of an answer, whose bytes are counted on their way to the caller.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
    response::Response,
};
use http_body::{Frame, SizeHint};
use prometheus::{IntCounter, IntGauge};

use super::is_stream;
use crate::{Metrics, metrics::NO_LABELS};

/// Returns an answer whose bytes are counted. A stream of events counts as open until its caller is gone or it ends.
pub(super) fn watched(response: Response, metrics: &Arc<Metrics>, route: &str) -> Response {
    let stream = is_stream(&response).then(|| OpenStream::begin(metrics));
    let sent = metrics.api_sent_bytes.with_label_values(&[route]);
    response.map(|body| Body::new(WatchedBody { body, sent, _stream: stream }))
}

struct WatchedBody {
    body: Body,
    sent: IntCounter,
    _stream: Option<OpenStream>,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            self.sent.inc_by(data.len() as u64);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that is open until this is dropped.
struct OpenStream(IntGauge);

impl OpenStream {
    fn begin(metrics: &Metrics) -> Self {
        let open = metrics.api_streams_open.with_label_values(NO_LABELS);
        open.inc();
        Self(open)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}
