//! A collector of spans that speaks OTLP over HTTP.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message as _;
use tokio::runtime::Runtime;

/// The longest wait of a test, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A collector that keeps all requests.
pub(crate) struct Collector {
    endpoint: String,
    requests: Arc<Requests>,
    _runtime: Runtime,
}

/// The bodies of all requests.
#[derive(Default)]
struct Requests {
    bodies: Mutex<Vec<Bytes>>,
    /// Notified when another request has come.
    came: Condvar,
}

impl Requests {
    fn add(&self, body: Bytes) {
        self.bodies.lock().unwrap().push(body);
        self.came.notify_all();
    }

    /// Waits until the requests are as wanted, and returns whether they became so in time.
    fn wait_until(&self, wanted: impl Fn(&[Bytes]) -> bool) -> bool {
        let bodies = self.bodies.lock().unwrap();
        let (_bodies, waited) = self.came.wait_timeout_while(bodies, TIMEOUT, |bodies| !wanted(bodies)).unwrap();
        !waited.timed_out()
    }
}

/// A span, and the service that it came from.
#[derive(Clone, Debug)]
pub(crate) struct Spanned {
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) trace: String,
    pub(crate) id: String,
    /// Empty where the span begins the trace.
    pub(crate) parent: String,
    pub(crate) failed: bool,
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Collector {
    /// Starts a collector that answers.
    pub(crate) fn start() -> Self {
        Self::answering(true)
    }

    /// Starts a collector that accepts requests and never answers.
    pub(crate) fn silent() -> Self {
        Self::answering(false)
    }

    fn answering(answers: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let requests = Arc::<Requests>::default();
        let take = move |State(requests): State<Arc<Requests>>, headers: HeaderMap, body: Bytes| async move {
            requests.add(body);
            if !answers {
                std::future::pending::<()>().await;
            }
            if headers["content-type"] == "application/x-protobuf" {
                StatusCode::OK
            } else {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
        };
        let routes = Router::new().route("/v1/traces", post(take)).with_state(requests.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { endpoint, requests, _runtime: runtime }
    }

    pub(crate) fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// Returns the bodies of all requests.
    pub(crate) fn requests(&self) -> Vec<Bytes> {
        self.requests.bodies.lock().unwrap().clone()
    }

    /// Waits until a request has come.
    #[track_caller]
    pub(crate) fn receives_a_request(&self) {
        assert!(self.requests.wait_until(|bodies| !bodies.is_empty()), "nothing was sent");
    }

    /// Returns all spans.
    pub(crate) fn spans(&self) -> Vec<Spanned> {
        self.requests().iter().flat_map(spans_of).collect()
    }

    /// Waits until a span of this name has come.
    #[track_caller]
    pub(crate) fn sees(&self, name: &str) {
        let came = self.requests.wait_until(|bodies| bodies.iter().flat_map(spans_of).any(|span| span.name == name));
        let names = || self.spans().into_iter().map(|span| span.name).collect::<Vec<_>>();
        assert!(came, "there is no span {name:?} among {:?}", names());
    }
}

fn spans_of(body: &Bytes) -> Vec<Spanned> {
    let mut spans = Vec::new();
    for sent in ExportTraceServiceRequest::decode(body.clone()).unwrap().resource_spans {
        let service = attributes(&sent.resource.unwrap().attributes).remove("service.name").unwrap();
        let scoped = sent.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.extend(scoped.map(|span| Spanned::new(service.clone(), span)));
    }
    spans
}

impl Spanned {
    fn new(service: String, span: Span) -> Self {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self {
            service,
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            failed: span.status.is_some_and(|status| status.code == 2),
            attributes: attributes(&span.attributes),
            name: span.name,
        }
    }

    /// Returns the value of an attribute as text; empty where the span has no such attribute.
    pub(crate) fn says(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

fn attributes(given: &[KeyValue]) -> BTreeMap<String, String> {
    given.iter().map(|pair| (pair.key.clone(), pair.value.as_ref().map(text).unwrap_or_default())).collect()
}

fn text(value: &AnyValue) -> String {
    match value.value.as_ref() {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(truth)) => truth.to_string(),
        Some(Value::ArrayValue(array)) => array.values.iter().map(text).collect::<Vec<_>>().join(","),
        other => format!("{other:?}"),
    }
}
